"""Measure the product's search on the live index: `python -m training.evaluate.searching`.

Each run ranks the labelled questions by `knowledge_base.search`: keywords alone, the encoder alone and both,
over the law texts alone and with our own guides and FAQ entries, and times one search after the other.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from knowledge_base import service as knowledge_base
from knowledge_base.search.settings import SearchSettings, search_settings
from training.evaluate import metrics
from training.evaluate.questions import ArticleKey, Question, article_key, read_questions

_EVALUATION = Path(__file__).resolve().parents[2].parent / "shared" / "eval"
LANGUAGES = ("zh", "en")
LOCALES = {"zh": "zh-CN", "en": "en"}
LAW_ONLY = ("law", "card")


def rank(
    question: Question, kinds: tuple[str, ...] | None, settings: SearchSettings
) -> tuple[tuple[ArticleKey, ...], float]:
    """Return the ranked articles of one question and the time it took in milliseconds."""
    query = knowledge_base.SearchQuery(text=question.text, locale=LOCALES[question.lang], kinds=kinds)
    begun = time.perf_counter()
    found = knowledge_base.search(query, settings=settings)
    taken = (time.perf_counter() - begun) * 1000
    return tuple(article_key(p.title, p.article) for p in found.provisions), taken


def run(questions: list[Question], kinds: tuple[str, ...] | None, **changes: object) -> dict[str, Any]:
    """Return hit rates by language and times of one run."""
    labelled = [q for q in questions if q.labels]
    settings = search_settings().model_copy(update=changes)
    ranked = [(question, *rank(question, kinds, settings)) for question in labelled]
    times = [taken for _, _, taken in ranked]
    return {
        **{
            lang: metrics.hit_rates((q.labels, articles) for q, articles, _ in ranked if q.lang == lang)
            for lang in LANGUAGES
        },
        "ms": {"p50": metrics.percentile(times, 50), "p95": metrics.percentile(times, 95)},
    }


def runs(questions: list[Question]) -> dict[str, Any]:
    """Return the figures of all runs."""
    alone = {share: dict.fromkeys(LANGUAGES, share) for share in (1.0, 0.0)}
    return {
        "laws: keywords alone": run(questions, LAW_ONLY, lexical_share=alone[1.0], semantic_floor=-1.0),
        "laws: encoder alone": run(questions, LAW_ONLY, lexical_share=alone[0.0]),
        "laws: both": run(questions, LAW_ONLY),
        "all: keywords alone": run(questions, None, lexical_share=alone[1.0], semantic_floor=-1.0),
        "all: encoder alone": run(questions, None, lexical_share=alone[0.0]),
        "all: both": run(questions, None),
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate.searching", description=__doc__)
    parser.add_argument("--questions", type=Path, default=_EVALUATION / "questions_dev.jsonl")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = parser.parse_args(arguments)
    knowledge_base.warm_up()
    figures = runs(read_questions(chosen.questions))
    if chosen.json:
        sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")
        return 0
    for name, figure in figures.items():
        hits = " ".join(f"{lang} {figure[lang]}" for lang in LANGUAGES)
        sys.stdout.write(f"{name}: {hits} p95 {figure['ms']['p95']:.1f} ms\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
