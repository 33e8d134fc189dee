"""The queue: whose turn it is, how long it may take, when the office opens.

The expected wait is the mean of the newest first responses of the province, times the rounds until every
officer who is here has taken one case, never under a minute; while the office is closed, the time until it
opens comes on top.
"""

import math
from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from bot.handoff.callbacks import callback_of
from bot.handoff.clocks import FIRST_RESPONSE
from bot.handoff.models import HandoffCase
from bot.handoff.presence import officers_here
from bot.handoff.views import CaseTicket
from core import clock
from core.identity.service import display_names
from i18n.calendar import is_office_open, next_opening

QUEUED, CLAIMED, CLOSED = "queued", "claimed", "closed"
RESOLVED, LEFT = "resolved", "left"
SHORTEST_WAIT_S = 60
LOOKED_AT = 20
QUEUE_TOPIC = "queue:all"


def open_case(session: Session, conversation_id: str) -> HandoffCase | None:
    """Return the conversation's open case, if there is one."""
    return session.scalars(
        select(HandoffCase)
        .where(HandoffCase.conversation_id == conversation_id, HandoffCase.state != CLOSED)
        .execution_options(populate_existing=True)
    ).first()


def position(session: Session, case: HandoffCase) -> int:
    """Return the case's place in its province's queue, from 1; 0 if it is not queued."""
    if case.state != QUEUED:
        return 0
    is_same = and_(HandoffCase.priority == case.priority, HandoffCase.queued_at == case.queued_at)
    is_earlier = or_(
        HandoffCase.priority < case.priority,
        and_(HandoffCase.priority == case.priority, HandoffCase.queued_at < case.queued_at),
        and_(is_same, HandoffCase.case_no < case.case_no),
    )
    query = select(func.count()).where(
        HandoffCase.state == QUEUED, HandoffCase.province == case.province, is_earlier
    )
    return 1 + (session.scalar(query) or 0)


def positions(session: Session, cases: Sequence[HandoffCase]) -> dict[str, int]:
    """Return ``position`` of many cases at once, by their ids; what is not queued is left out."""
    queued = [case for case in cases if case.state == QUEUED]
    if not queued:
        return {}
    place = func.row_number().over(
        partition_by=HandoffCase.province,
        order_by=(HandoffCase.priority, HandoffCase.queued_at, HandoffCase.case_no),
    )
    ranked = (
        select(HandoffCase.id, place.label("place"))
        .where(HandoffCase.state == QUEUED, HandoffCase.province.in_({case.province for case in queued}))
        .subquery()
    )
    rows = session.execute(
        select(ranked.c.id, ranked.c.place).where(ranked.c.id.in_([case.id for case in queued]))
    )
    return {case_id: number for case_id, number in rows}


def expected_wait_s(session: Session, case: HandoffCase, place: int) -> int:
    """Return the seconds until the case's first answer, as recent cases suggest; 0 once it is claimed."""
    if place == 0:
        return 0
    rounds = math.ceil(place / max(1, officers_here(session, case.province, case.domain)))
    answer_s = max(SHORTEST_WAIT_S, _mean_response_s(session, case.province) * rounds)
    closed_s = (next_opening(clock.now()) - clock.now()).total_seconds()
    return int(answer_s + max(0.0, closed_s))


def _mean_response_s(session: Session, province: str) -> float:
    rows = session.execute(
        select(HandoffCase.respond_by, HandoffCase.first_response_at)
        .where(HandoffCase.province == province, HandoffCase.first_response_at.is_not(None))
        .order_by(HandoffCase.first_response_at.desc())
        .limit(LOOKED_AT)
    )
    spans = [(answered - due + FIRST_RESPONSE).total_seconds() for due, answered in rows if answered]
    return sum(max(0.0, span) for span in spans) / len(spans) if spans else 0.0


def ticket(session: Session, case: HandoffCase) -> CaseTicket:
    """Return what the applicant may know of the case."""
    moment = clock.now()
    place = position(session, case)
    is_open = is_office_open(moment)
    is_queued = case.state == QUEUED
    names = display_names(session, [case.officer_id]) if case.officer_id else {}
    return CaseTicket(
        case_id=case.id,
        case_no=case.case_no,
        position=place,
        expected_wait_s=expected_wait_s(session, case, place),
        is_open_hours=is_open,
        state=case.state,
        reason=case.reason,
        officer_name=names.get(case.officer_id, ""),
        opens_at=None if is_open else next_opening(moment),
        is_staffed=not is_queued or officers_here(session, case.province, case.domain) > 0,
        callback=callback_of(session, case),
    )
