"""Opening a follow-up task, in the transaction of what calls for it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.ids import new_id
from i18n.calendar import add_working_days
from knowledge_base.improvement.models import ImprovementTask

RATING, FEEDBACK, CANDIDATE = "rating", "feedback", "candidate"
OPEN, DONE = "open", "done"
DUE_WORKING_DAYS = 1


@dataclass(frozen=True)
class Subject:
    """What a task is about; ``kind`` is rating, feedback or candidate, ``id`` that thing's own."""

    kind: str
    id: str
    conversation_id: str = ""
    case_id: str = ""
    trace_id: str = ""
    province: str = ""


def open_task(session: Session, subject: Subject) -> None:
    """Open a task due on the next working day; a subject has one task at most."""
    known = select(ImprovementTask.id).where(
        ImprovementTask.kind == subject.kind, ImprovementTask.subject_id == subject.id
    )
    if session.scalar(known) is not None:
        return
    task = ImprovementTask(
        id=new_id("imp"),
        kind=subject.kind,
        subject_id=subject.id,
        conversation_id=subject.conversation_id,
        case_id=subject.case_id,
        trace_id=subject.trace_id,
        province=subject.province,
        opened_at=clock.now(),
        due_on=add_working_days(clock.today(), DUE_WORKING_DAYS),
        state=OPEN,
    )
    session.add(task)
    record(
        session,
        actor_id="",
        action="improvement.opened",
        subject_type="improvement_task",
        subject_id=task.id,
        data={"kind": task.kind, "due_on": task.due_on.isoformat()},
    )
