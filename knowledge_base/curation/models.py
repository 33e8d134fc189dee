"""Tables of curation: entries, their versions, what happened to them, the regression set and its runs."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class CuratedEntry(Base):
    """One entry across its versions. ``key`` is the id by which answers and shipped files know it.

    ``origin``: ``written``, ``conversation``, ``feedback``, ``shipped`` (takes the place of a shipped one) or
    ``candidate`` (made from questions that people asked; ``origin_ref`` names the candidate).
    """

    __tablename__ = "curated_entry"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    origin: Mapped[str] = mapped_column(String(20))
    origin_ref: Mapped[str] = mapped_column(String(80), default="")
    created_by: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]


class CuratedVersion(Base):
    """One wording of an entry.

    ``lock`` rises with each change; whoever writes names the one they read. ``basis_seen`` holds the hash of
    each provision's words when the version was approved, ``flags`` the provisions that have changed since.
    """

    __tablename__ = "curated_version"
    __table_args__ = (
        UniqueConstraint("entry_id", "number"),
        Index("ix_curated_version_state", "state"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("curated_entry.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    content: Mapped[dict[str, Any]]
    effective_from: Mapped[date | None]
    retires_on: Mapped[date | None]
    editors: Mapped[list[str]]
    submitted_by: Mapped[str] = mapped_column(String(40), default="")
    approved_by: Mapped[str] = mapped_column(String(40), default="")
    basis_seen: Mapped[dict[str, Any]]
    flags: Mapped[list[str]]
    lock: Mapped[int] = mapped_column()
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    __mapper_args__ = {"version_id_col": lock}  # noqa: RUF012 - the form that SQLAlchemy reads


class CuratedEvent(Base):
    """One step in the life of an entry; never changed."""

    __tablename__ = "curated_event"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("curated_entry.id"), index=True)
    version: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[str] = mapped_column(String(40))
    step: Mapped[str] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")


class RegressionQuestion(Base):
    """A question that must keep its answer: ``expected`` is an entry's key or a provision ``law#article``.

    One that comes with an entry (``entry_id``) waits until that is released.
    """

    __tablename__ = "regression_question"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(5))
    expected: Mapped[str] = mapped_column(String(220))
    added_by: Mapped[str] = mapped_column(String(40))
    added_at: Mapped[datetime]
    entry_id: Mapped[str] = mapped_column(String(40), default="", server_default="", index=True)
    is_waiting: Mapped[bool] = mapped_column(default=False, server_default=false())


class RegressionRun(Base):
    """The trial of one version before its release.

    ``state``: ``waiting``, ``passed``, ``refused`` (questions broke) or ``failed`` (``problem`` says why).
    """

    __tablename__ = "regression_run"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("curated_version.id"), index=True)
    version_lock: Mapped[int]
    effective_from: Mapped[date]
    requested_by: Mapped[str] = mapped_column(String(40))
    requested_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(12))
    problem: Mapped[str] = mapped_column(String(80), default="")
    questions: Mapped[int] = mapped_column(default=0)
    led: Mapped[int] = mapped_column(default=0)
    broken: Mapped[list[Any]]
