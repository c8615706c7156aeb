"""What is sent and answered, one module per resource."""
