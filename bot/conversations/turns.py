"""Turns: one at a time in a conversation, each with a deadline and an end.

1. ``receive`` stores the message, in the same transaction queues its turn and starts it if none is before it.
2. ``drive`` waits for the turn to be the first, lets Rasa serve it and stores what came back.
3. ``_finish`` stores replies if the assistant may still speak; what comes after staff took over is discarded.
4. A failed turn goes to the staff desk in the transaction that ends it.
5. ``close_overdue`` ends turns whose process died: readers, later turns and the periodic task call it.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversations import gateway
from bot.conversations.desk import staff_desk
from bot.conversations.gateway import BotReply, Said
from bot.conversations.models import Conversation, IssuedPayload, Message, Turn
from bot.conversations.payloads import issue, issue_in_blocks, issued, typed
from bot.conversations.sessions import attach, note, person_of, renew_session
from bot.conversations.transcript import (
    APPLICANT,
    ASSISTANT,
    BOT,
    QUEUE,
    NewMessage,
    append,
    locked,
    sent_before,
    topic,
)
from bot.conversations.views import MessageView
from core import clock
from core.blocks import paragraph
from core.database import reading, transaction
from core.errors import TooMany
from core.identity import Actor
from core.ids import new_id
from core.realtime import publish_after_commit, subscribe
from core.settings import get_settings

log = structlog.get_logger(__name__)
WAITING, RUNNING, DONE, FAILED, VOID = "waiting", "running", "done", "failed", "void"
OPEN_STATES = (WAITING, RUNNING)
MOST_OPEN = 20
STORING_S = 1.0
GRACE = timedelta(seconds=0.5)
LOOK_AGAIN_S = 0.5


@dataclass(frozen=True)
class Incoming:
    """A screened message: ``text`` as typed, or a button's payload id."""

    client_message_id: str
    text: str = ""
    payload_id: str | None = None


@dataclass(frozen=True)
class Received:
    """A stored message; ``turn_id`` is None where staff own the conversation, ``said`` starts the turn."""

    seq: int
    turn_id: str | None
    said: Said | None = None


def receive(conversation_id: str, incoming: Incoming, actor: Actor) -> Received:
    """Store a message once, and queue its turn unless staff own the conversation.

    Raises:
        NotAvailable: the conversation is absent or another account's.
        InvalidInput: the button was not issued to this conversation.
        TooMany: too many messages are still unanswered.
    """
    with transaction() as session:
        conversation = locked(session, conversation_id)
        attach(session, conversation, actor)
        before = sent_before(session, conversation_id, APPLICANT, incoming.client_message_id)
        if before is not None:
            return Received(before.seq, before.turn_id)
        payload_id = incoming.payload_id or typed(session, conversation, incoming.text)
        button = issued(session, conversation_id, payload_id) if payload_id is not None else None
        text = button.label if button and not incoming.text else incoming.text
        turn_id = new_id("turn") if conversation.owner == BOT else None
        message = append(
            session,
            conversation,
            NewMessage(
                APPLICANT,
                "text",
                text,
                [paragraph(text)],
                account_id=person_of(actor),
                client_message_id=incoming.client_message_id,
                turn_id=turn_id,
            ),
        )
        note(session, conversation, actor, "message_received", seq=message.seq, owner=conversation.owner)
        if turn_id is None:
            staff_desk().applicant_wrote(session, conversation)
            return Received(message.seq, None)
        turn = _queue(session, conversation, message, turn_id, payload_id)
        return Received(message.seq, turn_id, _start(session, conversation, turn))


def _queue(
    session: Session, conversation: Conversation, message: Message, turn_id: str, payload_id: str | None
) -> Turn:
    is_open = (Turn.conversation_id == conversation.id, Turn.state.in_(OPEN_STATES))
    waiting = session.scalar(select(func.count()).select_from(Turn).where(*is_open)) or 0
    budget_s = get_settings().turn_budget_s
    if waiting >= MOST_OPEN:
        raise TooMany("conversations.too_many_waiting", retry_after_s=int(budget_s))
    turn = Turn(
        id=turn_id,
        conversation_id=conversation.id,
        message_seq=message.seq,
        account_id=message.account_id,
        payload_id=payload_id,
        state=WAITING,
        received_at=message.at,
        deadline_at=message.at + timedelta(seconds=budget_s - STORING_S),
    )
    session.add(turn)
    session.flush()
    return turn


def _start(session: Session, conversation: Conversation, turn: Turn) -> Said | None:
    """Start a waiting turn if it is the first; return what to say to Rasa, or None."""
    if turn.state != WAITING or _is_behind(session, turn):
        return None
    if conversation.owner != BOT:
        _end(session, conversation, turn, VOID)
        staff_desk().applicant_wrote(session, conversation)
        return None
    renew_session(session, conversation)
    conversation.session_turns += 1
    turn.state, turn.started_at, turn.rasa_session = RUNNING, clock.now(), conversation.rasa_session
    if turn.payload_id is not None:
        button = session.get_one(IssuedPayload, turn.payload_id)
        return Said(
            conversation.rasa_session,
            turn.id,
            conversation.locale,
            intent=button.intent,
            entities=button.entities,
        )
    text, in_form = _message_of(session, turn).text, _is_in_form(session, turn)
    return Said(conversation.rasa_session, turn.id, conversation.locale, text, in_form=in_form)


def _is_in_form(session: Session, turn: Turn) -> bool:
    """Whether the turn before this one left a form open."""
    query = (
        select(Turn.active_loop)
        .where(Turn.conversation_id == turn.conversation_id, Turn.message_seq < turn.message_seq)
        .order_by(Turn.message_seq.desc())
    )
    return bool(session.scalars(query.limit(1)).first())


def _is_behind(session: Session, turn: Turn) -> bool:
    query = select(Turn.id).where(
        Turn.conversation_id == turn.conversation_id,
        Turn.message_seq < turn.message_seq,
        Turn.state.in_(OPEN_STATES),
    )
    return session.scalars(query.limit(1)).first() is not None


def _message_of(session: Session, turn: Turn) -> Message:
    return session.get_one(Message, (turn.conversation_id, turn.message_seq))


def drive(conversation_id: str, received: Received) -> list[MessageView]:
    """See a message's turn to its end; return the message and what answered it."""
    if received.turn_id is not None:
        if received.said is not None:
            _serve(received.said)
        with subscribe(topic(conversation_id)) as feed:
            while not _step(conversation_id, received.turn_id):
                feed.wait(LOOK_AGAIN_S)
    return _result(conversation_id, received)


def _step(conversation_id: str, turn_id: str) -> bool:
    """Bring a turn one step on; return whether it has ended."""
    with reading() as session:
        turn = session.get_one(Turn, turn_id)
        is_first = not _is_behind(session, turn)
    if turn.state not in OPEN_STATES:
        return True
    close_overdue(conversation_id)
    if turn.state != WAITING or not is_first:
        return False
    with transaction() as session:
        conversation = locked(session, conversation_id)
        said = _start(session, conversation, _fresh(session, turn_id))
    if said is not None:
        _serve(said)
    return False


def _fresh(session: Session, turn_id: str) -> Turn:
    query = select(Turn).where(Turn.id == turn_id).execution_options(populate_existing=True)
    return session.scalars(query).one()


def _serve(said: Said) -> None:
    with reading() as session:
        turn = session.get_one(Turn, said.turn_id)
    reply = gateway.ask(said, turn.deadline_at)
    with transaction() as session:
        conversation = locked(session, turn.conversation_id)
        _finish(session, conversation, _fresh(session, turn.id), reply)


def _finish(session: Session, conversation: Conversation, turn: Turn, reply: BotReply) -> None:
    if turn.state != RUNNING:
        log.warning("turn.late_reply_discarded", turn_id=turn.id, state=turn.state)
        return
    turn.intent, turn.confidence = reply.intent, reply.confidence
    turn.active_loop, turn.model_id = reply.active_loop, reply.model_id
    if not reply.is_answer:
        _fail(session, conversation, turn, reply.outcome)
    elif not _may_speak(conversation, turn):
        _end(session, conversation, turn, VOID, reply.outcome)
    else:
        for message in reply.messages:
            _store(session, conversation, turn, message)
        _end(session, conversation, turn, DONE, reply.outcome)


def _may_speak(conversation: Conversation, turn: Turn) -> bool:
    """Whether the assistant owns the conversation, or this turn itself has just queued it for staff."""
    is_own_handover = conversation.owner == QUEUE and conversation.handover_turn_id == turn.id
    return conversation.owner == BOT or is_own_handover


def _store(session: Session, conversation: Conversation, turn: Turn, message: dict[str, object]) -> None:
    details = {name: message[name] for name in ("answer", "filing", "handoff") if message.get(name)}
    choices = message.get("choices")
    if isinstance(choices, list) and choices:
        details["choices"] = [issue(session, conversation.id, choice) for choice in choices]
    blocks = message["blocks"] if isinstance(message["blocks"], list) else []
    append(
        session,
        conversation,
        NewMessage(
            ASSISTANT,
            str(message["kind"]),
            str(message["text"]),
            issue_in_blocks(session, conversation.id, blocks),
            details,
            turn_id=turn.id,
        ),
    )


def _fail(session: Session, conversation: Conversation, turn: Turn, outcome: str) -> None:
    """End a turn as failed; unless staff have the conversation already, they get it now."""
    is_own_handover = conversation.handover_turn_id == turn.id
    if conversation.owner == BOT or (conversation.owner == QUEUE and is_own_handover):
        unanswered = _message_of(session, turn).text
        staff_desk().bot_failed(session, conversation, turn_id=turn.id, unanswered=unanswered)
    _end(session, conversation, turn, FAILED, outcome)


def _end(
    session: Session, conversation: Conversation, turn: Turn, state: str, outcome: str | None = None
) -> None:
    turn.state, turn.outcome, turn.ended_at = state, outcome, clock.now()
    note(
        session,
        conversation,
        Actor(),
        "turn_ended",
        turn_id=turn.id,
        state=state,
        outcome=outcome or "",
        intent=turn.intent or "",
    )
    publish_after_commit(session, topic(conversation.id))


def close_overdue(conversation_id: str) -> int:
    """End the conversation's turns whose deadline has passed; return how many there were."""
    with reading() as session:
        if not has_overdue(session, conversation_id):
            return 0
    with transaction() as session:
        conversation = locked(session, conversation_id)
        overdue = [_fresh(session, turn_id) for turn_id in _overdue_ids(session, conversation_id)]
        for turn in overdue:
            log.error("turn.overdue", turn_id=turn.id, state=turn.state)
            _fail(session, conversation, turn, "overdue")
        return len(overdue)


def has_overdue(session: Session, conversation_id: str) -> bool:
    """Whether a turn of the conversation has passed its deadline and is still open."""
    return bool(_overdue_ids(session, conversation_id))


def _overdue_ids(session: Session, conversation_id: str) -> list[str]:
    query = select(Turn.id).where(
        Turn.conversation_id == conversation_id,
        Turn.state.in_(OPEN_STATES),
        Turn.deadline_at < clock.now() - GRACE,
    )
    return list(session.scalars(query.order_by(Turn.message_seq)))


def overdue_conversations() -> list[str]:
    """Return the conversations in which a turn has passed its deadline."""
    query = select(Turn.conversation_id).where(
        Turn.state.in_(OPEN_STATES), Turn.deadline_at < clock.now() - GRACE
    )
    with reading() as session:
        return list(session.scalars(query.distinct()))


def _result(conversation_id: str, received: Received) -> list[MessageView]:
    """Return the sent message, and what answered it or was said because of it."""
    query = select(Message).where(Message.conversation_id == conversation_id)
    is_part = Message.seq == received.seq
    if received.turn_id is not None:
        is_part = is_part | (Message.turn_id == received.turn_id)
    with reading() as session:
        return [MessageView.of(row) for row in session.scalars(query.where(is_part).order_by(Message.seq))]
