"""Which cases an officer sees (``bot.handoff.competence``, and their own), and which of them are in hand."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.service import Conversation, locked
from bot.handoff.competence import is_competent, is_supervisor
from bot.handoff.models import HandoffCase
from bot.handoff.queueing import CLAIMED
from core.errors import Conflict, NotAvailable
from core.identity import Actor


def may_see(actor: Actor, case: HandoffCase) -> bool:
    """Whether the actor may see the case: competent, or it was given to them."""
    return actor.handles_cases and (is_competent(actor, case) or case.officer_id == actor.account_id)


def visible_case(session: Session, actor: Actor, case_id: str) -> HandoffCase:
    """Return a case that the actor may see: competent, or given to them.

    Raises:
        NotAvailable: absent, or not theirs.
    """
    query = select(HandoffCase).where(HandoffCase.id == case_id)
    case = session.scalars(query.execution_options(populate_existing=True)).first()
    if case is None or not may_see(actor, case):
        raise NotAvailable
    return case


def held_case(session: Session, actor: Actor, case_id: str) -> tuple[HandoffCase, Conversation]:
    """Return a visible case and its conversation, both as they stand now and held by this transaction.

    Raises:
        NotAvailable: absent, or not theirs.
    """
    conversation = locked(session, visible_case(session, actor, case_id).conversation_id)
    return visible_case(session, actor, case_id), conversation


def in_hand(case: HandoffCase, actor: Actor, *, supervisors_too: bool = True) -> None:
    """Refuse what only the officer who claimed the case may do.

    Raises:
        Conflict: the case is not claimed by the actor, nor the actor a supervisor where that suffices.
    """
    is_own = case.state == CLAIMED and case.officer_id == actor.account_id
    may_step_in = supervisors_too and is_supervisor(actor) and case.state != "closed"
    if not is_own and not may_step_in:
        raise Conflict("handoff.not_in_hand")
