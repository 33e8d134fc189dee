"""The acts around a call: the person asks for one, the officer tells how it went."""

from bot.conversations.service import locked
from bot.handoff.access import held_case, in_hand
from bot.handoff.callbacks import REACHED, WAITING, keep_callback, normal_phone, note_call
from bot.handoff.notes import keep_note, written
from bot.handoff.notices import tell
from bot.handoff.opening import note_case
from bot.handoff.queueing import QUEUED, open_case, ticket
from bot.handoff.views import CaseTicket
from core import clock
from core.database import reading, transaction
from core.errors import Conflict
from core.identity import Actor
from core.identity.service import mobile_of
from core.privacy.service import mask_value
from i18n.service import DEFAULT_LOCALE, format_moment, translate


def known_phone(account_id: str) -> str:
    """Return the account's own number, partly shown; "" where there is none."""
    with reading() as session:
        found = mobile_of(session, account_id)
    return mask_value("mobile", found) if found else ""


def ask_callback(conversation_id: str, actor: Actor, *, phone: str = "", slot: str = "any") -> CaseTicket:
    """Ask to be called instead of waiting in the chat; asked again, the number and the time are changed.

    Args:
        conversation_id: the person's conversation, which waits in the queue.
        actor: the person.
        phone: the number; "" for the one of the person's account.
        slot: any, morning or afternoon.

    Raises:
        Conflict: the conversation does not wait for staff.
        InvalidInput: no number that could be called, or no such time of day.
    """
    with transaction() as session:
        conversation = locked(session, conversation_id)
        case = open_case(session, conversation_id)
        if case is None or case.state != QUEUED:
            raise Conflict("handoff.not_queued")
        number = normal_phone(phone.strip() or mobile_of(session, actor.account_id))
        due = keep_callback(session, case, number, slot)
        session.flush()
        found = ticket(session, case)
        locale = conversation.locale
        tell(
            session,
            conversation,
            "handoff.callback_kept",
            handoff=found.to_json(),
            phone=found.callback.phone if found.callback else "",
            by=format_moment(due, locale),
        )
        note_case(session, case, conversation.account_id, "callback_asked", slot=slot)
        return found


def log_call(actor: Actor, case_id: str, *, was_reached: bool, note: str = "") -> None:
    """Tell how a call went; a note of it stays with the case, and the person is told.

    Raises:
        NotAvailable: absent, or not this officer's province and field.
        Conflict: the actor has not claimed the case.
        InvalidInput: no call is waited for, or the note is too long.
    """
    with transaction() as session:
        case, conversation = held_case(session, actor, case_id)
        in_hand(case, actor, supervisors_too=False)
        found = note_call(session, case, was_reached=was_reached)
        code = "reached" if found.state == REACHED else "missed" if found.state == WAITING else "given_up"
        said = translate(f"handoff.call_note.{code}", DEFAULT_LOCALE)
        keep_note(session, case, actor, written(f"{said} {note.strip()}"))
        session.flush()
        at = format_moment(clock.now(), conversation.locale)
        details = ticket(session, case).to_json()
        tell(session, conversation, f"handoff.callback_{code}", handoff=details, at=at)
        note_case(session, case, actor.account_id, "called", outcome=code)
