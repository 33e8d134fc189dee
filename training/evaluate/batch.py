"""Score the product's answers to a question set."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from training.evaluate import curves, metrics
from training.evaluate.questions import Question, Reply

LANGUAGES = ("zh", "en")


def score_batch(questions: list[Question], replies: dict[str, Reply]) -> dict[str, Any]:
    """Return all figures of a batch run.

    A question without a reply counts as unanswered with an empty ranking, and is listed under `missing`.

    Args:
        questions: The evaluation set.
        replies: Output of the batch run by question id.
    """
    empty = {q.id: Reply(q.id, "error_missing", (), frozenset(), 0.0) for q in questions}
    cases = [(q, replies.get(q.id, empty[q.id])) for q in questions]
    by_language = {lang: [(q, r) for q, r in cases if q.lang == lang] for lang in LANGUAGES}
    latencies = [replies[q.id].latency_ms for q in questions if q.id in replies]
    judged = [metrics.behaves_as_expected(q.expected_behaviour, r.status) for q, r in cases]
    return {
        "questions": len(questions),
        "missing": sorted(q.id for q in questions if q.id not in replies),
        "hit": {
            lang: metrics.hit_rates((q.labels, r.retrieved) for q, r in own)
            for lang, own in by_language.items()
        },
        "citation_correct": {lang: metrics.citation_correctness(own) for lang, own in by_language.items()},
        "behaviour_as_expected": {
            "share": metrics.share(bool(j) for j in judged if j is not None),
            "n": sum(j is not None for j in judged),
        },
        "behaviour": {
            "all": curves.behaviour(cases),
            **{lang: curves.behaviour(own) for lang, own in by_language.items()},
        },
        "topics": _topics(cases),
        "coverage_curve": [asdict(point) for point in curves.coverage_curve(cases)],
        "reliability": [asdict(part) for part in curves.reliability(cases)],
        "status": metrics.status_breakdown(cases),
        "latency_ms": {"p50": metrics.percentile(latencies, 50), "p95": metrics.percentile(latencies, 95)},
    }


def _topics(cases: Sequence[tuple[Question, Reply]]) -> dict[str, dict[str, float | int]]:
    """Return hit@5, the share of expected behaviour and the number of questions, by topic."""
    found: dict[str, list[tuple[Question, Reply]]] = {}
    for question, reply in cases:
        found.setdefault(question.topic, []).append((question, reply))
    table = {}
    for topic, own in sorted(found.items()):
        judged = [metrics.behaves_as_expected(q.expected_behaviour, r.status) for q, r in own]
        rates = metrics.hit_rates((q.labels, r.retrieved) for q, r in own)
        table[topic] = {
            "n": len(own),
            "hit@5": rates["5"],
            "labelled": rates["n"],
            "as_expected": metrics.share(bool(j) for j in judged if j is not None),
        }
    return table
