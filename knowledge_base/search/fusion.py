"""Keyword and meaning in one score."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def scale(scores: Floats, lowest: float) -> Floats:
    """Scale scores to 0..1, from the lowest of the collection to the highest of these; a constant is 0."""
    above = float(scores.max(initial=lowest)) - lowest
    if above <= 0:
        return np.zeros_like(scores)
    return np.asarray(np.maximum(scores - np.float32(lowest), 0) / np.float32(above), dtype=np.float32)


def mean_of_roles(cosines: Floats, weights: Sequence[float]) -> Floats:
    """Return each entry's weighted mean over the roles it has windows of.

    A passage whose text, summary and questions all come close is a better find than one with a single window
    that happens to: the sum of the three ranks withheld questions higher than the closest of all windows.

    Args:
        cosines: float32 (roles, entries), -1 where an entry has no window of a role.
        weights: one a role.
    """
    known = cosines > -1.0
    share = known * np.asarray(weights, dtype=np.float32)[:, None]
    total = share.sum(axis=0)
    return np.asarray(
        np.where(total > 0, (cosines * share).sum(axis=0) / np.maximum(total, 1e-9), -1.0), dtype=np.float32
    )


def fuse(
    lexical: Floats, semantic: Floats | None, lowest: tuple[float, float], lexical_share: float
) -> Floats:
    """Return the weighted sum of both, each scaled; keywords alone where the encoder failed.

    Args:
        lexical: float32 (n,); ``semantic`` likewise.
        lowest: the lowest score of the collection on either scale.
        lexical_share: weight of keywords.
    """
    keywords = scale(lexical, lowest[0])
    if semantic is None:
        return keywords
    meaning = scale(semantic, lowest[1])
    return np.asarray(lexical_share * keywords + (1 - lexical_share) * meaning, dtype=np.float32)


def above_the_rest(scores: Floats, ground: float) -> list[float]:
    """Return scores, best first, on a scale where what stands out counts more than the level all share.

    Args:
        scores: float32 (n,), best first.
        ground: share of the last score that is taken off.
    """
    if len(scores) == 0:
        return []
    low, high = ground * float(scores[-1]), float(scores[0])
    return [(float(score) - low) / (high - low) if high > low else 1.0 for score in scores]
