"""The prefill sources, in one visible list."""

from forms.prefill.base import PrefillSource
from forms.prefill.sources.own import Bundle, Calculated, Catalogue, Identity
from forms.prefill.sources.records import EarlierFilings, Licence, Personnel, Registry
from forms.prefill.sources.similar import SimilarFilings

SOURCES: dict[str, PrefillSource] = {
    source.name: source
    for source in (
        Registry(),
        Licence(),
        EarlierFilings(),
        Personnel(),
        Identity(),
        Bundle(),
        Calculated(),
        Catalogue(),
        SimilarFilings(),
    )
}
