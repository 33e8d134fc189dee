"""Keyword and meaning in one score."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]


def min_max(scores: Floats, mask: Mask) -> Floats:
    """Scale the scores under the mask to 0..1; a constant becomes zeros."""
    scaled = np.zeros_like(scores)
    if mask.any():
        inside = scores[mask]
        low, high = float(inside.min()), float(inside.max())
        if high > low:
            scaled[mask] = (inside - low) / (high - low)
    return scaled


def fuse(lexical: Floats, semantic: Floats | None, mask: Mask, lexical_share: float) -> Floats:
    """Return the weighted sum of both; keywords alone where the encoder failed."""
    if semantic is None:
        return min_max(lexical, mask)
    return np.asarray(
        lexical_share * min_max(lexical, mask) + (1 - lexical_share) * min_max(semantic, mask),
        dtype=np.float32,
    )
