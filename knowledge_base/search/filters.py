"""Which passages may be found at all."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from knowledge_base.index.snapshot import Snapshot
from knowledge_base.index.vectors import Selection
from knowledge_base.search.query import SearchQuery
from knowledge_base.sources.places import province_of, provinces_named

Mask = NDArray[np.bool_]
KINDS_IN_BOTH_LANGUAGES = frozenset({"guide", "faq"})  # only the person's language is searched
_CACHED = 16  # of a million passages each takes about two megabytes


@dataclass(frozen=True)
class Allowed:
    """What one search may find.

    Attributes:
        mask: bool (entries,); ``count``: how many it allows; ``windows``: their windows.
    """

    mask: Mask
    count: int
    windows: Selection


class _Latest:
    """What the latest kinds of search may find; most questions share one kind."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, Allowed] = OrderedDict()

    def get(self, key: Hashable) -> Allowed | None:
        with self._lock:
            found = self._known.get(key)
            if found is not None:
                self._known.move_to_end(key)
            return found

    def put(self, key: Hashable, allowed: Allowed) -> None:
        with self._lock:
            self._known[key] = allowed
            while len(self._known) > _CACHED:
                self._known.popitem(last=False)


_latest = _Latest()


def allowed(snapshot: Snapshot, query: SearchQuery, as_of: date, language: str) -> Allowed:
    """Return what a query may find in a snapshot."""
    places = _places(query)
    kinds = None if query.kinds is None else frozenset(query.kinds)
    day = None if query.include_repealed else as_of.toordinal()
    wanted = (snapshot.info.snapshot_id, day, places, kinds, query.service_item_code, language)
    found = _latest.get(wanted)
    if found is None:
        mask = _mask(snapshot, day, places, kinds, query.service_item_code, language)
        windows = snapshot.vectors.selection(mask[snapshot.owners])
        found = Allowed(mask, int(np.count_nonzero(mask)), windows)
        _latest.put(wanted, found)
    return found


def _mask(
    snapshot: Snapshot,
    day: int | None,
    places: frozenset[str],
    kinds: frozenset[str] | None,
    code: str | None,
    language: str,
) -> Mask:
    entries, facets = snapshot.entries, snapshot.entries.facets
    mask = facets["province"].among(lambda province: not province or province in places)
    if day is not None:
        mask &= (entries.first_days <= day) & (day < entries.last_days)
    if kinds is not None:
        mask &= facets["kind"].among(lambda kind: kind in kinds)
    if code:
        mask &= facets["service_item_code"].among(lambda own: own in ("", code))
    in_both = facets["kind"].among(lambda kind: kind in KINDS_IN_BOTH_LANGUAGES)
    return mask & (~in_both | facets["language"].among(lambda own: own == language))


def _places(query: SearchQuery) -> frozenset[str]:
    if query.province:
        return frozenset({province_of(query.province)})
    return provinces_named(query.text)
