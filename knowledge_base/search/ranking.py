"""From passages to citable provisions: each article once, whichever passages lead to it."""

from collections.abc import Iterable, Sequence

from knowledge_base.search.query import RankedProvision
from knowledge_base.search.settings import SearchSettings

MOST = 10


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


def _total(own: float, lent: float, agreement: float) -> float:
    return max(own, lent) + agreement * min(own, lent)
