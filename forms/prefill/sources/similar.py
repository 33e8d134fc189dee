"""What most other enterprises answered in filings that are alike: a suggestion, never more."""

from forms.items.form import FieldDefinition, PrefillSpec
from forms.prefill.base import PrefillContext, Proposal


class SimilarFilings:
    """同类办件: the answer of most enterprises, where enough answered (``forms/records/similar.py``)."""

    name = "similar"

    def propose(self, spec: PrefillSpec, field: FieldDefinition, context: PrefillContext) -> list[Proposal]:
        """Return the answer of most, with their share as its confidence."""
        found = context.similar(field, context.known)
        if found is None:
            return []
        share = round(found.said_so / found.asked, 2)
        return [
            Proposal(
                found.value,
                "",
                found.as_of,
                transformation="said_by_most",
                confidence=share,
                is_suggestion=True,
            )
        ]
