"""The audit trail's table."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class AuditEvent(Base):
    """One event. ``sequence`` and ``chain_hash`` are given by the sealer, in commit order.

    Each index serves one question of the auditor's, newest first.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_at", "at", "id"),
        Index("ix_audit_event_actor", "actor_id", "at", "id"),
        Index("ix_audit_event_action", "action", "at", "id"),
        Index("ix_audit_event_actor_action", "actor_id", "action", "at", "id"),
        Index("ix_audit_event_subject", "subject_id", "at", "id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(80))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    data: Mapped[dict[str, Any]]
    sequence: Mapped[int | None] = mapped_column(unique=True)
    chain_hash: Mapped[str | None] = mapped_column(String(64))


class AuditVerification(Base):
    """One verification of the whole trail: asked for, then ended with what it found.

    ``events`` is the number of sealed events that were recomputed, ``checkpoint`` the sequence number of the
    newest signed checkpoint that was held against them. ``problem`` is a message code, "" where the trail was
    whole; ``problem_at`` the sequence number where it broke.
    """

    __tablename__ = "audit_verification"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    asked_by: Mapped[str] = mapped_column(String(40), default="")
    ended_at: Mapped[datetime | None]
    events: Mapped[int] = mapped_column(default=0)
    unsealed: Mapped[int] = mapped_column(default=0)
    checkpoint: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(60), default="")
    problem_at: Mapped[int] = mapped_column(default=0)
