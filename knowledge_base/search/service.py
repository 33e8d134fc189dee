"""Search.

1. The question is expanded by the glossary (English and colloquial wordings bring the Chinese term).
2. Filters come first, inside both searches: in force on the day, kind, province, service item, language.
3. BM25 scores every allowed passage; the encoder finds the closest windows in FAISS, and a passage counts
   with its closest ones. The best of both are the candidates (``matching``): the two scores are scaled to
   0..1 and added by weight; laws that people ask about gain a little (``familiarity``).
4. Where the encoder found nothing close, keyword-only hits are discarded; where it failed, keywords decide
   alone and the result says so.
5. Passages are ranked, and the provisions they stand for, each article once.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date

import numpy as np
import structlog
from numpy.typing import NDArray

from core import clock
from core.database import reading
from core.errors import AssistantError
from i18n.service import content_language
from knowledge_base.embedding.base import Encoder
from knowledge_base.embedding.service import encoder_named
from knowledge_base.index.service import live
from knowledge_base.index.snapshot import Snapshot
from knowledge_base.index.terms import terms
from knowledge_base.passages import PassageView, store
from knowledge_base.search.familiarity import familiarity
from knowledge_base.search.filters import allowed
from knowledge_base.search.fusion import above_the_rest
from knowledge_base.search.glossary import glossary
from knowledge_base.search.matching import Candidates, match
from knowledge_base.search.query import Hit, RankedProvision, SearchQuery, SearchResult
from knowledge_base.search.ranking import nearby, rank_provisions
from knowledge_base.search.settings import SearchSettings, search_settings

log = structlog.get_logger(__name__)
Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
RANKED_DEPTH = 80  # passages that may lend their score to a provision
_CACHED = 8000


class _Views:
    """Passages read before; they never change, but their standing may: a new snapshot empties it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snapshot_id = ""
        self._views: OrderedDict[str, PassageView] = OrderedDict()

    def get(self, snapshot_id: str, ids: list[str]) -> dict[str, PassageView]:
        with self._lock:
            if snapshot_id != self._snapshot_id:
                self._snapshot_id = snapshot_id
                self._views.clear()
            missing = [key for key in ids if key not in self._views]
        if missing:
            with reading() as session:
                read = store.views(session, missing)
            with self._lock:
                self._views.update(read)
                while len(self._views) > _CACHED:
                    self._views.popitem(last=False)
                return {key: self._views[key] for key in ids if key in self._views}
        with self._lock:
            return {key: self._views[key] for key in ids if key in self._views}


_views = _Views()


def search(
    query: SearchQuery, *, encoder: Encoder | None = None, settings: SearchSettings | None = None
) -> SearchResult:
    """Search the live index.

    Args:
        query: what is asked.
        encoder: another encoder than this installation's (tests).
        settings: other weights than the shipped ones (measurements).

    Raises:
        NotAvailable: no index was built yet.
        DependencyFailed: the index is broken and none was loaded before.
    """
    return search_in(live().get(), query, encoder=encoder, settings=settings)


def search_in(
    snapshot: Snapshot,
    query: SearchQuery,
    *,
    encoder: Encoder | None = None,
    settings: SearchSettings | None = None,
) -> SearchResult:
    """Search any snapshot, also one that does not serve."""
    ranked = rank(snapshot, query, encoder=encoder, settings=settings)
    return SearchResult(
        hits=_hits(snapshot, ranked, query.limit),
        provisions=ranked.provisions,
        snapshot_id=snapshot.info.snapshot_id,
        encoder_id="" if ranked.found.semantic is None else snapshot.info.encoder_id,
        degraded=ranked.found.semantic is None,
        best_semantic=ranked.best_semantic,
    )


@dataclass(frozen=True)
class Ranking:
    """What a search found, by place in the index.

    Attributes:
        scores: float32 (candidates,); ``order``: the best candidates, best first.
        provisions: at most ten, best first.
    """

    found: Candidates
    scores: Floats
    order: Ints
    provisions: tuple[RankedProvision, ...]
    best_semantic: float | None


def rank(
    snapshot: Snapshot,
    query: SearchQuery,
    *,
    encoder: Encoder | None = None,
    settings: SearchSettings | None = None,
) -> Ranking:
    """Rank the passages of any snapshot, also of one that does not serve."""
    settings = settings or search_settings()
    language = content_language(query.locale)
    may = allowed(snapshot, query, query.as_of or clock.today(), language)
    added = glossary().expand(query.text, settings.glossary_terms)
    vector = _vector(snapshot, query.text, encoder or encoder_named(snapshot.info.encoder_id))
    found = match(snapshot, may, terms(" ".join([query.text, *added])), vector, settings, language)
    scores = found.matched + settings.familiarity * familiarity(snapshot)[found.positions]
    best_semantic = None
    if found.semantic is not None and may.count:
        best_semantic = float(found.semantic.max(initial=-1.0))
    order = _order(found, scores, max(query.limit, RANKED_DEPTH))
    if best_semantic is not None and best_semantic < settings.semantic_floor:
        order = order[:0]
    told = _told(snapshot, found.positions[order].tolist())
    scores[order] += settings.neighbours * nearby(told, scores[order])
    best = np.argsort(-scores[order], kind="stable")
    order, told = order[best], [told[place] for place in best.tolist()]
    evidence = zip(told, above_the_rest(scores[order], settings.ground), strict=True)
    provisions = rank_provisions(((kind, keys, score) for (kind, keys), score in evidence), settings)
    return Ranking(found, scores, order, provisions, best_semantic)


def _told(snapshot: Snapshot, places: list[int]) -> list[tuple[str, tuple[str, ...]]]:
    """Return kind and provisions of entries."""
    entries = snapshot.entries
    return [(entries.kind_of(place), entries.provisions_of(place)) for place in places]


def _order(found: Candidates, scores: Floats, most: int) -> Ints:
    """Return the places of the best candidates among all of them, best first."""
    ranked = np.argsort(np.where(found.matched > 0, -scores, np.inf), kind="stable")[:most]
    return ranked[found.matched[ranked] > 0]


def _vector(snapshot: Snapshot, text: str, encoder: Encoder) -> Floats | None:
    """Return a question's vector, float32 (dim,); None where the encoder cannot be used."""
    try:
        if encoder.encoder_id != snapshot.info.encoder_id:
            log.error("knowledge.encoder_differs", snapshot=snapshot.info.snapshot_id)
            return None
        return np.asarray(encoder.encode([text])[0], dtype=np.float32)
    except AssistantError as error:
        log.error("knowledge.encoder_failed", code=error.code)
        return None


def _hits(snapshot: Snapshot, ranked: Ranking, limit: int) -> tuple[Hit, ...]:
    found, order = ranked.found, ranked.order[:limit]
    ids = [snapshot.entries.ids[int(position)] for position in found.positions[order]]
    views = _views.get(snapshot.info.snapshot_id, ids)
    return tuple(
        Hit(
            passage=views[key],
            score=float(ranked.scores[place]),
            lexical=float(found.lexical[place]),
            semantic=None if found.semantic is None else float(found.semantic[place]),
        )
        for key, place in zip(ids, order, strict=True)
        if key in views
    )


def find_provision(law: str, article: str | int, as_of: date | None = None) -> PassageView | None:
    """Return the article of a law as it stood on a day (today by default), None where no held text has it."""
    with reading() as session:
        found = store.find_provisions(session, law, str(article))
    day = as_of or clock.today()
    return next((view for view in found if view.applies_on(day)), None)


def warm_up() -> None:
    """Load glossary, encoder and live index, so that the first question does not wait for them.

    Raises:
        NotAvailable: no index was built yet.
        InvariantBroken: the encoder is not registered, or was changed since.
        DependencyFailed: one of them is broken.
    """
    glossary()
    encoder_named(live().get().info.encoder_id).warm_up()
