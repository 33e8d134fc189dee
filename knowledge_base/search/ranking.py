"""From passages to citable provisions: each article once, whichever passages lead to it."""

from collections.abc import Iterable, Sequence

from knowledge_base.search.query import RankedProvision

MOST = 10


def rank_provisions(
    scored: Iterable[tuple[str, Sequence[str], float]], *, basis_share: float, spread: float
) -> tuple[RankedProvision, ...]:
    """Return the best ten provisions.

    Args:
        scored: kind, provisions and score of each passage found, best first.
        basis_share: what a passage that is not the article itself passes on.
        spread: what each further article of the same passage loses.
    """
    best: dict[str, float] = {}
    for kind, provisions, score in scored:
        for place, key in enumerate(provisions):
            own = score if kind == "law" else score * max(0.0, basis_share - spread * place)
            best[key] = max(best.get(key, 0.0), own)
    ranked = sorted(best.items(), key=lambda item: -item[1])
    return tuple(RankedProvision(key, round(score, 6)) for key, score in ranked[:MOST])
