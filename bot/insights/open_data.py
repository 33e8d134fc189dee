"""What everybody may know: totals of whole months, without persons, questions, enterprises or provinces.

A number below ``FEWEST`` leaves this module as None, zero included. Only months that are over are published,
so that watching a number grow tells nothing, and no sum stands beside its parts, from which a withheld
number could be taken back.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.conversations.models import Conversation
from bot.handoff.models import HandoffCase, Rating
from bot.insights.answers import group_of
from bot.insights.expressions import ChinaDay
from bot.insights.selection import Selection
from core import clock
from core.database import reading
from forms.models import Filing
from knowledge_base.models import AnswerTrace

FEWEST = 5
MONTHS = 12
ANSWERS = ("answered", "clarified", "abstained", "guarded", "handed_over")
RATINGS = {5: "satisfied", 4: "satisfied", 3: "neutral", 2: "dissatisfied", 1: "dissatisfied"}
COLUMNS = (
    "conversations",
    *ANSWERS,
    "cases",
    *dict.fromkeys(RATINGS.values()),
    "handed_in",
    "approved",
    "refused",
)
Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
Counted = Iterator[tuple[str, str, int]]


@dataclass(frozen=True)
class PublishedMonth:
    """One month (``2026-10``); ``cells`` holds a number for each of ``COLUMNS``, None where withheld."""

    month: str
    cells: dict[str, int | None]


def published_months(today: date | None = None) -> list[PublishedMonth]:
    """Return the last ``MONTHS`` whole months, the newest first."""
    selection = whole_months(today or clock.today())
    counted: Counter[tuple[str, str]] = Counter()
    with reading() as session:
        for source in (_conversations, _answers, _cases, _ratings, _filings):
            for month, column, number in source(session, selection):
                counted[month, column] += number
    months = dict.fromkeys(one.isoformat()[:7] for one in reversed(selection.days))
    return [PublishedMonth(m, {c: _published(counted[m, c]) for c in COLUMNS}) for m in months]


def whole_months(today: date) -> Selection:
    """Return the last ``MONTHS`` months that are over."""
    first = today.replace(day=1)
    years, month = divmod(first.year * 12 + first.month - 1 - MONTHS, 12)
    return Selection(date(years, month + 1, 1), first - timedelta(days=1))


def _published(number: int) -> int | None:
    return number if number >= FEWEST else None


def _month(moment: Moment) -> ColumnElement[str]:
    return func.substr(ChinaDay(moment), 1, 7)


def _within(moment: Moment, selection: Selection) -> ColumnElement[bool]:
    return (moment >= selection.since) & (moment < selection.until)


def _conversations(session: Session, selection: Selection) -> Counted:
    month = _month(Conversation.opened_at)
    query = select(month, func.count()).where(_within(Conversation.opened_at, selection)).group_by(month)
    for one, number in session.execute(query):
        yield one, "conversations", number


def _answers(session: Session, selection: Selection) -> Counted:
    month = _month(AnswerTrace.answered_at)
    query = select(month, AnswerTrace.status, func.count()).group_by(month, AnswerTrace.status)
    for one, status, number in session.execute(query.where(_within(AnswerTrace.answered_at, selection))):
        yield one, group_of(status), number


def _cases(session: Session, selection: Selection) -> Counted:
    month = _month(HandoffCase.opened_at)
    query = select(month, func.count()).where(_within(HandoffCase.opened_at, selection)).group_by(month)
    for one, number in session.execute(query):
        yield one, "cases", number


def _ratings(session: Session, selection: Selection) -> Counted:
    month = _month(Rating.at)
    query = select(month, Rating.level, func.count()).group_by(month, Rating.level)
    for one, level, number in session.execute(query.where(_within(Rating.at, selection))):
        yield one, RATINGS[level], number


def _filings(session: Session, selection: Selection) -> Counted:
    month = _month(Filing.submitted_at)
    query = select(month, func.count()).where(_within(Filing.submitted_at, selection)).group_by(month)
    for one, number in session.execute(query):
        yield one, "handed_in", number
    month = _month(Filing.decided_at)
    decided = select(month, Filing.state, func.count()).group_by(month, Filing.state)
    decided = decided.where(_within(Filing.decided_at, selection), Filing.state.in_(("approved", "refused")))
    for one, state, number in session.execute(decided):
        yield one, state, number
