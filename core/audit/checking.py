"""Verifications of the whole trail, and what they found, kept for the auditor.

1. ``request`` asks for one; it runs in the worker, since a trail of millions takes minutes.
2. ``run`` verifies, keeps what was found and records it in the trail itself. It runs every night unasked.
3. ``latest`` is what the auditor is shown.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from core import clock
from core.audit import service
from core.audit.models import AuditVerification
from core.database import reading, transaction
from core.ids import new_id
from core.queue import enqueue

log = structlog.get_logger(__name__)
TASK = "core.audit.verify"
LEASE_S = 3600
OVERDUE = timedelta(hours=2)
BY_ITSELF = "system"


@dataclass(frozen=True)
class VerificationView:
    """A verification; the fields are those of ``AuditVerification``."""

    id: str
    asked_at: datetime
    asked_by: str
    ended_at: datetime | None
    events: int
    unsealed: int
    checkpoint: int
    problem: str
    problem_at: int

    @property
    def is_whole(self) -> bool:
        """Whether it has ended and found nothing wrong."""
        return self.ended_at is not None and not self.problem

    @classmethod
    def of(cls, row: AuditVerification) -> "VerificationView":
        """Return the view of a row."""
        return cls(**{name: getattr(row, name) for name in cls.__dataclass_fields__})


def request(asked_by: str) -> str:
    """Ask for a verification, unless one is under way; return its id."""
    with transaction() as session:
        since = clock.now() - OVERDUE
        under_way = select(AuditVerification.id).where(
            AuditVerification.ended_at.is_(None), AuditVerification.asked_at > since
        )
        known = session.scalars(under_way.limit(1)).first()
        if known is not None:
            return known
        row = AuditVerification(id=new_id("avf"), asked_at=clock.now(), asked_by=asked_by, ended_at=None)
        session.add(row)
        service.record(
            session,
            actor_id=asked_by,
            action="audit.verification_asked",
            subject_type="audit_verification",
            subject_id=row.id,
        )
        enqueue(session, TASK, {"verification_id": row.id}, lease_s=LEASE_S)
        return row.id


def run(verification_id: str) -> VerificationView | None:
    """Verify the trail and keep what was found, once; None where nothing was asked for."""
    with reading() as session:
        row = session.get(AuditVerification, verification_id)
    if row is None or row.ended_at is not None:
        return VerificationView.of(row) if row else None
    found = service.verify()
    checkpoints = service.read_checkpoints()
    outcome = "verified" if found.is_whole else "found_broken"
    with transaction() as session:
        row = session.get_one(AuditVerification, verification_id, with_for_update=True)
        row.ended_at = clock.now()
        row.events, row.unsealed = found.events, found.unsealed
        row.checkpoint = max((one["sequence"] for one in checkpoints), default=0)
        row.problem, row.problem_at = found.problem, found.sequence
        service.record(
            session,
            actor_id=BY_ITSELF,
            action=f"audit.{outcome}",
            subject_type="audit_verification",
            subject_id=row.id,
            data={"events": found.events, "problem": found.problem, "sequence": found.sequence},
        )
        if not found.is_whole:
            log.error("audit.broken", problem=found.problem, sequence=found.sequence)
        return VerificationView.of(row)


def latest() -> VerificationView | None:
    """Return the newest verification that has ended."""
    return _newest(is_ended=True)


def under_way() -> VerificationView | None:
    """Return the verification that was asked for and has not ended."""
    found = _newest(is_ended=False)
    return found if found and found.asked_at > clock.now() - OVERDUE else None


def _newest(*, is_ended: bool) -> VerificationView | None:
    ended = AuditVerification.ended_at
    query = select(AuditVerification).where(ended.is_not(None) if is_ended else ended.is_(None))
    with reading() as session:
        row = session.scalars(query.order_by(AuditVerification.asked_at.desc()).limit(1)).first()
        return VerificationView.of(row) if row else None
