"""Training of the wish model."""
