"""Tables of recall: a run after each release, the answers it looks at, who is told of a changed one."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class RecallRun(Base):
    """One going through stored answers.

    ``state``: ``waiting``, ``running``, ``done``, or ``superseded`` (a later release began another).
    """

    __tablename__ = "recall_run"
    __table_args__ = (Index("ix_recall_run_asked", "asked_at"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    snapshot_id: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(12))
    total: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    busy_s: Mapped[float] = mapped_column(default=0.0)


class RecalledAnswer(Base):
    """One stored answer in a run, the latest of its question.

    ``state``: ``pending``, ``same``, ``failed``, ``changed`` (waits for an editor), ``confirmed`` (who
    asked is told) or ``dismissed``. ``kinds`` say how it changed: ``status``, ``provisions``, ``words``.
    """

    __tablename__ = "recalled_answer"
    __table_args__ = (
        UniqueConstraint("run_id", "trace_id"),
        Index("ix_recalled_answer_state", "run_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("recall_run.id"))
    trace_id: Mapped[str] = mapped_column(ForeignKey("answer_trace.id"))
    state: Mapped[str] = mapped_column(String(10))
    kinds: Mapped[list[str]]
    after: Mapped[dict[str, Any]]
    decided_by: Mapped[str] = mapped_column(String(40), default="")
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")


class RecallTelling(Base):
    """A conversation that got a changed answer, and when it was told."""

    __tablename__ = "recall_telling"
    __table_args__ = (Index("ix_recall_telling_told", "told_at"),)

    recalled_id: Mapped[str] = mapped_column(ForeignKey("recalled_answer.id"), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    trace_id: Mapped[str] = mapped_column(String(40))
    told_at: Mapped[datetime | None]
