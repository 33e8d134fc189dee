"""Writing and reading messages. Whoever writes holds the conversation's row: no number is lost or doubled."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation, Message
from bot.conversations.views import MessageView
from core import clock
from core.blocks import Block
from core.errors import NotAvailable
from core.realtime import publish_after_commit

BOT, QUEUE, OFFICER = "bot", "queue", "officer"
APPLICANT, ASSISTANT, STAFF, SYSTEM = "applicant", "assistant", "officer", "system"
MOST_NAMED = 500


@dataclass(frozen=True)
class NewMessage:
    """A message that is to be written; ``details`` holds answer, choices, filing and handoff."""

    role: str
    kind: str
    text: str
    blocks: list[Block] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    account_id: str = ""
    client_message_id: str | None = None
    turn_id: str | None = None


def topic(conversation_id: str) -> str:
    """Return the topic that wakes a conversation's readers."""
    return f"conv:{conversation_id}"


def locked(session: Session, conversation_id: str) -> Conversation:
    """Return the conversation as it stands now, held until the caller's transaction ends.

    Raises:
        NotAvailable: there is none.
    """
    query = select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotAvailable
    return found


def append(session: Session, conversation: Conversation, new: NewMessage) -> Message:
    """Write a message with the next number; ``conversation`` must be ``locked`` by this transaction."""
    conversation.last_seq += 1
    conversation.active_at = clock.now()
    message = Message(
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        at=conversation.active_at,
        role=new.role,
        kind=new.kind,
        text=new.text,
        blocks=new.blocks,
        details=new.details,
        account_id=new.account_id,
        client_message_id=new.client_message_id,
        turn_id=new.turn_id,
        trace_id=(new.details.get("answer") or {}).get("trace_id") or None,
    )
    session.add(message)
    session.flush()
    publish_after_commit(session, topic(conversation.id))
    return message


def sent_before(session: Session, conversation_id: str, role: str, client_message_id: str) -> Message | None:
    """Return the message that a client sent under this id, if it did."""
    return session.scalars(
        select(Message).where(
            Message.conversation_id == conversation_id,
            Message.role == role,
            Message.client_message_id == client_message_id,
        )
    ).first()


def messages_after(session: Session, conversation_id: str, after: int, limit: int) -> list[MessageView]:
    """Return up to ``limit`` messages with a number above ``after``, oldest first."""
    rows = session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq > after)
        .order_by(Message.seq)
        .limit(limit)
    )
    return [MessageView.of(row) for row in rows]


def messages_before(session: Session, conversation_id: str, before: int, limit: int) -> list[MessageView]:
    """Return the last ``limit`` messages with a number below ``before``, oldest first."""
    rows = session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq < before)
        .order_by(Message.seq.desc())
        .limit(limit)
    )
    return [MessageView.of(row) for row in reversed(rows.all())]


def where_told(session: Session, trace_ids: Sequence[str]) -> dict[str, str]:
    """Return the conversation in which each answer was given, by the answer's trace; others are left out."""
    found: dict[str, str] = {}
    for start in range(0, len(trace_ids), MOST_NAMED):
        part = trace_ids[start : start + MOST_NAMED]
        rows = session.execute(
            select(Message.trace_id, Message.conversation_id).where(Message.trace_id.in_(part))
        )
        found |= {trace_id: conversation_id for trace_id, conversation_id in rows if trace_id}
    return found
