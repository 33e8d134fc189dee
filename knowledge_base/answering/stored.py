"""The real knowledge: what the current snapshot indexes, kept in memory and renewed when it is switched."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import structlog

from core.database import reading
from core.errors import DependencyFailed, InvariantBroken, NotAvailable
from knowledge_base.answering.knowledge import GuidedItem, Knowledge, Vectors
from knowledge_base.embedding.service import get_encoder
from knowledge_base.index.service import folder, live
from knowledge_base.passages import store
from knowledge_base.passages.views import PassageView
from knowledge_base.search.query import SearchQuery, SearchResult
from knowledge_base.search.service import search

log = structlog.get_logger(__name__)


@dataclass
class Shelf:
    """All passages of one snapshot, by what they are asked for."""

    guides: dict[tuple[str, str, str], PassageView] = field(default_factory=dict)
    provisions: dict[str, list[PassageView]] = field(default_factory=dict)
    cards: dict[str, PassageView] = field(default_factory=dict)
    titles: frozenset[str] = frozenset()
    items: dict[str, GuidedItem] = field(default_factory=dict)

    def put(self, passage: PassageView) -> None:
        """Put a passage in its place; kinds that are only searched have none."""
        match passage.kind:
            case "guide":
                key = (passage.service_item_code, passage.aspect, passage.language)
                self.guides[key] = passage
            case "card":
                self.cards |= dict.fromkeys(passage.basis, passage)
            case "law":
                for provision in passage.provisions:
                    self.provisions.setdefault(provision, []).append(passage)

    @classmethod
    def of(cls, passages: Sequence[PassageView]) -> "Shelf":
        """Sort passages onto a shelf."""
        shelf = cls()
        for passage in passages:
            shelf.put(passage)
        shelf.titles = frozenset(p.title for p in passages if p.kind == "law")
        shelf.items = _items(shelf.guides.values())
        return shelf


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
        standing = [p for p in self._shelf().provisions.get(key, ()) if in_force(p, as_of)]
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
            return get_encoder().encode(texts)
        except (DependencyFailed, InvariantBroken) as error:
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
                        loaded = (snapshot_id, Shelf.of(store.indexed_passages(session)))
                    self._loaded = loaded
        return loaded[1]

    def _snapshot_id(self) -> str:
        try:
            return live().get().info.snapshot_id
        except NotAvailable as error:
            raise DependencyFailed(error.code) from error


def in_force(passage: PassageView, as_of: date) -> bool:
    """Whether a wording applies on a date; one without known dates applies while it is current."""
    has_begun = passage.in_force_from is None or passage.in_force_from <= as_of
    if passage.repealed_on is not None:
        return has_begun and as_of < passage.repealed_on
    return has_begun and passage.status == "current"


_known: dict[str, StoredKnowledge] = {}


def stored_knowledge() -> Knowledge:
    """Return this process's knowledge, one an index."""
    return _known.setdefault(str(folder()), StoredKnowledge())
