"""Figures as text for a terminal."""

from collections.abc import Iterator
from typing import Any


def _hits(rates: dict[str, Any]) -> str:
    return f"{rates['1']:.2f} / {rates['5']:.2f} / {rates['10']:.2f} (n={rates['n']})"


def batch_lines(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a batch report."""
    yield f"questions {figures['questions']}, without a reply {len(figures['missing'])}"
    for lang, rates in figures["hit"].items():
        yield f"{lang} hit@1 / 5 / 10: {_hits(rates)}"
    for lang, cited in figures["citation_correct"].items():
        yield f"{lang} citation correct: {cited['share']:.2f} (n={cited['n']} answered)"
    behaviour = figures["behaviour_as_expected"]
    yield f"behaviour as expected: {behaviour['share']:.2f} (n={behaviour['n']})"
    for name, found in figures["behaviour"]["all"].items():
        yield f"  {name}: {found['share']:.2f} (n={found['n']})"
    for expected, statuses in figures["status"].items():
        yield f"  {expected}: " + ", ".join(f"{status} {count}" for status, count in statuses.items())
    yield f"latency p50 {figures['latency_ms']['p50']:.0f} ms, p95 {figures['latency_ms']['p95']:.0f} ms"


def reference_lines(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a reference run."""
    yield f"{figures['provisions']} articles; one question encoded in {figures['ms_per_question']:.2f} ms"
    for system, by_language in figures["systems"].items():
        yield f"{system:>24}: " + "; ".join(f"{lang} {_hits(rates)}" for lang, rates in by_language.items())


def benchmark_lines(figures: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a public set's run."""
    yield f"{figures['set']}: {figures['questions']} questions over {figures['texts']} texts"
    for system in ("product", "bm25"):
        found = figures[system]
        yield f"{system:>8}: recall@10 {found['recall@10']:.3f}, nDCG@10 {found['ndcg@10']:.3f}"
    yield (
        f"ingested in {figures['seconds']['ingest']:.0f} s, live after {figures['seconds']['all']:.0f} s; "
        f"search p50 {figures['ms']['p50']:.0f} ms, p95 {figures['ms']['p95']:.0f} ms"
    )
