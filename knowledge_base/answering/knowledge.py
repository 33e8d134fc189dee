"""What the pipeline needs to know: a port, so that steps can be tested without an index."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge_base.passages.views import PassageView
from knowledge_base.search.query import SearchQuery, SearchResult

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class GuidedItem:
    """A service item that has a guide: its names by language and the aspects told."""

    code: str
    titles: dict[str, str]
    aliases: tuple[str, ...]
    aspects: frozenset[str] = field(default_factory=frozenset)


class Knowledge(Protocol):
    """Search and look-ups in the knowledge base."""

    def search(self, query: SearchQuery) -> SearchResult:
        """Return the passages nearest to a question."""

    def guidance(self, code: str, aspect: str, language: str) -> PassageView | None:
        """Return one aspect of an item's guide (``zh`` or ``en``)."""

    def guided_items(self) -> dict[str, GuidedItem]:
        """Return the items that have a guide, by code."""

    def provision(self, key: str, as_of: date) -> PassageView | None:
        """Return the text of ``law#article`` in force on a date, or None where it is not held."""

    def law_titles(self) -> frozenset[str]:
        """Return the names of all laws held."""

    def card(self, key: str) -> PassageView | None:
        """Return the card of ``law#article``: our own summary and questions, never quoted as law."""

    def encode(self, texts: Sequence[str]) -> Vectors | None:
        """Return vectors, float32 (n, dim), L2-normalised; None where the encoder failed."""

    def rarity(self, words: Sequence[str]) -> Sequence[float]:
        """Return how rare each search term is among all passages (BM25's inverse document frequency)."""
