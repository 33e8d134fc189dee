"""Tables of tags, policy requirements and pushes."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class DocumentTag(Base):
    """A tag of a document: ``confirmed`` or ``refused`` by an editor; what is suggested is not stored."""

    __tablename__ = "document_tag"
    __table_args__ = (Index("ix_document_tag_found", "tag", "state"),)

    document_id: Mapped[str] = mapped_column(ForeignKey("source_document.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(60), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    was_suggested: Mapped[bool]
    decided_by: Mapped[str] = mapped_column(String(40))
    decided_at: Mapped[datetime]


class PolicyRequirement(Base):
    """What a policy demands, of whom, and from or by which day.

    ``state``: ``confirmed`` or ``withdrawn``. ``article`` is the provision's number, "" for the whole text.
    """

    __tablename__ = "policy_requirement"
    __table_args__ = (
        Index("ix_policy_requirement_document", "document_id", "state"),
        Index("ix_policy_requirement_due", "state", "due_on"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("source_document.id"))
    article: Mapped[str] = mapped_column(String(12), default="")
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    applies_from: Mapped[date | None]
    due_on: Mapped[date | None]
    tags: Mapped[list[str]]
    state: Mapped[str] = mapped_column(String(10))
    written_by: Mapped[str] = mapped_column(String(40))
    written_at: Mapped[datetime]
    ended_by: Mapped[str] = mapped_column(String(40), default="")
    ended_at: Mapped[datetime | None]


class PolicyPush(Base):
    """A policy told to the enterprises that a condition names.

    ``lock`` rises with each change; whoever writes names the one they read. ``why_zh`` and ``why_en`` take
    the place of the words made from the condition. ``audience`` and ``population`` are what the last dry run
    counted, of the condition as it stands.
    """

    __tablename__ = "policy_push"
    __table_args__ = (Index("ix_policy_push_state", "state", "send_on"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    document_id: Mapped[str] = mapped_column(String(40), default="", index=True)
    title_zh: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    why_zh: Mapped[str] = mapped_column(String(300), default="")
    why_en: Mapped[str] = mapped_column(String(300), default="")
    link: Mapped[str] = mapped_column(String(300), default="")
    topic: Mapped[str] = mapped_column(String(60))
    is_urgent: Mapped[bool]
    condition: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    send_on: Mapped[date | None]
    editors: Mapped[list[str]]
    submitted_by: Mapped[str] = mapped_column(String(40), default="")
    approved_by: Mapped[str] = mapped_column(String(40), default="")
    audience: Mapped[int | None]
    population: Mapped[int | None]
    lock: Mapped[int] = mapped_column()
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    __mapper_args__ = {"version_id_col": lock}  # noqa: RUF012 - the form that SQLAlchemy reads


class PushEvent(Base):
    """One step in the life of a push; never changed."""

    __tablename__ = "push_event"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    push_id: Mapped[str] = mapped_column(ForeignKey("policy_push.id"), index=True)
    at: Mapped[datetime]
    actor_id: Mapped[str] = mapped_column(String(40))
    step: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")
