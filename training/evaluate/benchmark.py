"""Run a public retrieval set through the product: ingest its corpus, build the index, search every question.

A set is one JSON object, plain or ``.xz``: ``{queries: {id: text}, corpus: {id: text}, qrels: {id: [ids]},
test_ids?: [ids]}``. Each text of the corpus becomes an article of the law that it names in front
("…法第三条 …"), or of a nameless collection. Beside it runs BM25 alone on the same terms. No guide, frequent
question or card of ours is in that index.
"""

import json
import lzma
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge_base.sources.structure.numerals import NUMERAL
from training.evaluate import metrics

CUTOFF = 10
_NAMED = re.compile(rf"^《?(?P<law>[^\s《》]{{2,60}}?)》?第[{NUMERAL}]+条(?:之[{NUMERAL}]+)?\s")
_COLLECTION = "文本集"
_MOST = 9_000  # articles of one collection


@dataclass(frozen=True)
class RetrievalSet:
    """A public set; ``asked`` are the questions of its test part, all where none is named."""

    queries: Mapping[str, str]
    corpus: Mapping[str, str]
    relevant: Mapping[str, frozenset[str]]
    asked: tuple[str, ...]


def read_set(path: Path) -> RetrievalSet:
    """Read a set."""
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        content: dict[str, Any] = json.load(stream)
    relevant = {key: frozenset(ids) for key, ids in content["qrels"].items()}
    asked = content.get("test_ids") or list(relevant)
    return RetrievalSet(content["queries"], content["corpus"], relevant, tuple(map(str, asked)))


def articles(corpus: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each text's id and its row for the importer; articles are numbered anew within each law."""
    counts: Counter[str] = Counter()
    nameless = 0
    for key, text in corpus.items():
        named = _NAMED.match(text)
        law = named["law"] if named else f"{_COLLECTION}{nameless // _MOST}"
        nameless += named is None
        counts[law] += 1
        yield key, {"law": law, "article": counts[law], "text": text}


def recall(relevant: frozenset[str], ranked: Sequence[str], k: int = CUTOFF) -> float:
    """Return the share of the relevant texts that stand among the first ``k``."""
    return len(relevant.intersection(ranked[:k])) / len(relevant) if relevant else 0.0


def gain(relevant: frozenset[str], ranked: Sequence[str], k: int = CUTOFF) -> float:
    """Return nDCG at ``k`` with binary relevance."""
    weights = 1.0 / np.log2(np.arange(2, k + 2))
    found = np.array([key in relevant for key in ranked[:k]], dtype=float)
    best = weights[: min(k, len(relevant))].sum()
    return float((found * weights[: len(found)]).sum() / best) if best else 0.0


def summary(asked: RetrievalSet, ranked: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Return recall and nDCG at ten over the questions asked."""
    pairs = [(asked.relevant[key], ranked[key]) for key in asked.asked]
    return {
        "recall@10": float(np.mean([recall(*pair) for pair in pairs])),
        "ndcg@10": float(np.mean([gain(*pair) for pair in pairs])),
    }


def by_keywords(asked: RetrievalSet) -> dict[str, list[str]]:
    """Rank by BM25 alone, on characters and their pairs."""
    from knowledge_base.index.lexical import LexicalIndex
    from knowledge_base.index.terms import terms

    ids = list(asked.corpus)
    index = LexicalIndex.build([asked.corpus[key] for key in ids])
    ranked = {}
    for key in asked.asked:
        scores = index.scores(terms(asked.queries[key]))
        ranked[key] = [ids[i] for i in np.argsort(-scores, kind="stable")[:CUTOFF]]
    return ranked


def by_product(asked: RetrievalSet) -> tuple[dict[str, list[str]], list[float], dict[str, float]]:
    """Ingest, index and search in this process's home, which must be empty.

    Returns:
        Rankings, the time of each search in milliseconds, and the seconds that ingesting and indexing took.
    """
    from core.database.migrations import upgrade
    from knowledge_base import service as knowledge_base
    from training.evaluate.questions import article_key

    upgrade()
    knowledge_base.register_encoder()
    places, seconds = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        path, begun = Path(folder) / "corpus.jsonl", time.perf_counter()
        with path.open("w", encoding="utf-8") as stream:
            for key, row in articles(asked.corpus):
                places[article_key(row["law"].removeprefix("中华人民共和国"), row["article"])] = key
                stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        report = knowledge_base.ingest([path], kind="law")
        if report.refused:
            raise ValueError(report.files[0].reason)
    seconds["ingest"] = time.perf_counter() - begun
    knowledge_base.build_index()
    seconds["all"] = time.perf_counter() - begun
    knowledge_base.warm_up()
    ranked, times = {}, []
    for key in asked.asked:
        begun = time.perf_counter()
        found = knowledge_base.search(
            knowledge_base.SearchQuery(text=asked.queries[key], include_repealed=True)
        )
        times.append((time.perf_counter() - begun) * 1000)
        keys = [places.get(article_key(p.title, p.article)) for p in found.provisions]
        ranked[key] = [name for name in keys if name]
    return ranked, times, seconds


def score_set(path: Path) -> dict[str, Any]:
    """Return the figures of the product and of BM25 beside it."""
    asked = read_set(path)
    ranked, times, seconds = by_product(asked)
    return {
        "set": path.name,
        "texts": len(asked.corpus),
        "questions": len(asked.asked),
        "product": summary(asked, ranked),
        "bm25": summary(asked, by_keywords(asked)),
        "ms": {"p50": metrics.percentile(times, 50), "p95": metrics.percentile(times, 95)},
        "seconds": seconds,
    }
