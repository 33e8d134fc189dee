"""Knowledge in memory, sorted by the product's own shelf: the real guides and a few articles."""

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import pytest

from forms.service import export_guides
from knowledge_base.answering.context import Context
from knowledge_base.answering.knowledge import GuidedItem, Vectors
from knowledge_base.answering.rules import shipped_rules
from knowledge_base.answering.steps.matters import understand
from knowledge_base.answering.steps.normalise import normalise
from knowledge_base.answering.stored import Shelf
from knowledge_base.answering.views import Question
from knowledge_base.passages.views import PassageView
from knowledge_base.search.query import SearchQuery, SearchResult

MakePassage = Callable[..., PassageView]


def a_passage(kind: str, text: str, **fields: object) -> PassageView:
    known = {"id": f"p-{abs(hash((kind, text)))}", "title": "", "level": "rule", "status": "current"}
    return PassageView(
        document_id="d", version_id="v", sha256="0" * 64, kind=kind, text=text, **(known | fields)
    )


def guide_passages() -> list[PassageView]:
    return [
        a_passage(
            "guide",
            aspect["text"][language],
            title=guide["title"]["zh"],
            heading=aspect["title"][language],
            language=language,
            blocks=tuple(aspect["blocks"][language]),
            basis=tuple(f"{b['law']}#{b['article']}" for b in aspect["basis"]),
            service_item_code=guide["service_item_code"],
            aspect=aspect["aspect"],
            data={
                "aliases": guide["aliases"],
                "item_title": guide["title"],
                "verified": aspect["verified"],
                "plain": aspect["plain"][language],
            },
        )
        for guide in export_guides()
        for aspect in guide["aspects"]
        for language in ("zh", "en")
    ]


class ShelvedKnowledge:
    """The shelf alone: look-ups work, nothing is searched."""

    def __init__(self, passages: Sequence[PassageView]) -> None:
        self.articles = [passage for passage in passages if passage.kind == "law"]
        titles = frozenset(article.title for article in self.articles)
        self.shelf = Shelf.of((p for p in passages if p.kind in ("guide", "card")), titles)

    def search(self, query: SearchQuery) -> SearchResult:
        return SearchResult((), (), "none", "", True, None)

    def rarity(self, words: Sequence[str]) -> Sequence[float]:
        return [1.0] * len(words)

    def guidance(self, code: str, aspect: str, language: str) -> PassageView | None:
        return self.shelf.guides.get((code, aspect, language))

    def guided_items(self) -> dict[str, GuidedItem]:
        return self.shelf.items

    def provision(self, key: str, as_of: date) -> PassageView | None:
        held = [article for article in self.articles if key in article.provisions]
        return next((article for article in held if article.applies_on(as_of)), None)

    def law_titles(self) -> frozenset[str]:
        return self.shelf.titles

    def card(self, key: str) -> PassageView | None:
        return self.shelf.cards.get(key)

    def encode(self, texts: Sequence[str]) -> Vectors | None:
        return np.zeros((len(texts), 1), dtype=np.float32)


@pytest.fixture(scope="session")
def shelved() -> ShelvedKnowledge:
    return ShelvedKnowledge(guide_passages())


@pytest.fixture
def read(shelved: ShelvedKnowledge) -> Callable[..., Context]:
    """Take a question as far as the pipeline understands it."""

    def _read(text: str, **fields: object) -> Context:
        context = Context(Question(text, **fields), shelved, shipped_rules())
        normalise(context)
        if context.draft is None:
            understand(context)
        return context

    return _read


@pytest.fixture
def passage() -> MakePassage:
    return a_passage
