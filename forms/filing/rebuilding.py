"""A filing rebuilt from the audit trail: each move it made, where it stands, and what was handed in.

Events hold no value that a person typed. What was handed in is the record that the filing left (the person's
own, erased with the rest of their data); its HMAC in the trail tells whether it is still word for word that.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any

from sqlalchemy import select

from core.audit.models import AuditEvent
from core.database import reading
from core.errors import NotAvailable
from core.secrets import get_secrets
from forms.models import Filing, HistoricalRecord

SUBMITTED = "filing.submitted"
VALUES = "values_hmac"


class Outcome(StrEnum):
    """How the trail compares with the filing that is held."""

    SAME = "same"
    DIFFERENT = "different"
    NOT_RECORDED = "not_recorded"  # brought in, not begun here


@dataclass(frozen=True)
class Move:
    """One recorded change."""

    at: datetime
    actor_id: str
    action: str
    version: int
    to_state: str


@dataclass(frozen=True)
class RebuiltFiling:
    """A filing as the trail tells it; ``values`` is what was handed in last, None before and once erased."""

    outcome: Outcome
    state: str = ""
    version: int = 0
    filing_no: str = ""
    moves: list[Move] = field(default_factory=list)
    values: dict[str, Any] | None = None


def record_id(filing_id: str) -> str:
    """Return the id of the record that a filing leaves when it is handed in."""
    return f"rec_{filing_id}"


def values_hmac(values: dict[str, Any]) -> str:
    """Return the hash by which what was handed in is known again; keyed, so that nobody can try values."""
    written = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hmac.new(get_secrets().audit_key.encode(), written.encode(), hashlib.sha256).hexdigest()


def rebuild_filing(filing_id: str) -> RebuiltFiling:
    """Rebuild a filing from its events and hold it against the one that is held.

    Raises:
        NotAvailable: there is no such filing.
    """
    with reading() as session:
        filing = session.get(Filing, filing_id)
        if filing is None:
            raise NotAvailable
        query = select(AuditEvent).where(AuditEvent.subject_id == filing_id)
        events = [one for one in session.scalars(query) if "version" in one.data and "to" in one.data]
        record = session.get(HistoricalRecord, record_id(filing_id))
    if not events:
        return RebuiltFiling(Outcome.NOT_RECORDED)
    events.sort(key=lambda one: int(one.data["version"]))
    last, handed_in = events[-1], [one for one in events if one.action == SUBMITTED]
    said = handed_in[-1].data if handed_in else {}
    values = dict(record.data) if record and handed_in else None
    told = (last.data["to"], last.data["version"], said.get("filing_no", ""))
    is_same = told == (filing.state, filing.version, filing.filing_no or "")
    is_whole = values is None or VALUES not in said or said[VALUES] == values_hmac(values)
    return RebuiltFiling(
        Outcome.SAME if is_same and is_whole and _follow(events) else Outcome.DIFFERENT,
        *told,
        [
            Move(one.at, one.actor_id, one.action, int(one.data["version"]), str(one.data["to"]))
            for one in events
        ],
        values,
    )


def _follow(events: list[AuditEvent]) -> bool:
    """Whether each change began where the one before it ended, with none left out."""
    pairs = pairwise(events)
    return all(
        one.data["to"] == other.data["from"] and one.data["version"] + 1 == other.data["version"]
        for one, other in pairs
    )
