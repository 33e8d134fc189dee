"""Texts to vectors, by a registered model."""
