"""What the home screens show, each in a fixed number of queries."""
