"""Score the product's answers to a question set."""

from typing import Any

from training.evaluate import metrics
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
        "status": metrics.status_breakdown(cases),
        "latency_ms": {"p50": metrics.percentile(latencies, 50), "p95": metrics.percentile(latencies, 95)},
    }
