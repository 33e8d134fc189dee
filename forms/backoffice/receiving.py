"""Decisions that the processing system sends: each is carried out once, as an officer's would be."""

from collections.abc import Mapping
from typing import Any

from core import clock
from core.database import transaction
from core.errors import InvalidInput
from core.identity import Actor, Role
from forms.filing.corrections import DEFAULT_WORKING_DAYS
from forms.filing.processing import Move, move
from forms.filing.views import WantedCorrection
from forms.models import BackOfficeEvent

ACTOR = Actor("backoffice", Role.OFFICER)


def receive_decision(body: Mapping[str, Any]) -> bool:
    """Carry out a decision; return whether it was new.

    Args:
        body: ``{event_id, filing_id, to_state, reason?, corrections?: [{key, message, fix?}],
        working_days?}``.

    Raises:
        InvalidInput: the event has no id, or the move is not allowed.
        NotAvailable: there is no such filing.
    """
    event_id = str(body.get("event_id") or "")[:80]
    filing_id = str(body.get("filing_id") or "")[:40]
    if not event_id:
        raise InvalidInput("forms.backoffice_no_id")
    wanted = [
        WantedCorrection(str(one.get("key", "")), str(one.get("message", "")), str(one.get("fix", "")))
        for one in body.get("corrections") or []
    ]
    days = int(body.get("working_days") or DEFAULT_WORKING_DAYS)
    with transaction() as session:
        if session.get(BackOfficeEvent, event_id, with_for_update=True) is not None:
            return False
        session.add(BackOfficeEvent(event_id=event_id, at=clock.now(), filing_id=filing_id))
        session.flush()
        wish = Move(str(body.get("to_state")), str(body.get("reason") or ""), wanted, days)
        move(session, ACTOR, filing_id, wish)
    return True
