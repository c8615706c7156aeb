"""What mediation reads."""
