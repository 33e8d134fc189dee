"""What happens by itself: turns without an end, cases without an answer.

1. A turn whose process died is ended: notice and case.
2. A case whose answer or resolution is overdue is shown to supervisors.
3. A claimed case goes back to the queue when its person has waited ten minutes for the officer; when they
   wait and the officer has left; when the officer no longer handles cases. Waits count in opening hours.

Each step stands alone: one that breaks is logged and does not hold up the others.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import and_, or_, select

from bot.conversations.service import close_overdue, locked, overdue_conversations
from bot.handoff.casework import put_back
from bot.handoff.clocks import late_clocks
from bot.handoff.models import HandoffCase
from bot.handoff.opening import note_case
from bot.handoff.presence import here
from bot.handoff.queueing import CLAIMED, CLOSED
from core import clock
from core.database import reading, transaction
from core.identity.service import case_handlers
from i18n.calendar import add_office_time

log = structlog.get_logger(__name__)
RETURN_AFTER = timedelta(minutes=10)
GONE_AFTER = timedelta(minutes=3)


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
    moment = clock.now()
    awaited = and_(HandoffCase.escalated_at.is_(None), HandoffCase.reply_by < moment)
    unresolved = and_(HandoffCase.resolve_late_at.is_(None), HandoffCase.resolve_by < moment)
    query = select(HandoffCase.id).where(HandoffCase.state != CLOSED, or_(awaited, unresolved))
    with reading() as session:
        return list(session.scalars(query))


def _escalate(case_id: str) -> int:
    with transaction() as session:
        case = session.get_one(HandoffCase, case_id)
        locked(session, case.conversation_id)
        session.refresh(case)
        moment = clock.now()
        late = late_clocks(case, moment) if case.state != CLOSED else []
        known = {"resolution": case.resolve_late_at}
        fresh = [one for one in late if known.get(one, case.escalated_at) is None]
        for one in fresh:
            if one == "resolution":
                case.resolve_late_at = moment
            else:
                case.escalated_at = moment
            note_case(session, case, "", "escalated", clock=one)
        return min(1, len(fresh))


def _due_for_return() -> list[str]:
    query = select(HandoffCase).where(HandoffCase.state == CLAIMED)
    with reading() as session:
        claimed = session.scalars(query).all()
        officers = {case.officer_id for case in claimed}
        able = {one.account_id for one in case_handlers(session, officers)}
        present = here(session, officers)
        return [case.id for case in claimed if _is_due(case, able, present)]


def _is_due(case: HandoffCase, able: set[str], present: set[str]) -> bool:
    moment = clock.now()
    since = case.waiting_since or case.claimed_at or moment
    has_waited = case.waiting_since is not None and add_office_time(since, RETURN_AFTER) < moment
    has_left = case.officer_id not in present and add_office_time(since, GONE_AFTER) < moment
    return has_waited or case.officer_id not in able or (has_left and case.reply_by is not None)


def _return(case_id: str) -> int:
    with transaction() as session:
        case = session.get_one(HandoffCase, case_id)
        conversation = locked(session, case.conversation_id)
        session.refresh(case)
        officer_id = case.officer_id
        able = {one.account_id for one in case_handlers(session, [officer_id])}
        if case.state != CLAIMED or not _is_due(case, able, here(session, [officer_id])):
            return 0
        put_back(session, case, conversation, "handoff.returned")
        note_case(session, case, "", "returned", officer_id=officer_id)
        return 1
