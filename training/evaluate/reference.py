"""The reference run: keyword search, an encoder and their weighted sums, over article texts only.

It shows what an encoder is worth beside the product's own figures, which rest on cards, filters and
structured data.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.evaluate import metrics
from training.evaluate.questions import ArticleKey, Provision, Question

Floats = NDArray[np.float32]
Encode = Callable[[list[str]], Floats]

BM25_SHARES = (0.7, 0.5, 0.3)
WINDOW = 140  # characters of a passage window
_RUNS = re.compile(r"[a-z]+|[0-9]+|[\u3400-\u9fff]+")


def keyword_terms(text: str) -> list[str]:
    """Return the search terms of a text: words and numbers; Chinese characters and their bigrams.

    >>> keyword_terms("药品 GMP")
    ['药', '品', '药品', 'gmp']
    """
    terms = []
    for run in _RUNS.findall(text.lower()):
        if run[0] > "z":
            terms += [*run, *(run[i : i + 2] for i in range(len(run) - 1))]
        else:
            terms.append(run)
    return terms


def windows(provision: Provision) -> list[str]:
    """Cut an article into overlapping windows, the law's name in front of each."""
    text, step = provision.text, WINDOW * 3 // 4
    starts = range(0, max(1, len(text) - WINDOW // 4), step)
    return [f"{provision.key[0]} {text[s : s + WINDOW]}" for s in starts]


def min_max(scores: Floats) -> Floats:
    """Scale each row to 0..1; a constant row becomes zeros."""
    low, high = scores.min(axis=1, keepdims=True), scores.max(axis=1, keepdims=True)
    return np.asarray((scores - low) / np.maximum(high - low, 1e-9), dtype=np.float32)


@dataclass(frozen=True)
class Ranking:
    """Scores of all provisions for all questions.

    Attributes:
        keyword: float32 (questions, provisions).
        semantic: float32 (questions, provisions), cosine of the best window.
        ms_per_question: Encoding time of one question alone, median.
    """

    keyword: Floats
    semantic: Floats
    ms_per_question: float


def keyword_scores(questions: list[str], provisions: list[Provision]) -> Floats:
    """Return BM25 scores, float32 (questions, provisions)."""
    import bm25s

    corpus = [keyword_terms(f"{p.key[0]} {p.text}") for p in provisions]
    index = bm25s.BM25()
    index.index(corpus, show_progress=False)
    known = index.vocab_dict
    rows = []
    for question in questions:
        terms = [term for term in keyword_terms(question) if term in known]
        rows.append(index.get_scores(terms) if terms else np.zeros(len(provisions)))
    return np.asarray(rows, dtype=np.float32)


def semantic_scores(questions: list[str], provisions: list[Provision], encode: Encode) -> Floats:
    """Return the cosine of each provision's best window, float32 (questions, provisions)."""
    cut = [windows(p) for p in provisions]
    vectors = encode([window for own in cut for window in own])
    scores = encode(questions) @ vectors.T
    starts = np.cumsum([0] + [len(own) for own in cut[:-1]])
    return np.asarray(np.maximum.reduceat(scores, starts, axis=1), dtype=np.float32)


def load_encoder(path: Path) -> Encode:
    """Load any sentence-transformers model on one thread of the processor."""
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    model = SentenceTransformer(str(path), device="cpu")

    def encode(texts: list[str]) -> Floats:
        vectors = model.encode(texts, batch_size=256, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32)

    return encode


def median_ms(encode: Encode, texts: list[str]) -> float:
    """Return the median time of encoding one text by itself, in milliseconds."""
    taken = []
    for text in texts:
        begun = time.perf_counter()
        encode([text])
        taken.append((time.perf_counter() - begun) * 1000)
    return metrics.percentile(taken, 50)


def rank(questions: list[Question], provisions: list[Provision], encode: Encode) -> Ranking:
    """Score all provisions for all questions by keywords and by meaning."""
    texts = [q.text for q in questions]
    keyword = keyword_scores(texts, provisions)
    semantic = semantic_scores(texts, provisions, encode)
    return Ranking(keyword, semantic, median_ms(encode, texts))


def top(scores: Floats, keys: list[ArticleKey], most: int = 10) -> list[tuple[ArticleKey, ...]]:
    """Return the best `most` articles of each row; equal scores in the order of the articles."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :most]
    return [tuple(keys[i] for i in row) for row in order]


def score_reference(questions: list[Question], provisions: list[Provision], encode: Encode) -> dict[str, Any]:
    """Return hit rates by system and language, over the labelled questions."""
    labelled = [q for q in questions if q.labels]
    ranking = rank(labelled, provisions, encode)
    keyword, semantic = min_max(ranking.keyword), min_max(ranking.semantic)
    systems = {"BM25": ranking.keyword, "encoder": ranking.semantic} | {
        f"{share:.1f} BM25 + {1 - share:.1f} encoder": share * keyword + (1 - share) * semantic
        for share in BM25_SHARES
    }
    keys = [p.key for p in provisions]
    figures = {}
    for name, scores in systems.items():
        ranked = top(scores, keys)
        pairs = list(zip(labelled, ranked, strict=True))
        figures[name] = {
            lang: metrics.hit_rates((q.labels, r) for q, r in pairs if q.lang == lang)
            for lang in ("zh", "en")
        }
    return {"provisions": len(provisions), "ms_per_question": ranking.ms_per_question, "systems": figures}
