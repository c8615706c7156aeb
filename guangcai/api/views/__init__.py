"""The operations, one module per resource. Each parses, calls a query or a command, answers."""
