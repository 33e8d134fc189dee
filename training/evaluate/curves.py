"""What an abstaining assistant is worth: errors against coverage, and whether its support means anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from training.evaluate import metrics
from training.evaluate.questions import Question, Reply

BINS = 5
ANSWERABLE = frozenset({"answer", "answer_with_safety", "answer_and_handoff"})
Case = tuple[Question, Reply]


@dataclass(frozen=True)
class CurvePoint:
    """What would be answered, and how much of it wrongly, if only support from ``threshold`` up were.

    Attributes:
        coverage: share of the answerable questions that get an answer.
        error: share of the answers given that are wrong.
    """

    threshold: float
    coverage: float
    error: float


@dataclass(frozen=True)
class Bin:
    """Answers of like support.

    Attributes:
        support: their mean support.
        right: share of them that are right.
    """

    support: float
    right: float
    n: int


def is_right(question: Question, reply: Reply) -> bool:
    """Whether an answer was wanted and cites a labelled provision; without labels, whether one was wanted."""
    if question.expected_behaviour not in ANSWERABLE:
        return False
    return not question.labels or not question.labels.isdisjoint(reply.citations)


def _answers(cases: Sequence[Case]) -> list[tuple[float, bool]]:
    given = [(r.support, is_right(q, r)) for q, r in cases if metrics.outcome_of(r.status) == "answer"]
    return sorted(given, key=lambda answer: -answer[0])


def coverage_curve(cases: Sequence[Case]) -> list[CurvePoint]:
    """Return one point an answer, from the most to the least supported; the last one is how it is served.

    Geifman and El-Yaniv, Selective classification for deep neural networks, 2017.
    """
    answerable = sum(q.expected_behaviour in ANSWERABLE for q, _ in cases)
    points, right = [], 0
    for number, (support, is_correct) in enumerate(_answers(cases), 1):
        right += is_correct
        points.append(CurvePoint(support, min(1.0, right / max(1, answerable)), 1 - right / number))
    return points


def reliability(cases: Sequence[Case]) -> list[Bin]:
    """Return answers in bins of equal size by support."""
    given = _answers(cases)[::-1]
    size = -(-len(given) // BINS) or 1
    parts = [given[start : start + size] for start in range(0, len(given), size)]
    return [
        Bin(sum(s for s, _ in part) / len(part), metrics.share(ok for _, ok in part), len(part))
        for part in parts
    ]


def behaviour(cases: Sequence[Case]) -> dict[str, dict[str, float]]:
    """Return the share of questions handled as expected, by what is expected, and of wrongly refused ones."""
    groups = {
        "answered_with_label": [
            metrics.outcome_of(r.status) == "answer" and not q.labels.isdisjoint(r.citations)
            for q, r in cases
            if q.expected_behaviour in {"answer", "answer_with_safety"} and q.labels
        ],
        "clarify": _as_expected(cases, {"clarify"}),
        "refuse": _as_expected(cases, {"refuse"}),
        "out_of_scope": _as_expected(cases, {"redirect"}),
        "handoff": _as_expected(cases, {"handoff"}),
        "wrongly_refused": [
            metrics.outcome_of(r.status) == "refuse" for q, r in cases if q.expected_behaviour in ANSWERABLE
        ],
    }
    return {name: {"share": metrics.share(found), "n": len(found)} for name, found in groups.items()}


def _as_expected(cases: Sequence[Case], expected: set[str]) -> list[bool]:
    return [
        bool(metrics.behaves_as_expected(q.expected_behaviour, r.status))
        for q, r in cases
        if q.expected_behaviour in expected
    ]
