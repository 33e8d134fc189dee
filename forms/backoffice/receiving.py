"""Decisions that the processing system sends: each is carried out once, as an officer's would be."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError

from core import clock
from core.database import is_duplicate, transaction
from core.errors import InvalidInput
from core.identity import Actor, Role
from forms.filing.corrections import DEFAULT_WORKING_DAYS
from forms.filing.processing import BACKOFFICE, Move, move
from forms.filing.views import WantedCorrection
from forms.models import BackOfficeEvent

ACTOR = Actor(BACKOFFICE, Role.OFFICER)


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
    wanted = [_correction(one) for one in _listed(body.get("corrections"))]
    days = body.get("working_days") or DEFAULT_WORKING_DAYS
    if not isinstance(days, int) or isinstance(days, bool):
        raise InvalidInput("forms.backoffice_malformed", field="working_days")
    wish = Move(str(body.get("to_state")), str(body.get("reason") or ""), wanted, days)
    try:
        return _carry_out(event_id, filing_id, wish)
    except IntegrityError as error:
        if is_duplicate(error):
            return False
        raise


def _carry_out(event_id: str, filing_id: str, wish: Move) -> bool:
    with transaction() as session:
        if session.get(BackOfficeEvent, event_id, with_for_update=True) is not None:
            return False
        session.add(BackOfficeEvent(event_id=event_id, at=clock.now(), filing_id=filing_id))
        session.flush()
        move(session, ACTOR, filing_id, wish)
    return True


def _listed(raw: Any) -> list[Any]:
    if raw is not None and not isinstance(raw, list):
        raise InvalidInput("forms.backoffice_malformed", field="corrections")
    return raw or []


def _correction(raw: Any) -> WantedCorrection:
    if not isinstance(raw, dict):
        raise InvalidInput("forms.backoffice_malformed", field="corrections")
    return WantedCorrection(*(str(raw.get(name) or "") for name in ("key", "message", "fix")))
