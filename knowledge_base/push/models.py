"""Tables of tags and policy requirements."""

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
