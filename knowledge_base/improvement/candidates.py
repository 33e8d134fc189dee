"""Deciding on candidates: list, open a draft, dismiss, set a question apart."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor
from core.ids import new_id
from core.privacy.service import mask_text
from core.text import visible
from knowledge_base.curation import service as curation
from knowledge_base.curation.attached import CANDIDATE, attach_question
from knowledge_base.curation.content import MAX_QUESTION
from knowledge_base.curation.regression import Asked
from knowledge_base.improvement.causes import require_editor
from knowledge_base.improvement.clustering import plain
from knowledge_base.improvement.gathering import ANSWERED, CASE, DISMISSED, DRAFTED, OPEN, recount
from knowledge_base.improvement.models import CandidateQuestion, KnowledgeCandidate
from knowledge_base.improvement.views import CandidateLine, ExampleView

STATES = (OPEN, DRAFTED, ANSWERED, DISMISSED)
MOST = 200
MAX_REASON = 500
SHOWN = 8
MOST_SIMILAR = 10


def list_candidates(
    actor: Actor, *, state: str = OPEN, kind: str = "", language: str = "", text: str = ""
) -> list[CandidateLine]:
    """Return candidates, the most asked first.

    Args:
        state: ``open``, ``drafted``, ``answered``, ``dismissed`` or ``all``.
        kind: only those with a question of this source: trace, outside, feedback or case.
        language: ``zh`` or ``en``.
        text: words that one of the questions must have.

    Raises:
        NotAvailable: the actor decides on no candidates.
    """
    require_editor(actor)
    wanted = select(KnowledgeCandidate).order_by(
        KnowledgeCandidate.count.desc(), KnowledgeCandidate.last_at.desc(), KnowledgeCandidate.id
    )
    if state in STATES:
        wanted = wanted.where(KnowledgeCandidate.state == state)
    if language:
        wanted = wanted.where(KnowledgeCandidate.language == language)
    words = text.strip().casefold()
    with reading() as session:
        rows = list(session.scalars(wanted))
        asked = _asked(session, [row.id for row in rows])
    return [
        _line(row, asked[row.id])
        for row in rows
        if (not kind or any(one.source_kind == kind for one in asked[row.id]))
        and (not words or any(words in one.text.casefold() for one in asked[row.id]))
    ][:MOST]


def get_candidate(actor: Actor, candidate_id: str) -> CandidateLine:
    """Return one candidate.

    Raises:
        NotAvailable: there is none, or the actor decides on no candidates.
    """
    require_editor(actor)
    with reading() as session:
        row = session.get(KnowledgeCandidate, candidate_id)
        if row is None:
            raise NotAvailable
        return _line(row, _asked(session, [row.id])[row.id])


def _asked(session: Session, ids: list[str]) -> dict[str, list[CandidateQuestion]]:
    found: dict[str, list[CandidateQuestion]] = {one: [] for one in ids}
    newest_first = select(CandidateQuestion).order_by(CandidateQuestion.asked_at.desc())
    for start in range(0, len(ids), MOST):
        part = ids[start : start + MOST]
        for row in session.scalars(newest_first.where(CandidateQuestion.candidate_id.in_(part))):
            found[row.candidate_id].append(row)
    return found


def _line(row: KnowledgeCandidate, asked: list[CandidateQuestion]) -> CandidateLine:
    resolved = next((one for one in asked if one.source_kind == CASE), None)
    examples = {plain(one.text): one for one in reversed(asked)}
    return CandidateLine(
        candidate_id=row.id,
        language=row.language,
        question=row.question,
        state=row.state,
        count=row.count,
        first_at=row.first_at,
        last_at=row.last_at,
        kinds=_distinct(one.source_kind for one in asked),
        examples=tuple(
            ExampleView(one.source_id, one.source_kind, one.text, one.asked_at)
            for one in reversed(examples.values())
        ),
        answer=resolved.answer if resolved else "",
        replies=resolved.replies if resolved else "",
        basis=_distinct(key for one in asked for key in one.basis),
        entry_id=row.entry_id,
        reason=row.reason,
        told=len({one.conversation_id for one in asked if one.told_at}),
    )


def _distinct(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))


def open_draft(actor: Actor, candidate_id: str) -> str:
    """Open an entry with what is known: typical question, other wordings, staff's answer, what was cited.

    The typical question joins the regression set with its release. Opening the draft again returns the same.

    Raises:
        NotAvailable: there is no such candidate, or the actor decides on none.
        Conflict: it was dismissed or is answered.
    """
    require_editor(actor)
    with transaction() as session:
        row = _held(session, candidate_id)
        if row.state == DRAFTED:
            return row.entry_id
        if row.state != OPEN:
            raise Conflict("knowledge_base.improvement.decided")
        line = _line(row, _asked(session, [row.id])[row.id])
        entry = curation.open_entry(session, actor, _content(line), origin=CANDIDATE, origin_ref=row.id)
        question = Asked(line.question[:MAX_QUESTION], line.language, entry.key)
        attach_question(session, entry, question, actor.account_id)
        row.entry_id = entry.id
        _decide(session, row, actor, DRAFTED)
        return row.entry_id


def _content(line: CandidateLine) -> dict[str, object]:
    own = plain(line.question)
    others = [one.text[:MAX_QUESTION] for one in line.examples if plain(one.text) != own]
    return {
        "question": {line.language: line.question[:MAX_QUESTION]},
        "similar": {line.language: others[:MOST_SIMILAR]},
        "answer": {line.language: line.answer},
        "basis": line.basis,
    }


def dismiss(actor: Actor, candidate_id: str, reason: str) -> None:
    """Let a candidate go, with the reason; its question comes back only where an editor takes it up again.

    Raises:
        NotAvailable: there is no such candidate, or the actor decides on none.
        InvalidInput: no reason is given.
        Conflict: it is no longer open.
    """
    require_editor(actor)
    words = mask_text(visible(reason).strip())[:MAX_REASON]
    if not words:
        raise InvalidInput("knowledge_base.improvement.reason_missing")
    with transaction() as session:
        row = _held(session, candidate_id)
        if row.state != OPEN:
            raise Conflict("knowledge_base.improvement.decided")
        row.reason = words
        _decide(session, row, actor, DISMISSED)


def reopen(actor: Actor, candidate_id: str) -> None:
    """Take a dismissed candidate up again.

    Raises:
        NotAvailable: there is no such candidate, or the actor decides on none.
        Conflict: it was not dismissed.
    """
    require_editor(actor)
    with transaction() as session:
        row = _held(session, candidate_id)
        if row.state != DISMISSED:
            raise Conflict("knowledge_base.improvement.decided")
        row.reason = ""
        _decide(session, row, actor, OPEN)


def set_apart(actor: Actor, candidate_id: str, source_id: str) -> str:
    """Let a question that is another's stand as a candidate of its own; return that one's id.

    Every question with the same words goes with it.

    Raises:
        NotAvailable: there is no such question, or the actor decides on none.
        Conflict: nothing would be left, or whoever asked was told already.
    """
    require_editor(actor)
    with transaction() as session:
        row = _held(session, candidate_id)
        asked = _asked(session, [row.id])[row.id]
        chosen = next((one for one in asked if one.source_id == source_id), None)
        if chosen is None:
            raise NotAvailable
        moved = [one for one in asked if plain(one.text) == plain(chosen.text)]
        if len(moved) == len(asked) or any(one.told_at for one in moved):
            raise Conflict("knowledge_base.improvement.decided")
        made = KnowledgeCandidate(
            id=new_id("cand"),
            language=row.language,
            question=chosen.text,
            state=OPEN,
            count=0,
            first_at=chosen.asked_at,
            last_at=chosen.asked_at,
        )
        session.add(made)
        session.flush()
        for one in moved:
            one.candidate_id = made.id
        session.flush()
        recount(session, row)
        recount(session, made)
        _note(session, row, actor, "set_apart", to=made.id)
        return made.id


def _held(session: Session, candidate_id: str) -> KnowledgeCandidate:
    wanted = select(KnowledgeCandidate).where(KnowledgeCandidate.id == candidate_id).with_for_update()
    found = session.scalars(wanted.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotAvailable
    return found


def _decide(session: Session, row: KnowledgeCandidate, actor: Actor, state: str) -> None:
    row.state, row.decided_by, row.decided_at = state, actor.account_id, clock.now()
    _note(session, row, actor, state)


def _note(session: Session, row: KnowledgeCandidate, actor: Actor, action: str, **data: str) -> None:
    record(
        session,
        actor_id=actor.account_id,
        action=f"candidate.{action}",
        subject_type="knowledge_candidate",
        subject_id=row.id,
        data={"entry_id": row.entry_id, **data},
    )
