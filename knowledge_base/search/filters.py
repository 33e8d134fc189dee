"""Which passages may be found at all."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from knowledge_base.index.snapshot import Snapshot
from knowledge_base.search.query import SearchQuery
from knowledge_base.sources.places import province_of, provinces_named

Mask = NDArray[np.bool_]
KINDS_IN_BOTH_LANGUAGES = frozenset({"guide", "faq"})  # only the person's language is searched


def allowed(snapshot: Snapshot, query: SearchQuery, as_of: date, language: str) -> Mask:
    """Return a mask over the snapshot's entries."""
    mask = np.ones(len(snapshot.entries), dtype=np.bool_)
    if not query.include_repealed:
        day = as_of.toordinal()
        mask &= (snapshot.first_days <= day) & (day < snapshot.last_days)
    places, kinds, code, facets = _places(query), query.kinds, query.service_item_code, snapshot.facets
    mask &= facets["province"].among(lambda province: not province or province in places)
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
