"""One module per command; see guangcai/cli/main.py for the contract."""
