"""Tables of notices, who read them, what people wish to be told how, what went out by which channel."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class NoticeContent(Base):
    """What is told. ``kind`` and ``source_id`` name what it comes from: a push, a stage of a certificate's
    term, a changed law; the same source is told once.
    """

    __tablename__ = "notice_content"
    __table_args__ = (UniqueConstraint("kind", "source_id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    source_id: Mapped[str] = mapped_column(String(120))
    topic: Mapped[str] = mapped_column(String(60))
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(String(300), default="")
    is_urgent: Mapped[bool]
    at: Mapped[datetime]


class Notice(Base):
    """One content in the inbox of one enterprise, with why this enterprise is told."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("content_id", "enterprise_id"),
        Index("ix_notice_inbox", "enterprise_id", "at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    content_id: Mapped[str] = mapped_column(ForeignKey("notice_content.id"))
    enterprise_id: Mapped[str] = mapped_column(String(40))
    why_zh: Mapped[str] = mapped_column(Text)
    why_en: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class NoticeReading(Base):
    """When a person read a notice, and when they went on from it to act."""

    __tablename__ = "notice_reading"
    __table_args__ = (Index("ix_notice_reading_account", "account_id", "notice_id"),)

    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    read_at: Mapped[datetime]
    acted_at: Mapped[datetime | None]


class NoticePreference(Base):
    """How a person wishes to be told.

    ``muted`` are topics; quiet hours are whole hours in China, none where both are alike; an address counts
    once its owner has confirmed it (``email_confirmed_at``).
    """

    __tablename__ = "notice_preference"

    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    locale: Mapped[str] = mapped_column(String(10))
    muted: Mapped[list[str]]
    rhythm: Mapped[str] = mapped_column(String(10))
    quiet_from: Mapped[int]
    quiet_to: Mapped[int]
    by_email: Mapped[bool]
    by_wechat: Mapped[bool]
    email: Mapped[str] = mapped_column(String(254), default="")
    email_asked_at: Mapped[datetime | None]
    email_tries: Mapped[int] = mapped_column(default=0)
    email_confirmed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class NoticeDelivery(Base):
    """One notice on its way to one person by one channel outside the product.

    ``state``: ``waiting``, ``sending`` (a process has taken it at ``taken_at``), ``sent``, or ``dropped``
    (the person does not wish it any more, lost authority, or the channel cannot reach them).
    """

    __tablename__ = "notice_delivery"
    __table_args__ = (
        UniqueConstraint("notice_id", "account_id", "channel"),
        Index("ix_notice_delivery_due", "state", "due_at"),
        Index("ix_notice_delivery_person", "account_id", "channel", "state"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notice.id"))
    account_id: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10))
    due_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
