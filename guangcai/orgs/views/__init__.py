"""Pages of the tree, of organisations, of rights and of rules: for the desk, the street, the district."""
