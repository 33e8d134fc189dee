"""Filings: where they stand, what was pre-filled, what officers found missing, how long a decision takes.

States and pre-filling are told of filings begun in the period, deficiencies of notices given in it, working
days of decisions made in it (from acceptance, or from submission where there was none).
"""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.insights import scope
from bot.insights.expressions import ChinaDay, elements
from bot.insights.figures import Row, share
from bot.insights.scope import Query
from bot.insights.selection import Selection
from core.identity import Actor
from forms.models import DeficiencyNotice, Filing, FilingValue
from i18n.calendar import is_working_day

STAGES = {
    "draft": "preparing",
    "checked": "preparing",
    "returned_for_correction": "returned",
    "submitted": "in_process",
    "accepted": "in_process",
    "in_review": "in_process",
    "approved": "approved",
    "refused": "refused",
    "withdrawn": "withdrawn",
}
SHOWN_STAGES = tuple(dict.fromkeys(STAGES.values()))
FILLED = ("confirmed", "proposed")
BY_PEOPLE = ("typed", "manufacturer")
MOST_CAUSES = 20


def by_item(session: Session, actor: Actor, selection: Selection) -> list[Row]:
    """Return (item, a count for each of ``SHOWN_STAGES``, decisions, mean working days to them)."""
    query: Query = select(Filing.item_code, Filing.state, func.count()).group_by(
        Filing.item_code, Filing.state
    )
    staged: dict[str, Counter[str]] = defaultdict(Counter)
    for item, state, number in session.execute(_narrowed(query, actor, selection, Filing.created_at)):
        staged[item][STAGES[state]] += number
    decided = _decided(session, actor, selection)
    items = sorted({*staged, *decided}, key=lambda one: (-staged[one].total(), one))
    return [(one, *(staged[one][stage] for stage in SHOWN_STAGES), *_mean(decided.get(one))) for one in items]


def prefill(session: Session, actor: Actor, selection: Selection) -> list[Row]:
    """Return (item, filled fields, those a source filled, share), the item with most fields first.

    The outer join lets SQLite begin with the period's filings, not with all values ever filled.
    """
    filled = func.count(FilingValue.key)
    from_source = func.sum(case((FilingValue.origin.not_in(BY_PEOPLE), 1), else_=0))
    is_filled = and_(FilingValue.filing_id == Filing.id, FilingValue.status.in_(FILLED))
    query: Query = (
        select(Filing.item_code, filled, from_source)
        .join(FilingValue, is_filled, isouter=True)
        .group_by(Filing.item_code)
        .having(filled > 0)
        .order_by(filled.desc(), Filing.item_code)
    )
    rows = session.execute(_narrowed(query, actor, selection, Filing.created_at))
    return [(item, number, int(sourced), share(int(sourced), number)) for item, number, sourced in rows]


def deficiencies(session: Session, actor: Actor, selection: Selection) -> list[Row]:
    """Return (item, field, times), the most frequent first; the field is "" for the filing as a whole."""
    each, key = elements(session, DeficiencyNotice.entries, "key")
    field, number = key.label("field"), func.count()
    query: Query = (
        select(Filing.item_code, field, number)
        .select_from(DeficiencyNotice)
        .join(Filing, Filing.id == DeficiencyNotice.filing_id)
        .join(each, true())
        .group_by(Filing.item_code, field)
        .order_by(number.desc(), Filing.item_code, field)
        .limit(MOST_CAUSES)
    )
    rows = session.execute(_narrowed(query, actor, selection, DeficiencyNotice.at))
    return [(item, found or "", count) for item, found, count in rows]


def _decided(session: Session, actor: Actor, selection: Selection) -> dict[str, list[tuple[int, int]]]:
    """Return (working days, decisions) by item; the database counts how often each pair of days occurs."""
    begun = func.coalesce(Filing.accepted_at, Filing.submitted_at)
    start, end = ChinaDay(begun), ChinaDay(Filing.decided_at)
    query: Query = select(Filing.item_code, start, end, func.count()).group_by(Filing.item_code, start, end)
    query = _narrowed(query, actor, selection, Filing.decided_at).where(begun.is_not(None))
    rows = session.execute(query).all()
    number_of = _numbered(min((first for _, first, _, _ in rows), default=""), selection.last)
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for item, first, last, number in rows:
        found[item].append((number_of[last] - number_of[first], number))
    return found


def _numbered(first: str, last: date) -> dict[str, int]:
    """Return for every day how many working days there were since the first one."""
    start = date.fromisoformat(first) if first else last
    days = [start + timedelta(days=n) for n in range((last - start).days + 1)]
    counts = accumulate(int(is_working_day(day)) for day in days)
    return {day.isoformat(): count for day, count in zip(days, counts, strict=True)}


def _mean(decided: list[tuple[int, int]] | None) -> tuple[int, float | None]:
    number = sum(count for _, count in decided or ())
    return number, sum(days * count for days, count in decided) / number if decided else None


def _narrowed(query: Query, actor: Actor, selection: Selection, moment: InstrumentedAttribute[Any]) -> Query:
    wanted: list[ColumnElement[bool]] = [moment >= selection.since, moment < selection.until]
    if selection.item:
        wanted.append(Filing.item_code == selection.item)
    if selection.channel:
        wanted.append(Filing.channel == selection.channel)
    return query.where(*wanted, scope.of_filings(actor))
