"""What officers do with a case. Each act holds the conversation's row: the first one wins.

While a case is claimed its officer owns the conversation; the assistant is silent until the case is closed
and then begins a fresh session. Drafts stay.
"""

from sqlalchemy.orm import Session

from bot.conversations.service import (
    BOT,
    OFFICER,
    QUEUE,
    STAFF,
    Conversation,
    MessageView,
    NewMessage,
    append,
    check_client_id,
    screen,
    sent_before,
    start_session,
)
from bot.handoff.access import held_case, in_hand, visible_case
from bot.handoff.assisting import end_with_case
from bot.handoff.callbacks import awaited, forget_number
from bot.handoff.clocks import start_reply_clock, stop_reply_clock
from bot.handoff.competence import is_competent, is_supervisor
from bot.handoff.models import HandoffCase
from bot.handoff.notes import keep_note, written
from bot.handoff.notices import ask_rating, tell
from bot.handoff.opening import note_case
from bot.handoff.queueing import CLAIMED, CLOSED, QUEUED, RESOLVED, ticket
from core import clock
from core.blocks import paragraph
from core.database import reading, transaction
from core.errors import Conflict, InvalidInput
from core.identity import Actor
from core.identity.service import case_handlers, display_names
from core.webhooks.service import Event, EventType, publish
from forms import service as forms


def claim_case(actor: Actor, case_id: str) -> None:
    """Take a queued case; a supervisor may take it from another officer. Claiming one's own changes nothing.

    Raises:
        NotAvailable: absent, or not this officer's province and field.
        Conflict: another officer was first, or the case is closed.
    """
    with transaction() as session:
        case, conversation = held_case(session, actor, case_id)
        if case.state == CLAIMED and case.officer_id == actor.account_id:
            return
        if case.state == CLOSED:
            raise Conflict("handoff.already_closed")
        if case.state == CLAIMED and not is_supervisor(actor):
            holder = display_names(session, [case.officer_id]).get(case.officer_id, "")
            raise Conflict("handoff.already_claimed", officer=holder)
        action = "taken_over" if case.state == CLAIMED else "claimed"
        _give_to(session, case, conversation, actor)
        note_case(session, case, actor.account_id, action)


def _give_to(session: Session, case: HandoffCase, conversation: Conversation, officer: Actor) -> None:
    moment = clock.now()
    end_with_case(session, case, officer.account_id)
    case.state, case.officer_id, case.claimed_at = CLAIMED, officer.account_id, moment
    case.waiting_since = None if case.id in awaited(session, [case.id]) else moment
    start_reply_clock(case, moment)
    conversation.owner = OFFICER
    handoff = {**ticket(session, case).to_json(), "officer_name": officer.display_name}
    tell(session, conversation, "handoff.claimed", handoff=handoff, officer=officer.display_name)


def put_back(session: Session, case: HandoffCase, conversation: Conversation, code: str) -> None:
    """Return a case to the queue and tell the person, with the message ``code``."""
    moment = clock.now()
    end_with_case(session, case, case.officer_id)
    case.state, case.officer_id, case.claimed_at, case.waiting_since = QUEUED, "", None, None
    case.queued_at = moment
    start_reply_clock(case, moment)
    conversation.owner = QUEUE
    session.flush()
    tell(session, conversation, code, handoff=ticket(session, case).to_json(), case_no=case.case_no)


def reply(actor: Actor, case_id: str, *, client_message_id: str, text: str) -> MessageView:
    """Write to the person; sending the same ``client_message_id`` again changes nothing.

    Raises:
        NotAvailable: absent, or not this officer's province and field.
        Conflict: the actor has not claimed the case.
        InvalidInput: the text cannot be sent.
    """
    check_client_id(client_message_id)
    with reading() as session:
        conversation_id = visible_case(session, actor, case_id).conversation_id
    kept = screen(conversation_id, text, actor.account_id)
    with transaction() as session:
        case, conversation = held_case(session, actor, case_id)
        before = sent_before(session, conversation_id, STAFF, client_message_id)
        if before is not None and before.account_id == actor.account_id:
            return MessageView.of(before)
        in_hand(case, actor, supervisors_too=False)
        new = NewMessage(
            STAFF,
            "text",
            kept,
            [paragraph(kept)],
            {"handoff": {"case_no": case.case_no, "officer_name": actor.display_name}},
            account_id=actor.account_id,
            client_message_id=client_message_id,
        )
        message = append(session, conversation, new)
        case.first_response_at = case.first_response_at or message.at
        was_waiting = case.waiting_since is not None or case.reply_by is not None
        stop_reply_clock(case)
        note_case(session, case, actor.account_id, "replied", wake=was_waiting, seq=message.seq)
        return MessageView.of(message)


def transfer_case(
    actor: Actor,
    case_id: str,
    *,
    to_account_id: str | None = None,
    to_province: str | None = None,
    note: str,
) -> None:
    """Give the case to a colleague, or to another province's queue, with a note that says why.

    Raises:
        NotAvailable: absent, or not this officer's province and field.
        Conflict: the actor has not claimed the case and is no supervisor.
        InvalidInput: no target or two, a target that cannot take the case, or no note.
    """
    kept = written(note)
    if bool(to_account_id) == bool(to_province):
        raise InvalidInput("handoff.transfer_target")
    with transaction() as session:
        case, conversation = held_case(session, actor, case_id)
        in_hand(case, actor)
        keep_note(session, case, actor, kept)
        if to_account_id:
            _to_colleague(session, case, conversation, to_account_id)
        else:
            _to_province(session, case, conversation, to_province or "")
        target = {"to_account_id": to_account_id or "", "to_province": to_province or ""}
        note_case(session, case, actor.account_id, "transferred", target=target)


def _to_colleague(session: Session, case: HandoffCase, conversation: Conversation, account_id: str) -> None:
    target = next((one for one in case_handlers(session) if one.account_id == account_id), None)
    if target is None or account_id == case.officer_id or not is_competent(target, case):
        raise InvalidInput("handoff.transfer_not_competent")
    _give_to(session, case, conversation, target)


def _to_province(session: Session, case: HandoffCase, conversation: Conversation, province: str) -> None:
    served = {one.province for one in case_handlers(session)}
    is_known = province in forms.province_names("zh-CN") and province != case.province
    if not is_known or not {province, ""} & served:
        raise InvalidInput("handoff.transfer_no_officer")
    case.province = province
    put_back(session, case, conversation, "handoff.transferred")


def release_case(actor: Actor, case_id: str) -> None:
    """Put a claimed case back into the queue.

    Raises:
        NotAvailable: absent, or not this officer's province and field.
        Conflict: the actor has not claimed the case and is no supervisor, or it is queued.
    """
    with transaction() as session:
        case, conversation = held_case(session, actor, case_id)
        in_hand(case, actor)
        if case.state != CLAIMED:
            raise Conflict("handoff.not_in_hand")
        put_back(session, case, conversation, "handoff.released")
        note_case(session, case, actor.account_id, "released")


def close_case(actor: Actor, case_id: str, *, resolution: str) -> None:
    """End the case: the assistant answers again, from a fresh session, and the person is asked for a rating.

    Raises:
        NotAvailable: absent, or not this officer's province and field.
        Conflict: the actor has not claimed the case and is no supervisor.
        InvalidInput: no resolution is given.
    """
    kept = written(resolution)
    with transaction() as session:
        case, conversation = held_case(session, actor, case_id)
        if case.state == CLOSED:
            raise Conflict("handoff.already_closed")
        in_hand(case, actor)
        end_with_case(session, case, actor.account_id)
        case.officer_id = case.officer_id or actor.account_id
        case.resolution = kept
        end_case(session, case, conversation, RESOLVED)
        ask_rating(session, conversation, ticket(session, case))
        note_case(session, case, actor.account_id, "closed")


def end_case(session: Session, case: HandoffCase, conversation: Conversation, outcome: str) -> None:
    """Close a case: the conversation is the assistant's again, from a fresh session."""
    case.state, case.closed_at, case.outcome = CLOSED, clock.now(), outcome
    stop_reply_clock(case)
    forget_number(session, case)
    conversation.owner, conversation.handover_turn_id = BOT, None
    start_session(conversation)
    session.flush()
    data: dict[str, str | int] = {
        "case_id": case.id,
        "case_no": case.case_no,
        "conversation_id": conversation.id,
        "outcome": outcome,
    }
    publish(session, Event(EventType.CASE_CLOSED, data, key_id=conversation.api_key_id))
