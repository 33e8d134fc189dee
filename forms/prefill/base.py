"""The one anatomy of a prefill source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from core.identity import Actor
from forms.items.definition import PrefillSpec
from forms.records.service import RecordView


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
    """What sources may read: the actor's own account and the records of an enterprise that is the actor's."""

    actor: Actor
    records: tuple[RecordView, ...]
    identity: IdentityFacts
    known: Mapping[str, Any]
    today: date


@dataclass(frozen=True)
class Proposal:
    """One value from one record.

    Attributes:
        value: in the field's stored form.
        record_id: the record it was read from, or the account, or "" for a calculation.
        as_of: when the source held it so.
        transformation: message code of what was done to it (``forms.transformation.copied`` …).
        confidence: 0 to 1; what the applicant's own registry entry says is 1.
        is_stale: the record's validity has ended.
    """

    value: Any = field(repr=False)
    record_id: str
    as_of: date | None
    transformation: str = "copied"
    confidence: float = 1.0
    is_stale: bool = False


class PrefillSource(Protocol):
    """Reads proposals for one field. Sources never write and never read beyond the context."""

    name: str

    def propose(self, spec: PrefillSpec, context: PrefillContext) -> list[Proposal]:
        """Return proposals, best first; empty where the source knows nothing."""
