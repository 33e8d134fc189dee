"""Training of the purpose model."""
