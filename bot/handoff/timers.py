"""What happens by itself: turns without an end, cases without an answer.

1. A turn whose process died is ended: notice and case.
2. A case without its first answer when that is due is shown to supervisors.
3. A claimed case whose person has waited ten minutes for the officer goes back to the queue.

Each step stands alone: one that breaks is logged and does not hold up the others.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import select

from bot.conversations.service import close_overdue, locked, overdue_conversations
from bot.handoff.casework import put_back
from bot.handoff.models import HandoffCase
from bot.handoff.opening import note_case
from bot.handoff.queueing import CLAIMED, CLOSED
from core import clock
from core.database import reading, transaction

log = structlog.get_logger(__name__)
RETURN_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Ticked:
    """What one run did."""

    ended_turns: int
    escalated: int
    returned: int


def tick() -> Ticked:
    """Do what is due."""
    return Ticked(
        ended_turns=_each(overdue_conversations(), close_overdue),
        escalated=_each(_due_for_escalation(), _escalate),
        returned=_each(_due_for_return(), _return),
    )


def _each(ids: Iterable[str], act: Callable[[str], int]) -> int:
    done = 0
    for one in ids:
        try:
            done += act(one)
        except Exception as error:
            log.error("handoff.tick_failed", step=act.__name__, subject=one, exc_info=error)
    return done


def _due_for_escalation() -> list[str]:
    query = select(HandoffCase.id).where(
        HandoffCase.state != CLOSED,
        HandoffCase.first_response_at.is_(None),
        HandoffCase.escalated_at.is_(None),
        HandoffCase.respond_by < clock.now(),
    )
    with reading() as session:
        return list(session.scalars(query))


def _escalate(case_id: str) -> int:
    with transaction() as session:
        case = session.get_one(HandoffCase, case_id)
        locked(session, case.conversation_id)
        session.refresh(case)
        if case.state == CLOSED or case.first_response_at is not None or case.escalated_at is not None:
            return 0
        case.escalated_at = clock.now()
        note_case(session, case, "", "escalated")
        return 1


def _due_for_return() -> list[str]:
    query = select(HandoffCase.id).where(
        HandoffCase.state == CLAIMED, HandoffCase.waiting_since < clock.now() - RETURN_AFTER
    )
    with reading() as session:
        return list(session.scalars(query))


def _return(case_id: str) -> int:
    with transaction() as session:
        case = session.get_one(HandoffCase, case_id)
        conversation = locked(session, case.conversation_id)
        session.refresh(case)
        is_due = case.waiting_since is not None and case.waiting_since < clock.now() - RETURN_AFTER
        if case.state != CLAIMED or not is_due:
            return 0
        officer_id = case.officer_id
        put_back(session, case, conversation, "handoff.returned")
        note_case(session, case, "", "returned", officer_id=officer_id)
        return 1
