"""Home screens, suggestions, messages and the audit trail."""
