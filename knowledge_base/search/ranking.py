"""From passages to citable provisions: each article once, whichever passages lead to it."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge_base.passages.views import split_provision
from knowledge_base.search.query import RankedProvision
from knowledge_base.search.settings import SearchSettings

MOST = 10
Floats = NDArray[np.float32]
REACH = 4  # articles to either side that are neighbours


def rank_provisions(
    scored: Iterable[tuple[str, Sequence[str], float]], settings: SearchSettings
) -> tuple[RankedProvision, ...]:
    """Return the best ten provisions.

    An article has the score of its own text, and the one that the best guide, FAQ entry or card resting on it
    lends. The higher one counts, and a share of the lower: two that agree are better evidence than one.

    Args:
        scored: kind, provisions and score of each passage found.
        settings: ``basis_share``, ``spread`` and ``agreement``.
    """
    own: dict[str, float] = {}
    lent: dict[str, float] = {}
    for kind, provisions, score in scored:
        for place, key in enumerate(provisions):
            if kind == "law":
                own[key] = max(own.get(key, 0.0), score)
            else:
                share = max(0.0, settings.basis_share - settings.spread * place)
                lent[key] = max(lent.get(key, 0.0), score * share)
    totals = {
        key: _total(own.get(key, 0.0), lent.get(key, 0.0), settings.agreement) for key in {**own, **lent}
    }
    ranked = sorted(totals.items(), key=lambda item: -item[1])
    return tuple(RankedProvision(key, round(score, 6)) for key, score in ranked[:MOST])


def nearby(found: Sequence[tuple[str, Sequence[str]]], scores: Floats) -> Floats:
    """Return for each passage how good its best neighbour is, 0 to 1: articles on one matter stand together.

    Args:
        found: kind and provisions of each passage found.
        scores: float32 (n,), theirs.
    """
    best: dict[tuple[str, int], float] = {}
    placed = [_place(provisions) for _, provisions in found]
    above = scores - scores.min(initial=np.inf)
    for (kind, _), place, score in zip(found, placed, above.tolist(), strict=True):
        if kind == "law" and place:
            best[place] = max(best.get(place, 0.0), score)
    steps = [step for step in range(-REACH, REACH + 1) if step]
    lent = [max(best.get((p[0], p[1] + step), 0.0) for step in steps) if p else 0.0 for p in placed]
    return np.asarray(lent, dtype=np.float32) / max(float(max(lent, default=0.0)), 1e-9)


def _place(provisions: Sequence[str]) -> tuple[str, int] | None:
    law, article = split_provision(provisions[0]) if provisions else ("", "")
    return (law, int(article)) if article.isdecimal() else None


def _total(own: float, lent: float, agreement: float) -> float:
    return max(own, lent) + agreement * min(own, lent)
