"""The figures, as plain functions over rankings."""

from collections import Counter
from collections.abc import Iterable, Sequence

from training.evaluate.questions import ArticleKey, Question, Reply

CUTOFFS = (1, 5, 10)


def is_hit(labels: frozenset[ArticleKey], ranked: Sequence[ArticleKey], k: int) -> bool:
    """Say whether any labelled article stands among the first `k`."""
    return not labels.isdisjoint(ranked[:k])


def hit_rates(cases: Iterable[tuple[frozenset[ArticleKey], Sequence[ArticleKey]]]) -> dict[str, float | int]:
    """Return the share of labelled questions with a hit at each cutoff, and their number `n`.

    Questions without labels are left out.
    """
    labelled = [(labels, ranked) for labels, ranked in cases if labels]
    rates: dict[str, float | int] = {
        str(k): share(is_hit(labels, ranked, k) for labels, ranked in labelled) for k in CUTOFFS
    }
    return rates | {"n": len(labelled)}


def share(claims: Iterable[bool]) -> float:
    """Return the share of true claims; 0 where there are none."""
    listed = list(claims)
    return sum(listed) / len(listed) if listed else 0.0


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the nearest-rank percentile; 0 for no values."""
    if not values:
        return 0.0
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)  # ceiling
    return ordered[max(1, int(rank)) - 1]


# What a status counts as, by its prefix; the set of statuses is closed and prefixed.
_OUTCOMES = (
    ("answered", "answer"),
    ("clarification", "clarify"),
    ("unanswerable", "refuse"),
    ("guarded", "refuse"),
    ("handed_off", "handoff"),
    ("error", "error"),
)
_ACCEPTED = {
    "answer": {"answer"},
    "answer_with_safety": {"answer"},
    "answer_and_handoff": {"answer", "handoff"},
    "clarify": {"clarify"},
    "refuse": {"refuse"},
    "redirect": {"refuse", "handoff"},
    "handoff": {"handoff"},
}


def outcome_of(status: str) -> str:
    """Return the behaviour that a status amounts to, `other` for an unknown one."""
    return next((outcome for prefix, outcome in _OUTCOMES if status.startswith(prefix)), "other")


def behaves_as_expected(expected: str, status: str) -> bool | None:
    """Say whether the status fits; None where answering alone cannot show it (pre-fill, status look-up)."""
    accepted = _ACCEPTED.get(expected)
    return None if accepted is None else outcome_of(status) in accepted


def status_breakdown(cases: Iterable[tuple[Question, Reply]]) -> dict[str, dict[str, int]]:
    """Count statuses for each expected behaviour."""
    counts: dict[str, Counter[str]] = {}
    for question, reply in cases:
        counts.setdefault(question.expected_behaviour, Counter())[reply.status] += 1
    return {expected: dict(found.most_common()) for expected, found in sorted(counts.items())}


def citation_correctness(cases: Iterable[tuple[Question, Reply]]) -> dict[str, float | int]:
    """Return the share of answered, labelled questions whose citations hold a labelled article."""
    answered = [(q, r) for q, r in cases if q.labels and outcome_of(r.status) == "answer"]
    return {"share": share(not q.labels.isdisjoint(r.citations) for q, r in answered), "n": len(answered)}
