"""What staff do: why they are called, how soon they answer, how long a case takes.

All is told of cases opened in the period. The first response is timed from when the office was open, as the
queue's target is: 60 seconds before ``respond_by``. The way to the end is timed by the wall clock, from
opening to closing, and its target is ``resolve_by``. A case that the person left has no end of its own.
"""

from collections import Counter
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.conversations.models import Conversation
from bot.handoff.clocks import FIRST_RESPONSE
from bot.handoff.models import HandoffCase
from bot.handoff.queueing import LEFT
from bot.handoff.reasons import REASONS
from bot.insights import scope
from bot.insights.expressions import SecondsBetween
from bot.insights.figures import Row, share
from bot.insights.scope import Query
from bot.insights.selection import Selection
from core import clock
from core.identity import Actor

SPANS = {"minute": 60, "minutes_5": 300, "minutes_30": 1800, "hours_2": 7200, "day": 86400, "longer": None}
_TARGET_S = FIRST_RESPONSE.total_seconds()
_late = SecondsBetween(HandoffCase.respond_by, HandoffCase.first_response_at) + _TARGET_S
FIRST: ColumnElement[float] = case((_late < 0, 0.0), else_=_late)
Moment = InstrumentedAttribute[datetime | None] | InstrumentedAttribute[datetime]
IS_STAYED: ColumnElement[bool] = HandoffCase.outcome != LEFT
RESPONSE: tuple[Moment, Moment] = (HandoffCase.first_response_at, HandoffCase.respond_by)
RESOLUTION: tuple[Moment, Moment] = (HandoffCase.closed_at, HandoffCase.resolve_by)
WHOLE: ColumnElement[float] = SecondsBetween(HandoffCase.opened_at, HandoffCase.closed_at) + 0.0


def by_reason(session: Session, actor: Actor, selection: Selection) -> list[Row]:
    """Return (reason, cases, share), the most frequent first."""
    query = _opened(select(HandoffCase.reason, func.count()), actor, selection)
    counted = dict.fromkeys(sorted(REASONS), 0)
    counted |= {reason: number for reason, number in session.execute(query.group_by(HandoffCase.reason))}
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return [(reason, number, share(number, sum(counted.values()))) for reason, number in ordered]


def times(session: Session, actor: Actor, selection: Selection) -> list[Row]:
    """Return (measure, cases, median, p90, share within the target)."""
    response = _opened(select(FIRST.label("span")), actor, selection)
    whole = _opened(select(WHOLE.label("span")), actor, selection)
    answered = _quantiles(session, response.where(HandoffCase.first_response_at.is_not(None)))
    closed = _quantiles(session, whole.where(HandoffCase.closed_at.is_not(None), IS_STAYED))
    in_time = [_on_time(session, actor, selection, *clocks) for clocks in (RESPONSE, RESOLUTION)]
    return [("first_response", *answered, in_time[0]), ("resolution", *closed, in_time[1])]


def spans(session: Session, actor: Actor, selection: Selection) -> list[Row]:
    """Return (span, first responses, resolutions): how many took that long."""
    first = _span_of(FIRST, HandoffCase.first_response_at).label("first")
    whole = case((IS_STAYED, _span_of(WHOLE, HandoffCase.closed_at)), else_="").label("whole")
    query = _opened(select(first, whole, func.count()), actor, selection).group_by(first, whole)
    responses: Counter[str] = Counter()
    resolutions: Counter[str] = Counter()
    for response, resolution, number in session.execute(query):
        responses[response] += number
        resolutions[resolution] += number
    return [(one, responses[one], resolutions[one]) for one in SPANS]


def _span_of(span: ColumnElement[float], end: InstrumentedAttribute[datetime | None]) -> ColumnElement[str]:
    """Return which of ``SPANS`` it took, "" where it has not ended."""
    bounded = [(span <= most, name) for name, most in SPANS.items() if most is not None]
    return case((end.is_(None), ""), *bounded, else_=list(SPANS)[-1])


def _quantiles(session: Session, query: Query) -> tuple[int, float | None, float | None]:
    """Return how many spans there are, the median and the 90th percentile by nearest rank."""
    rows = query.subquery()
    ranked = select(
        rows.c.span,
        func.row_number().over(order_by=rows.c.span).label("rank"),
        func.count().over().label("n"),
    ).subquery()
    half, most = (ranked.c.n + 1) // 2, (ranked.c.n * 9 + 9) // 10
    wanted = select(ranked.c.n, ranked.c.span).where(or_(ranked.c.rank == half, ranked.c.rank == most))
    found = session.execute(wanted.order_by(ranked.c.rank)).all()
    if not found:
        return 0, None, None
    return found[0][0], found[0][1], found[-1][1]


def _on_time(
    session: Session, actor: Actor, selection: Selection, end: Moment, target: Moment
) -> float | None:
    """Return the share of what was due that was done in time.

    What is not due yet does not count, nor what the person left before it was due.
    """
    met = func.sum(case((end <= target, 1), else_=0))
    was_left = and_(~IS_STAYED, HandoffCase.closed_at <= target)
    due = and_(target.is_not(None), or_(end.is_not(None), target < clock.now()), ~was_left)
    number, in_time = session.execute(_opened(select(func.count(), met), actor, selection).where(due)).one()
    return share(in_time or 0, number)


def _opened(query: Query, actor: Actor, selection: Selection) -> Query:
    query = query.select_from(HandoffCase).where(
        HandoffCase.opened_at >= selection.since,
        HandoffCase.opened_at < selection.until,
        scope.of_cases(actor),
    )
    if selection.channel or selection.language:
        query = query.join(Conversation, Conversation.id == HandoffCase.conversation_id)
    return scope.about_item(scope.spoken(query, selection), selection)
