"""What people see of councils."""
