"""What people see of mediation."""
