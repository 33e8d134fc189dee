"""Read evaluation questions and the articles they are ranked over."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ArticleKey = tuple[str, str]


@dataclass(frozen=True)
class Question:
    """One evaluation question.

    Attributes:
        expected_behaviour: `answer`, `clarify`, `refuse`, `handoff` and so on.
        topic: What it is about, the service item where there is one.
        labels: Articles that answer it, as (law, article number); empty for an unlabelled question.
    """

    id: str
    lang: str
    text: str
    expected_behaviour: str
    labels: frozenset[ArticleKey]
    topic: str = ""


@dataclass(frozen=True)
class Reply:
    """One line of the output of `yaozheng ask --batch`.

    Attributes:
        retrieved: Ranked articles, each once.
        citations: Cited articles.
        support: How well the best passage bears on the question, 0 to 1.
    """

    id: str
    status: str
    retrieved: tuple[ArticleKey, ...]
    citations: frozenset[ArticleKey]
    latency_ms: float
    support: float = 0.0


@dataclass(frozen=True)
class Provision:
    """One article to rank."""

    key: ArticleKey
    text: str = field(repr=False)


def article_key(law: str, article: object) -> ArticleKey:
    """Return one spelling of an article: name without 《》 and blanks, number as text."""
    return law.strip().strip("《》").replace(" ", ""), str(article).strip()


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def read_questions(path: Path) -> list[Question]:
    """Read a question file (one JSON object a line)."""
    return [
        Question(
            id=row["id"],
            lang=row["lang"],
            text=row["text"],
            expected_behaviour=row["expected_behaviour"],
            labels=frozenset(
                article_key(b["law"], b["article"]) for b in row["legal_basis"] if b.get("article")
            ),
            topic=str(row.get("item") or row.get("type") or ""),
        )
        for row in _lines(path)
    ]


def read_replies(path: Path) -> dict[str, Reply]:
    """Read the output of a batch run by question id; a later line for the same id wins."""
    replies = {}
    for row in _lines(path):
        ranked = [article_key(hit["title"], hit["article"]) for hit in row.get("retrieved") or []]
        replies[row["id"]] = Reply(
            id=row["id"],
            status=row["status"],
            retrieved=tuple(dict.fromkeys(ranked)),
            citations=frozenset(article_key(c["title"], c["article"]) for c in row.get("citations") or []),
            latency_ms=float(row.get("latency_ms") or 0.0),
            support=float(row.get("support") or 0.0),
        )
    return replies


def read_provisions(path: Path) -> list[Provision]:
    """Read the articles to rank (one JSON object a line)."""
    return [Provision(article_key(row["law"], row["article"]), row["text"]) for row in _lines(path)]
