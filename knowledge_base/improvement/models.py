"""Tables of improvement: follow-up tasks, candidates for entries, the questions behind each candidate."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class ImprovementTask(Base):
    """What must be looked into: a bad rating, an answer that did not help, a question often asked in vain.

    ``subject_id`` is the rating's, the feedback's or the candidate's. ``province`` is that of the case, ""
    for what concerns all. ``overdue_noted_at`` is when its being late was noted.
    """

    __tablename__ = "improvement_task"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id"),
        Index("ix_improvement_task_due", "state", "due_on"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[str] = mapped_column(String(40))
    conversation_id: Mapped[str] = mapped_column(String(40), default="")
    case_id: Mapped[str] = mapped_column(String(40), default="")
    trace_id: Mapped[str] = mapped_column(String(40), default="")
    province: Mapped[str] = mapped_column(String(4), default="")
    opened_at: Mapped[datetime]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(8))
    assignee: Mapped[str] = mapped_column(String(40), default="")
    root_cause: Mapped[str] = mapped_column(String(30), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str] = mapped_column(String(40), default="")
    overdue_noted_at: Mapped[datetime | None]


class KnowledgeCandidate(Base):
    """Questions that are one, for which an entry may be written.

    ``state``: ``open``, ``drafted`` (``entry_id`` is being written), ``answered`` (it is in force) or
    ``dismissed`` (``reason`` says why). ``count`` counts conversations, not questions.
    """

    __tablename__ = "knowledge_candidate"
    __table_args__ = (Index("ix_knowledge_candidate_state", "state", "language"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    language: Mapped[str] = mapped_column(String(5))
    question: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    count: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    entry_id: Mapped[str] = mapped_column(String(40), default="", index=True)
    decided_by: Mapped[str] = mapped_column(String(40), default="")
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")


class CandidateQuestion(Base):
    """One question behind a candidate, without personal data.

    ``source_kind``: ``trace`` (no source), ``outside`` (said to be no business of the authority),
    ``feedback`` (not useful) or ``case`` (staff answered: ``answer`` is the resolution, ``replies`` what they
    wrote). ``basis`` names the provisions cited then.
    """

    __tablename__ = "candidate_question"

    source_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    source_kind: Mapped[str] = mapped_column(String(12))
    candidate_id: Mapped[str] = mapped_column(ForeignKey("knowledge_candidate.id"), index=True)
    conversation_id: Mapped[str] = mapped_column(String(40), default="", index=True)
    text: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    replies: Mapped[str] = mapped_column(Text, default="")
    basis: Mapped[list[str]]
    asked_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
