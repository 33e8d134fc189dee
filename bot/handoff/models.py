"""Tables of the staff desk: cases, call-backs, internal notes, ratings, who is here, case numbers."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base

_IS_OPEN = text("state <> 'closed'")


class HandoffCase(Base):
    """One handed-over matter: queued, claimed or closed; a conversation has one open case at most.

    ``respond_by`` is when the first answer is due. ``reply_by`` is when the person's present wait must end,
    None while it is the person's move; ``escalated_at`` is when that was missed. ``resolve_by`` is when the
    case must be closed, ``resolve_late_at`` when that was missed. ``waiting_since`` is since when the person
    waits for the officer who claimed it. ``outcome`` of a closed case is ``resolved`` or ``left``.
    """

    __tablename__ = "handoff_case"
    __table_args__ = (
        Index(
            "uq_handoff_case_open",
            "conversation_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        Index("ix_handoff_case_queue", "state", "province", "queued_at"),
        Index("ix_handoff_case_closed", "state", "closed_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_no: Mapped[str] = mapped_column(String(30), unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(20))
    priority: Mapped[int] = mapped_column(default=1)
    province: Mapped[str] = mapped_column(String(4), default="")
    domain: Mapped[str] = mapped_column(String(20), default="")
    enterprise_id: Mapped[str | None] = mapped_column(String(40))
    enterprise_name: Mapped[str] = mapped_column(String(120), default="")
    filing_id: Mapped[str | None] = mapped_column(String(40))
    unanswered: Mapped[str] = mapped_column(Text, default="")
    confirmed_facts: Mapped[list[Any]]
    suggestions: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    queued_at: Mapped[datetime]
    respond_by: Mapped[datetime]
    officer_id: Mapped[str] = mapped_column(String(40), default="")
    claimed_at: Mapped[datetime | None]
    first_response_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]
    reply_by: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    resolve_by: Mapped[datetime | None]
    resolve_late_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    resolution: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str] = mapped_column(String(10), default="")


class CaseCallback(Base):
    """A call that the person asked for: waiting, reached or unreached; the number goes when the case closes.

    ``phone`` is in E.164; ``slot`` is any, morning or afternoon.
    """

    __tablename__ = "case_callback"

    case_id: Mapped[str] = mapped_column(ForeignKey("handoff_case.id"), primary_key=True)
    phone: Mapped[str] = mapped_column(String(20))
    slot: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime]
    due_by: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    called_at: Mapped[datetime | None]


class Presence(Base):
    """When an officer (account id) or a person (conversation id) was last here; officers may be away."""

    __tablename__ = "presence"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    seen_at: Mapped[datetime]
    is_away: Mapped[bool] = mapped_column(default=False)


class CaseNote(Base):
    """An internal note; the applicant never sees it."""

    __tablename__ = "case_note"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("handoff_case.id"), index=True)
    at: Mapped[datetime]
    account_id: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)


class Rating(Base):
    """Five levels, 5 the best; one rating a case, ``case_id`` "" where no staff took part."""

    __tablename__ = "rating"
    __table_args__ = (UniqueConstraint("conversation_id", "case_id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"))
    case_id: Mapped[str] = mapped_column(String(40), default="")
    level: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    account_id: Mapped[str] = mapped_column(String(40), default="")
    officer_id: Mapped[str] = mapped_column(String(40), default="")
    at: Mapped[datetime]


class CannedReply(Base):
    """A reply that officers use often, in one language, for one field or for all."""

    __tablename__ = "canned_reply"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    locale: Mapped[str] = mapped_column(String(10), index=True)
    domain: Mapped[str] = mapped_column(String(20), default="")
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    updated_by: Mapped[str] = mapped_column(String(40))
    updated_at: Mapped[datetime]


class HeldTopic(Base):
    """A topic whose answers wait for an officer; ``words`` tell which questions touch it."""

    __tablename__ = "held_topic"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    words: Mapped[str] = mapped_column(Text)
    updated_by: Mapped[str] = mapped_column(String(40))
    updated_at: Mapped[datetime]


class HeldAnswer(Base):
    """An answer of the assistant that waits for an officer: waiting, sent or declined.

    ``trace_id`` is the answer's; ``sent_text`` what the officer wrote in its place, "" where it went as it
    was.
    """

    __tablename__ = "held_answer"
    __table_args__ = (
        Index("ix_held_answer_waiting", "state", "created_at"),
        Index("ix_held_answer_trace", "trace_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"))
    turn_id: Mapped[str] = mapped_column(String(60), unique=True)
    question: Mapped[str] = mapped_column(Text)
    topic: Mapped[str] = mapped_column(String(80))
    locale: Mapped[str] = mapped_column(String(10))
    province: Mapped[str] = mapped_column(String(4), default="")
    domain: Mapped[str] = mapped_column(String(20), default="")
    message: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(40), default="")
    trace_id: Mapped[str] = mapped_column(String(40), default="", server_default="")
    sent_text: Mapped[str] = mapped_column(Text, default="", server_default="")


class CaseCounter(Base):
    """The last number given on a day, such as ``20261125``."""

    __tablename__ = "case_counter"

    day: Mapped[str] = mapped_column(String(8), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
