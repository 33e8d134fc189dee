"""The one anatomy of a prefill source."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from core.identity import Actor
from forms.items.form import FieldDefinition, PrefillSpec
from forms.models import SimilarAnswer
from forms.records.service import Records, RecordView


@dataclass(frozen=True)
class IdentityFacts:
    """What the actor's own account holds."""

    account_id: str = ""
    display_name: str = ""
    id_number: str = ""
    mobile: str = ""
    as_of: date | None = None


@dataclass(frozen=True)
class PrefillContext:
    """What sources may read: the actor's own account and the records of an enterprise that is the actor's.

    Attributes:
        known: routing facts and values so far, values first.
        family: codes of the items whose licences and filings are the item's own.
        title_field: key of the field that names the filing.
        is_about_product: whether the filing is for one product.
        base: the record that the filing was begun from, where a person asked for a copy.
        bundle: values that the actor confirmed in the other filings of the same bundle, by field key, each
        with the filing's id and the day.
        similar: finds what most other enterprises answered to a field where this much is known.
    """

    actor: Actor
    records: Records
    identity: IdentityFacts
    known: Mapping[str, Any]
    today: date
    family: tuple[str, ...] = ()
    title_field: str = ""
    is_about_product: bool = False
    base: RecordView | None = None
    bundle: Mapping[str, tuple[Any, str, date]] = field(default_factory=dict)
    similar: Callable[[FieldDefinition, Mapping[str, Any]], SimilarAnswer | None] = lambda _field, _known: (
        None
    )


@dataclass(frozen=True)
class Proposal:
    """One value from one record.

    Attributes:
        value: as the source holds it.
        record_id: the record it was read from, or the account, or "" for a calculation.
        as_of: when the source held it so.
        transformation: message code of what was done to it (``forms.transformation.copied`` …).
        confidence: 0 to 1; what the applicant's own registry entry says is 1.
        is_stale: the record is no longer in force.
        is_suggestion: put forward from what is alike, never as known.
    """

    value: Any = field(repr=False)
    record_id: str
    as_of: date | None
    transformation: str = "copied"
    confidence: float = 1.0
    is_stale: bool = False
    is_suggestion: bool = False


class PrefillSource(Protocol):
    """Reads proposals for one field. Sources never write and never read beyond the context."""

    name: str

    def propose(self, spec: PrefillSpec, field: FieldDefinition, context: PrefillContext) -> list[Proposal]:
        """Return proposals, best first; empty where the source knows nothing."""
