"""Which passages may be found at all."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from knowledge_base.index.snapshot import Snapshot
from knowledge_base.search.query import SearchQuery
from knowledge_base.sources.places import province_of, provinces_named

Mask = NDArray[np.bool_]
OTHER_LANGUAGE_KINDS = frozenset({"guide", "faq"})  # written in both languages: only the person's is searched


def allowed(snapshot: Snapshot, query: SearchQuery, as_of: date, language: str) -> Mask:
    """Return a mask over the snapshot's entries."""
    mask = np.ones(len(snapshot.entries), dtype=np.bool_)
    if not query.include_repealed:
        day = as_of.toordinal()
        mask &= (snapshot.first_days <= day) & (day < snapshot.last_days)
    places = _places(query)
    for position, entry in enumerate(snapshot.entries):
        if not mask[position]:
            continue
        mask[position] = (
            (query.kinds is None or entry.kind in query.kinds)
            and (not entry.province or entry.province in places)
            and (
                not entry.service_item_code or query.service_item_code in (None, "", entry.service_item_code)
            )
            and (entry.kind not in OTHER_LANGUAGE_KINDS or entry.language == language)
        )
    return mask


def _places(query: SearchQuery) -> frozenset[str]:
    if query.province:
        return frozenset({province_of(query.province)})
    return provinces_named(query.text)
