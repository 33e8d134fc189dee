"""How an answer came about, all that is kept of it, for the auditor.

``find_dossier`` joins the trace (masked question, figures, passages with scores and versions, models, rules),
the turn (what NLU made of the words), the officer's decision where one looked at it, what the audit trail
says of it, and the answer rebuilt from the trace, held against the message that was given. Looking is itself
an event.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.models import Message, Turn
from bot.handoff.held import CITATION, SENT, checked_by_staff
from bot.handoff.models import HeldAnswer
from core.audit.service import record
from core.blocks import Block, paragraph, plain_text
from core.database import reading, transaction
from core.errors import NotAvailable
from core.identity import Actor, Role
from core.identity.service import display_names
from core.privacy.service import mask_text
from knowledge_base.models import AnswerTrace, DocumentVersion
from knowledge_base.passages import store
from knowledge_base.passages.views import PassageView
from knowledge_base.traces import receipts
from knowledge_base.traces.rebuilding import Outcome, Rebuilt, Sealed, rebuild, seal_of
from knowledge_base.traces.receipts import CitedThen


class Given(StrEnum):
    """How the rebuilt answer compares with the message that a person got."""

    SAME = "same"
    DIFFERENT = "different"
    WAITING = "waiting"  # held for an officer
    DECLINED = "declined"  # an officer let it not be sent
    NO_MESSAGE = "no_message"  # asked outside a conversation, or its messages are gone


@dataclass(frozen=True)
class Decision:
    """An officer's decision on an answer that was held; ``words`` is what they wrote in its place, or ""."""

    state: str
    topic: str
    decided_at: datetime | None
    officer_name: str
    words: str


@dataclass(frozen=True)
class Understood:
    """What NLU made of the words that became the question."""

    intent: str
    confidence: float | None
    active_loop: str
    model_id: str
    state: str
    received_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Found:
    """A passage that was found for the question: its scores then, its version, whether it was used."""

    passage_id: str
    kind: str
    title: str
    label: str
    document_number: str
    version: int
    in_force_from: date | None
    score: float
    lexical: float
    semantic: float | None
    is_used: bool


@dataclass(frozen=True)
class Dossier:
    """All that is kept of an answer."""

    trace: AnswerTrace
    rebuilt: Rebuilt
    given: Given
    sealed: Sealed
    citations: list[CitedThen]
    recalled: str
    passages: list[Found]
    turn: Understood | None
    decision: Decision | None


def find_dossier(actor: Actor, trace_id: str) -> Dossier:
    """Return all that is kept of an answer; that the auditor looked is recorded.

    Raises:
        NotAvailable: there is none, or the actor is no auditor.
    """
    if actor.role is not Role.AUDITOR:
        raise NotAvailable
    made = rebuild(trace_id)
    with transaction() as session:
        trace = session.get_one(AnswerTrace, trace_id)
        held = _held(session, trace_id)
        record(
            session,
            actor_id=actor.account_id,
            action="audit.answer_viewed",
            subject_type="answer",
            subject_id=trace_id,
        )
        return Dossier(
            trace=trace,
            rebuilt=made,
            given=_given(session, trace, made, held),
            sealed=seal_of(session, trace),
            citations=receipts.cited_then(session, trace),
            recalled=receipts.recalled_state(session, trace_id),
            passages=_passages(session, trace),
            turn=_turn(session, trace),
            decision=decision_of(session, held),
        )


def given_as(trace_id: str) -> Given:
    """Return how an answer, rebuilt from its trace, compares with the message that was given.

    Raises:
        NotAvailable: there is no such trace.
    """
    made = rebuild(trace_id)
    with reading() as session:
        trace = session.get_one(AnswerTrace, trace_id)
        return _given(session, trace, made, _held(session, trace_id))


def _held(session: Session, trace_id: str) -> HeldAnswer | None:
    return session.scalars(select(HeldAnswer).where(HeldAnswer.trace_id == trace_id)).first()


def decision_on(session: Session, trace_id: str) -> Decision | None:
    """Return the officer's decision on an answer; None where it was not held."""
    return decision_of(session, _held(session, trace_id))


def decision_of(session: Session, held: HeldAnswer | None) -> Decision | None:
    """Return a held answer's decision as it is shown."""
    if held is None:
        return None
    name = display_names(session, [held.decided_by]).get(held.decided_by, "") if held.decided_by else ""
    return Decision(held.state, held.topic, held.decided_at, name, held.sent_text)


def _given(session: Session, trace: AnswerTrace, made: Rebuilt, held: HeldAnswer | None) -> Given:
    query = select(Message).where(Message.trace_id == trace.id).order_by(Message.seq)
    message = session.scalars(query).first()
    if message is None:
        is_held = held is not None and held.state in (Given.WAITING, Given.DECLINED)
        return Given(held.state) if held is not None and is_held else Given.NO_MESSAGE
    if made.outcome not in (Outcome.SAME, Outcome.MASKED):
        return Given.DIFFERENT
    wanted = _as_sent(made.blocks, held)
    if made.outcome is Outcome.SAME:
        return Given.SAME if _bare(message.blocks) == _bare(wanted) else Given.DIFFERENT
    masked = mask_text(plain_text(message.blocks)) == mask_text(plain_text(wanted))
    return Given.SAME if masked else Given.DIFFERENT


def _as_sent(blocks: list[Block], held: HeldAnswer | None) -> list[Block]:
    """Return the blocks of the message: an officer's words stand in for the assistant's."""
    if held is None or held.state != SENT:
        return blocks
    cited = [block for block in blocks if block["type"] == CITATION]
    body = [paragraph(held.sent_text), *cited] if held.sent_text else blocks
    return [checked_by_staff(held.locale), *body]


def _bare(blocks: list[Any]) -> list[Any]:
    """Leave out the ids that buttons got when the message was stored."""
    return [{name: one for name, one in block.items() if name != "options"} for block in blocks]


def _turn(session: Session, trace: AnswerTrace) -> Understood | None:
    row = session.get(Turn, trace.turn_id) if trace.turn_id else None
    if row is None:
        return None
    return Understood(
        row.intent or "",
        row.confidence,
        row.active_loop or "",
        row.model_id or "",
        row.state,
        row.received_at,
        row.ended_at,
    )


def _passages(session: Session, trace: AnswerTrace) -> list[Found]:
    held = store.views(session, [one["passage_id"] for one in trace.passages])
    versions = {one["version_id"] for one in trace.passages}
    query = select(DocumentVersion.id, DocumentVersion.number).where(DocumentVersion.id.in_(versions))
    numbers: dict[str, int] = {version_id: number for version_id, number in session.execute(query)}
    used = {one.get("passage_id") for one in trace.citations} | set(trace.made_with.get("carried_by", ()))
    used |= {one["id"] for one in trace.recipe.get("passages", ())}
    return [_found(one, held.get(one["passage_id"]), numbers, used) for one in trace.passages]


def _found(
    kept: dict[str, Any], passage: PassageView | None, numbers: dict[str, int], used: set[Any]
) -> Found:
    return Found(
        passage_id=kept["passage_id"],
        kind=kept["kind"],
        title=passage.title if passage else "",
        label=(passage.article_label or passage.heading) if passage else "",
        document_number=passage.document_number if passage else "",
        version=numbers.get(kept["version_id"], 0),
        in_force_from=passage.in_force_from if passage else None,
        score=kept["score"],
        lexical=kept["lexical"],
        semantic=kept["semantic"],
        is_used=kept["passage_id"] in used,
    )
