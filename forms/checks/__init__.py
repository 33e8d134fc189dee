"""Checks before submission: all deficiencies at once."""
