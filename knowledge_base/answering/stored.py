"""The real knowledge: guides and cards in memory, and the articles that questions met, a snapshot long.

What stays in memory does not grow with the number of passages.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import structlog

from core.database import reading
from core.errors import DependencyFailed, InvariantBroken, NotAvailable
from knowledge_base.answering.knowledge import GuidedItem, Knowledge, Vectors
from knowledge_base.embedding.service import encoder_named
from knowledge_base.index.service import folder, live
from knowledge_base.passages import store
from knowledge_base.passages.views import PassageView, split_provision
from knowledge_base.search.query import SearchQuery, SearchResult
from knowledge_base.search.service import search

log = structlog.get_logger(__name__)
_KEPT_ARTICLES = 8000


@dataclass
class Shelf:
    """Guides and cards of one snapshot, by what they are asked for, and the names of the laws held."""

    titles: frozenset[str] = frozenset()
    guides: dict[tuple[str, str, str], PassageView] = field(default_factory=dict)
    cards: dict[str, PassageView] = field(default_factory=dict)
    items: dict[str, GuidedItem] = field(default_factory=dict)
    articles: "OrderedDict[str, list[PassageView]]" = field(default_factory=OrderedDict)

    @classmethod
    def of(cls, passages: Iterable[PassageView], titles: frozenset[str] = frozenset()) -> "Shelf":
        """Sort guides and cards onto a shelf."""
        shelf = cls(titles)
        for passage in passages:
            if passage.kind == "guide":
                shelf.guides[passage.service_item_code, passage.aspect, passage.language] = passage
            else:
                shelf.cards |= dict.fromkeys(passage.basis, passage)
        shelf.items = _items(shelf.guides.values())
        return shelf

    def versions(self, key: str) -> list[PassageView]:
        """Return all wordings held of ``law#article``, read once."""
        held = self.articles.get(key)
        if held is None:
            with reading() as session:
                held = store.find_provisions(session, *split_provision(key))
            self.articles[key] = held
            if len(self.articles) > _KEPT_ARTICLES:
                self.articles.popitem(last=False)
        return held


def _items(guides: Iterable[PassageView]) -> dict[str, GuidedItem]:
    found: dict[str, GuidedItem] = {}
    for guide in guides:
        aspects = found[guide.service_item_code].aspects if guide.service_item_code in found else frozenset()
        aliases = [alias for names in guide.data["aliases"].values() for alias in names]
        found[guide.service_item_code] = GuidedItem(
            guide.service_item_code, dict(guide.data["item_title"]), tuple(aliases), aspects | {guide.aspect}
        )
    return found


class StoredKnowledge:
    """Knowledge over the database and the live index. Cheap to build; loads on first use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: tuple[str, Shelf] | None = None

    def search(self, query: SearchQuery) -> SearchResult:
        """Search the live index.

        Raises:
            DependencyFailed: there is no index, or it is broken.
        """
        try:
            return search(query)
        except NotAvailable as error:
            raise DependencyFailed(error.code) from error

    def guidance(self, code: str, aspect: str, language: str) -> PassageView | None:
        """Return one aspect of an item's guide."""
        return self._shelf().guides.get((code, aspect, language))

    def guided_items(self) -> dict[str, GuidedItem]:
        """Return the items that have a guide."""
        return self._shelf().items

    def provision(self, key: str, as_of: date) -> PassageView | None:
        """Return the wording of ``law#article`` in force on a date, the youngest where several are."""
        standing = [p for p in self._shelf().versions(key) if p.applies_on(as_of)]
        return max(standing, key=lambda p: p.in_force_from or date.min, default=None)

    def law_titles(self) -> frozenset[str]:
        """Return the names of all laws held."""
        return self._shelf().titles

    def card(self, key: str) -> PassageView | None:
        """Return our own summary of ``law#article``."""
        return self._shelf().cards.get(key)

    def encode(self, texts: Sequence[str]) -> Vectors | None:
        """Return vectors; None, logged, where the encoder failed."""
        try:
            return encoder_named(live().get().info.encoder_id).encode(texts)
        except (DependencyFailed, InvariantBroken, NotAvailable) as error:
            log.warning("answering.encoder_failed", code=error.code)
            return None

    def rarity(self, words: Sequence[str]) -> Sequence[float]:
        """Return how rare each search term is among all passages."""
        return live().get().lexical.rarity(words)

    def _shelf(self) -> Shelf:
        snapshot_id = self._snapshot_id()
        loaded = self._loaded
        if loaded is None or loaded[0] != snapshot_id:
            with self._lock:
                loaded = self._loaded
                if loaded is None or loaded[0] != snapshot_id:
                    with reading() as session:
                        told = store.indexed_passages(session, kinds=("guide", "card"))
                        loaded = (snapshot_id, Shelf.of(told, store.law_titles(session)))
                    self._loaded = loaded
        return loaded[1]

    def _snapshot_id(self) -> str:
        try:
            return live().get().info.snapshot_id
        except NotAvailable as error:
            raise DependencyFailed(error.code) from error


_known: dict[str, StoredKnowledge] = {}


def stored_knowledge() -> Knowledge:
    """Return this process's knowledge, one an index."""
    return _known.setdefault(str(folder()), StoredKnowledge())
