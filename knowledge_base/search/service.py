"""Search.

1. The question is expanded by the glossary (English and colloquial wordings bring the Chinese term).
2. Filters come first, inside both searches: in force on the day, kind, province, service item, language.
3. BM25 scores every allowed passage; the encoder finds the closest windows in FAISS, and a passage counts
   with its closest one. The two are scaled to 0..1 and added by weight; laws that people ask about gain a
   little (``familiarity``).
4. Where the encoder found nothing close, keyword-only hits are discarded; where it failed, keywords decide
   alone and the result says so.
5. Passages are ranked, and the provisions they stand for, each article once.
"""

import threading
from collections import OrderedDict
from datetime import date

import numpy as np
import structlog
from numpy.typing import NDArray

from core import clock
from core.database import reading
from core.errors import AssistantError
from knowledge_base.embedding.base import Encoder
from knowledge_base.embedding.service import get_encoder
from knowledge_base.index.entries import ROLES
from knowledge_base.index.service import live
from knowledge_base.index.snapshot import Snapshot
from knowledge_base.index.terms import terms
from knowledge_base.passages import PassageView, store
from knowledge_base.search.familiarity import familiarity
from knowledge_base.search.filters import Mask, allowed
from knowledge_base.search.fusion import above_the_rest, fuse, mean_of_roles
from knowledge_base.search.glossary import glossary
from knowledge_base.search.query import Hit, SearchQuery, SearchResult
from knowledge_base.search.ranking import rank_provisions
from knowledge_base.search.settings import SearchSettings, search_settings

log = structlog.get_logger(__name__)
Floats = NDArray[np.float32]
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
    settings, snapshot = settings or search_settings(), live().get()
    language = "en" if query.locale.startswith("en") else "zh"
    mask = allowed(snapshot, query, query.as_of or clock.today(), language)
    added = glossary().expand(query.text, settings.glossary_terms)
    lexical = snapshot.lexical.scores(terms(" ".join([query.text, *added])))
    cosines = _cosines(snapshot, query.text, mask, encoder or get_encoder(), settings.windows)
    semantic = None if cosines is None else cosines.max(axis=0)
    meaning = None if cosines is None else mean_of_roles(cosines, settings.roles)
    matched = fuse(lexical, meaning, mask, settings.lexical_share[language])
    best_semantic = float(semantic[mask].max()) if semantic is not None and mask.any() else None
    found = mask & (matched > 0)
    scores = matched + settings.familiarity * familiarity(snapshot)
    if best_semantic is not None and best_semantic < settings.semantic_floor:
        found &= False
    ranked = np.argsort(np.where(found, -scores, np.inf), kind="stable")[: max(query.limit, RANKED_DEPTH)]
    order = [int(i) for i in ranked if found[i]]
    return SearchResult(
        hits=_hits(snapshot, order[: query.limit], scores, lexical, semantic),
        provisions=rank_provisions(
            (
                (snapshot.entries[i].kind, snapshot.entries[i].provisions, score)
                for i, score in zip(order, above_the_rest(scores[order], settings.ground), strict=True)
            ),
            settings,
        ),
        snapshot_id=snapshot.info.snapshot_id,
        encoder_id="" if semantic is None else snapshot.info.encoder_id,
        degraded=semantic is None,
        best_semantic=best_semantic,
    )


def _cosines(snapshot: Snapshot, text: str, mask: Mask, encoder: Encoder, most_windows: int) -> Floats | None:
    """Return the cosine of each entry's closest window of each role, float32 (roles, entries).

    -1 where an entry has no window of that role; None where the encoder cannot be used.
    """
    closest = np.full((ROLES, len(snapshot.entries)), -1.0, dtype=np.float32)
    if not mask.any():
        return closest
    try:
        if encoder.encoder_id != snapshot.info.encoder_id:
            log.error("knowledge.encoder_differs", snapshot=snapshot.info.snapshot_id)
            return None
        vector = encoder.encode([text])[0]
    except AssistantError as error:
        log.error("knowledge.encoder_failed", code=error.code)
        return None
    cosines, windows = snapshot.vectors.search(vector, most_windows, mask[snapshot.owners])
    closest[snapshot.roles, snapshot.owners] = float(cosines[-1]) if len(cosines) else 0.0
    np.maximum.at(closest, (snapshot.roles[windows], snapshot.owners[windows]), cosines)
    return closest


def _hits(
    snapshot: Snapshot, order: list[int], scores: Floats, lexical: Floats, semantic: Floats | None
) -> tuple[Hit, ...]:
    ids = [snapshot.entries[position].passage_id for position in order]
    views = _views.get(snapshot.info.snapshot_id, ids)
    return tuple(
        Hit(
            passage=views[key],
            score=float(scores[position]),
            lexical=float(lexical[position]),
            semantic=None if semantic is None else float(semantic[position]),
        )
        for key, position in zip(ids, order, strict=True)
        if key in views
    )


def find_provision(law: str, article: str | int, as_of: date | None = None) -> PassageView | None:
    """Return the article of a law as it stood on a day (today by default), None where no held text has it."""
    with reading() as session:
        found = store.find_provisions(session, law, str(article))
    day = as_of or clock.today()
    return next((view for view in found if _is_in_force(view, day)), None)


def _is_in_force(view: PassageView, day: date) -> bool:
    if view.status == "repealed" and view.repealed_on is None:
        return False
    return (view.in_force_from is None or view.in_force_from <= day) and (
        view.repealed_on is None or day < view.repealed_on
    )


def warm_up() -> None:
    """Load glossary, encoder and live index, so that the first question does not wait for them.

    Raises:
        NotAvailable: no index was built yet.
        InvariantBroken: the encoder is not registered, or was changed since.
        DependencyFailed: one of them is broken.
    """
    glossary()
    get_encoder().warm_up()
    live().get()
