"""Working on follow-up tasks: list, take, close; late ones are noted once."""

from collections.abc import Sequence

import structlog
from sqlalchemy import ColumnElement, case, select, true
from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor, Role
from core.identity.service import display_names
from core.privacy.service import mask_text
from core.text import visible
from knowledge_base.curation import attached
from knowledge_base.curation.regression import Asked
from knowledge_base.improvement.causes import checked_cause, require_editor, require_improver
from knowledge_base.improvement.models import CandidateQuestion, ImprovementTask, KnowledgeCandidate
from knowledge_base.improvement.opening import DONE, FEEDBACK, OPEN
from knowledge_base.improvement.views import CitedPassage, TaskLine, TaskView
from knowledge_base.models import AnswerFeedback, AnswerTrace, Passage
from knowledge_base.passages.views import provision_key

log = structlog.get_logger(__name__)
CHOICES = ("open", "mine", "done", "all")
MOST = 500
MAX_NOTE = 2000


def list_tasks(actor: Actor, choice: str = "open") -> list[TaskLine]:
    """Return tasks: late ones first, then the soonest due; closed ones last.

    Args:
        choice: ``open``, ``mine`` (open and taken by the actor), ``done`` or ``all``.

    Raises:
        NotAvailable: the actor follows nothing up.
    """
    require_improver(actor)
    wanted = (
        select(ImprovementTask)
        .where(_visible(actor), _chosen(actor, choice))
        .order_by(case((ImprovementTask.state == OPEN, 0), else_=1))
        .limit(MOST)
    )
    order = ImprovementTask.closed_at.desc() if choice == "done" else ImprovementTask.due_on
    with reading() as session:
        rows = list(session.scalars(wanted.order_by(order, ImprovementTask.opened_at)))
        return _lines(session, rows, actor)


def _visible(actor: Actor) -> ColumnElement[bool]:
    """A supervisor of one province sees what concerns it or all."""
    if actor.role is Role.SUPERVISOR and actor.province:
        return ImprovementTask.province.in_(["", actor.province])
    return true()


def _chosen(actor: Actor, choice: str) -> ColumnElement[bool]:
    if choice == "all":
        return true()
    if choice == "mine":
        return (ImprovementTask.state == OPEN) & (ImprovementTask.assignee == actor.account_id)
    return ImprovementTask.state == (DONE if choice == "done" else OPEN)


def _lines(session: Session, rows: Sequence[ImprovementTask], actor: Actor) -> list[TaskLine]:
    names = display_names(session, {row.assignee for row in rows})
    asked = select(AnswerTrace.id, AnswerTrace.question).where(
        AnswerTrace.id.in_([row.trace_id for row in rows])
    )
    gathered = select(KnowledgeCandidate.id, KnowledgeCandidate.question).where(
        KnowledgeCandidate.id.in_([row.subject_id for row in rows])
    )
    questions = {key: text for query in (asked, gathered) for key, text in session.execute(query)}
    today = clock.today()
    return [
        TaskLine(
            task_id=row.id,
            kind=row.kind,
            subject_id=row.subject_id,
            state=row.state,
            opened_at=row.opened_at,
            due_on=row.due_on,
            is_overdue=row.state == OPEN and row.due_on < today,
            is_mine=bool(row.assignee) and row.assignee == actor.account_id,
            assignee=row.assignee,
            assignee_name=names.get(row.assignee, ""),
            root_cause=row.root_cause,
            question=questions.get(row.trace_id) or questions.get(row.subject_id, ""),
            case_id=row.case_id,
        )
        for row in rows
    ]


def get_task(actor: Actor, task_id: str) -> TaskView:
    """Return a task with the answer that it is about and what that cited.

    Raises:
        NotAvailable: there is none, or it is not the actor's to follow up.
    """
    with reading() as session:
        row = _task(session, actor, task_id)
        trace = session.get(AnswerTrace, row.trace_id) if row.trace_id else None
        given = session.get(AnswerFeedback, row.subject_id) if row.kind == FEEDBACK else None
        return TaskView(
            line=_lines(session, [row], actor)[0],
            reason=given.reason if given else "",
            is_useful_now=given.is_useful if given else None,
            answer_status=trace.status if trace else "",
            language=trace.language if trace else "",
            cited=_cited(session, trace) if trace else (),
            candidate_id=_candidate(session, row),
            note=row.note,
            closed_at=row.closed_at,
            closed_by=display_names(session, [row.closed_by]).get(row.closed_by, ""),
            may_take=_may_take(row, actor),
        )


def _task(session: Session, actor: Actor, task_id: str, *, held: bool = False) -> ImprovementTask:
    require_improver(actor)
    wanted = select(ImprovementTask).where(ImprovementTask.id == task_id, _visible(actor))
    if held:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(wanted).first()
    if found is None:
        raise NotAvailable
    return found


def _cited(session: Session, trace: AnswerTrace) -> tuple[CitedPassage, ...]:
    ids = [one["passage_id"] for one in trace.citations if one.get("passage_id")]
    texts = {
        key: text
        for key, text in session.execute(select(Passage.id, Passage.text).where(Passage.id.in_(ids)))
    }
    return tuple(
        CitedPassage(
            provision_key(one["title"], one["article"]),
            texts.get(one.get("passage_id", ""), ""),
            str(one.get("status", "")),
        )
        for one in trace.citations
    )


def _candidate(session: Session, row: ImprovementTask) -> str:
    sources = [one for one in (row.subject_id, row.trace_id, row.case_id) if one]
    wanted = select(CandidateQuestion.candidate_id).where(CandidateQuestion.source_id.in_(sources))
    known = session.get(KnowledgeCandidate, row.subject_id)
    return known.id if known else session.scalar(wanted.limit(1)) or ""


def _may_take(row: ImprovementTask, actor: Actor) -> bool:
    """The first one wins; who stands above may take over."""
    may_take_over = actor.role in (Role.SUPERVISOR, Role.ADMINISTRATOR)
    is_mine = row.assignee == actor.account_id
    return row.state == OPEN and not is_mine and (not row.assignee or may_take_over)


def take_task(actor: Actor, task_id: str) -> None:
    """Take a task; taking one's own again changes nothing.

    Raises:
        NotAvailable: there is none, or it is not the actor's to follow up.
        Conflict: it is closed, or somebody else was first.
    """
    with transaction() as session:
        row = _task(session, actor, task_id, held=True)
        if row.state == OPEN and row.assignee == actor.account_id:
            return
        if not _may_take(row, actor):
            raise Conflict("knowledge_base.improvement.taken")
        row.assignee = actor.account_id
        _note(session, row, actor.account_id, "taken")


def close_task(
    actor: Actor, task_id: str, *, root_cause: str, note: str, question: Asked | None = None
) -> None:
    """Close a task with its root cause and what was done.

    Args:
        question: joins the regression set, so that what was mended stays so; editors alone may add one.

    Raises:
        NotAvailable: there is none, or it is not the actor's to follow up.
        InvalidInput: the label is none of the set, there is no note, or the question leads to nothing held.
        Conflict: it is closed already.
    """
    require_improver(actor)
    cause, words = checked_cause(root_cause), mask_text(visible(note).strip())[:MAX_NOTE]
    if not words:
        raise InvalidInput("knowledge_base.improvement.note_missing")
    with transaction() as session:
        row = _task(session, actor, task_id, held=True)
        if row.state == DONE:
            raise Conflict("knowledge_base.improvement.closed_already")
        row.state, row.root_cause, row.note = DONE, cause, words
        row.closed_at, row.closed_by = clock.now(), actor.account_id
        row.assignee = row.assignee or actor.account_id
        if question is not None:
            require_editor(actor)
            session.add(attached.row_of(attached.checked(session, question), actor.account_id))
        _note(session, row, actor.account_id, "closed", root_cause=cause)


def note_overdue() -> int:
    """Note the tasks that are late, each once, in the log and the audit trail; return how many."""
    late = select(ImprovementTask).where(
        ImprovementTask.state == OPEN,
        ImprovementTask.due_on < clock.today(),
        ImprovementTask.overdue_noted_at.is_(None),
    )
    with transaction() as session:
        rows = list(session.scalars(late.with_for_update(skip_locked=True)))
        for row in rows:
            row.overdue_noted_at = clock.now()
            _note(session, row, "", "overdue", due_on=row.due_on.isoformat())
            log.warning("improvement.overdue", task=row.id, due_on=row.due_on.isoformat())
    return len(rows)


def _note(session: Session, row: ImprovementTask, actor_id: str, action: str, **data: str) -> None:
    record(
        session,
        actor_id=actor_id,
        action=f"improvement.{action}",
        subject_type="improvement_task",
        subject_id=row.id,
        data={"kind": row.kind, **data},
    )
