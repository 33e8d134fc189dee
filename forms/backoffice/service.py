"""The authority's processing system.

1. ``announce`` writes an outbox row in the transaction that changed the filing; nothing is written where no
   processing system is set up.
2. A worker calls ``deliver``, which sends the filing as it stands, signed; a failure is tried again by the
   queue.
3. The processing system answers with decisions (``receiving.receive_decision``): signed, each event id taken
   once. It may do what an officer may do, and is named as the actor.

Which system is told in the settings ``backoffice_url`` and ``backoffice_secret``.
"""

from typing import Any

from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.queue import enqueue
from core.settings import get_settings
from forms.backoffice.base import Announcement, BackOffice
from forms.backoffice.webhook import Webhook
from forms.filing.store import Draft, load_unchecked

TASK = "forms.announce"


def backoffice() -> BackOffice | None:
    """Return the processing system that is set up, or None."""
    settings = get_settings()
    if not settings.backoffice_url:
        return None
    return Webhook(settings.backoffice_url, settings.backoffice_secret)


def announce(session: Session, draft: Draft, event: str) -> None:
    """Let the processing system know of a change, in the caller's transaction."""
    if get_settings().backoffice_url:
        payload = {"filing_id": draft.filing.id, "version": draft.filing.version, "event": event}
        enqueue(session, TASK, payload)


def deliver(filing_id: str, version: int, event: str) -> None:
    """Send one announcement.

    Raises:
        DependencyFailed: the processing system did not take it.
    """
    system = backoffice()
    if system is None:
        return
    with reading() as session:
        draft = load_unchecked(session, filing_id)
        if draft is None:
            return
        body = _body(draft, version, event)
    system.deliver(Announcement(body["event_id"], event, body))
    with transaction() as session:
        record(
            session,
            actor_id="system",
            action="filing.announced",
            subject_type="filing",
            subject_id=filing_id,
            data={"event": event, "version": version, "system": system.name},
        )


def _body(draft: Draft, version: int, event: str) -> dict[str, Any]:
    filing = draft.filing
    visible = {field.key for field in draft.visible()}
    return {
        "event_id": f"{filing.id}:{version}",
        "at": clock.isoformat(clock.now()),
        "event": event,
        "filing": {
            "filing_id": filing.id,
            "filing_no": filing.filing_no,
            "service_item_code": filing.item_code,
            "uscc": draft.enterprise.uscc,
            "state": filing.state,
            "version": filing.version,
            "facts": filing.facts,
            "data": {key: row.value for key, row in draft.rows.items() if key in visible},
        },
    }
