"""Forms of the tree, of organisations, of rights and of rules."""
