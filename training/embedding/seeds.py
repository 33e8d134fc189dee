"""Reproducible randomness."""

from random import Random


def seeded(seed: int) -> Random:
    """Return a generator for sampling training data; equal seeds give equal samples."""
    return Random(seed)  # noqa: S311 - samples training data, guards nothing
