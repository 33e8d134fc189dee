"""A call instead of waiting: asked for in the queue, made by the officer who has the case.

1. ``ask_callback`` keeps a number and a half-day; the case's reply clock becomes that of the call. Asked
   again, it is changed.
2. ``log_call`` tells how a call went. Reached ends the person's wait; ``MOST_ATTEMPTS`` in vain end the
   calls, and the person is told each time.
3. ``forget_number`` blanks the number when the case closes.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

import phonenumbers
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.handoff.clocks import stop_reply_clock
from bot.handoff.models import CaseCallback, HandoffCase
from bot.handoff.views import CallbackView
from core import clock
from core.errors import InvalidInput
from core.privacy.service import mask_value
from i18n.calendar import add_office_time, half_day_ends

SLOTS = ("any", "morning", "afternoon")
WAITING, REACHED, UNREACHED = "waiting", "reached", "unreached"
WITHIN = timedelta(hours=2)
MOST_ATTEMPTS = 3


def normal_phone(raw: str) -> str:
    """Return a telephone number in E.164; one without a country code is Chinese.

    Raises:
        InvalidInput: it is no number that could be called.
    """
    try:
        number = phonenumbers.parse(raw.strip(), "CN")
    except phonenumbers.NumberParseException as error:
        raise InvalidInput("handoff.callback_phone") from error
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise InvalidInput("handoff.callback_phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def spoken_phone(phone: str) -> str:
    """Return a number as it is dialled from China."""
    number = phonenumbers.parse(phone, None)
    is_home = number.country_code == phonenumbers.country_code_for_region("CN")
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, style.NATIONAL if is_home else style.INTERNATIONAL)


def callback_of(session: Session, case: HandoffCase, *, in_full: bool = False) -> CallbackView | None:
    """Return the call that was asked for in a case; the number partly, unless ``in_full``."""
    found = session.get(CaseCallback, case.id)
    if found is None:
        return None
    number = spoken_phone(found.phone) if found.phone else ""
    return CallbackView(
        phone=number if in_full else mask_value("mobile", number.replace(" ", "")),
        slot=found.slot,
        state=found.state,
        due_by=found.due_by,
        attempts=found.attempts,
        called_at=found.called_at,
    )


def keep_callback(session: Session, case: HandoffCase, phone: str, slot: str) -> datetime:
    """Keep the wish for a call and return when it is due.

    Raises:
        InvalidInput: there is no such half-day.
    """
    if slot not in SLOTS:
        raise InvalidInput("handoff.callback_slot")
    moment = clock.now()
    found = session.get(CaseCallback, case.id)
    if found is None:
        found = CaseCallback(case_id=case.id, attempts=0)
        session.add(found)
    found.phone, found.slot, found.state, found.asked_at = phone, slot, WAITING, moment
    found.due_by = due_by(moment, slot)
    case.reply_by, case.escalated_at = found.due_by, None
    return found.due_by


def due_by(moment: datetime, slot: str) -> datetime:
    """Return when a call asked for at ``moment`` is due: two opening hours on, or the half-day's end."""
    if slot == "any":
        return add_office_time(moment, WITHIN)
    return half_day_ends(moment + WITHIN / 4, is_morning=slot == "morning")


def note_call(session: Session, case: HandoffCase, *, was_reached: bool) -> CaseCallback:
    """Take how a call went into the case's clocks.

    Raises:
        InvalidInput: no call is waited for.
    """
    found = session.get(CaseCallback, case.id)
    if found is None or found.state != WAITING:
        raise InvalidInput("handoff.callback_none")
    moment = clock.now()
    found.attempts, found.called_at = found.attempts + 1, moment
    if was_reached:
        found.state = REACHED
        case.first_response_at = case.first_response_at or moment
    elif found.attempts >= MOST_ATTEMPTS:
        found.state = UNREACHED
    if found.state != WAITING:
        stop_reply_clock(case)
    else:
        found.due_by = case.reply_by = add_office_time(moment, WITHIN)
        case.escalated_at = None
    return found


def awaited(session: Session, case_ids: Collection[str]) -> set[str]:
    """Return those of the cases in which a call is still to be made."""
    query = select(CaseCallback.case_id).where(
        CaseCallback.case_id.in_(case_ids), CaseCallback.state == WAITING
    )
    return set(session.scalars(query))


def forget_number(session: Session, case: HandoffCase) -> None:
    """Blank the number: it was given for this case alone."""
    found = session.get(CaseCallback, case.id)
    if found is not None:
        found.phone = ""
