"""Tables of conversations: the conversation, its messages, its turns, its way to other devices."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class Conversation(Base):
    """One conversation.

    ``owner`` is bot, queue or officer. ``rasa_session`` is Rasa's name for it, a new one each session.
    ``handover_turn_id`` is the turn of the assistant that gave the conversation to staff, if one did.
    ``api_key_id`` is the key of the other system that opened it, "" where a person did.
    ``last_seq`` is the newest message's number; whoever writes a message holds this row.
    """

    __tablename__ = "conversation"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(10))
    account_id: Mapped[str] = mapped_column(String(40), default="", index=True)
    enterprise_id: Mapped[str | None] = mapped_column(String(40))
    api_key_id: Mapped[str] = mapped_column(String(40), default="", server_default="")
    token_digest: Mapped[str] = mapped_column(String(64))
    owner: Mapped[str] = mapped_column(String(10), default="bot")
    rasa_session: Mapped[str] = mapped_column(String(40), unique=True)
    session_turns: Mapped[int] = mapped_column(default=0)
    handover_turn_id: Mapped[str | None] = mapped_column(String(40))
    last_seq: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime]
    active_at: Mapped[datetime]


class Message(Base):
    """One message. ``details`` holds ``answer``, ``choices``, ``filing``, ``handoff`` where there are any.

    ``trace_id`` is that of the answer which the message tells.
    """

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("conversation_id", "role", "client_message_id"),)

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    role: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    blocks: Mapped[list[Any]]
    details: Mapped[dict[str, Any]]
    account_id: Mapped[str] = mapped_column(String(40), default="")
    client_message_id: Mapped[str | None] = mapped_column(String(80))
    turn_id: Mapped[str | None] = mapped_column(String(40), index=True)
    trace_id: Mapped[str | None] = mapped_column(String(40), index=True)


class IssuedPayload(Base):
    """What a button means. Only ids issued to a conversation are taken from it."""

    __tablename__ = "issued_payload"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), index=True)
    label: Mapped[str] = mapped_column(String(300))
    intent: Mapped[str] = mapped_column(String(60))
    entities: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]


class Turn(Base):
    """One message's way through Rasa: waiting, running, then done, failed or void (staff took over).

    At most one turn of a conversation runs; the next one starts when none before it is open. A turn still
    open after ``deadline_at`` belongs to a process that died.
    """

    __tablename__ = "turn"
    __table_args__ = (
        UniqueConstraint("conversation_id", "message_seq"),
        Index("ix_turn_open", "state", "deadline_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"))
    message_seq: Mapped[int]
    account_id: Mapped[str] = mapped_column(String(40), default="")
    payload_id: Mapped[str | None] = mapped_column(String(40))
    rasa_session: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    received_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    deadline_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    intent: Mapped[str | None] = mapped_column(String(60))
    confidence: Mapped[float | None]
    active_loop: Mapped[str | None] = mapped_column(String(60))
    model_id: Mapped[str | None] = mapped_column(String(80))


class ResumeCode(Base):
    """Opens one conversation on another device, once, for a few minutes; kept as its SHA-256 alone."""

    __tablename__ = "resume_code"

    code_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ResumedToken(Base):
    """A further token of a conversation, given to the device on which it was resumed."""

    __tablename__ = "resumed_token"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
