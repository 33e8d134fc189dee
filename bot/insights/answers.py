"""How questions ended, and which stayed without an answer. Source: the traces that are kept of answers.

A trace knows its moment, item and language, and of the conversation that asked the channel and the province.
"""

import unicodedata
from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.insights import scope
from bot.insights.expressions import ChinaDay
from bot.insights.figures import Row, share
from bot.insights.scope import Query
from bot.insights.selection import Selection
from core.identity import Actor
from knowledge_base.models import AnswerTrace
from knowledge_base.service import AnswerStatus

GROUPS = ("answered", "clarified", "abstained", "guarded", "handed_over", "error")
_BY_PREFIX = {
    "answered": "answered",
    "clarification": "clarified",
    "unanswerable": "abstained",
    "guarded": "guarded",
    "handed": "handed_over",
    "error": "error",
}
MOST_QUESTIONS = 20
LOOKED_AT = 400
_ABSTAINED = [one.value for one in AnswerStatus if one.value.startswith("unanswerable")]


def group_of(status: str) -> str:
    """Return which of ``GROUPS`` an answer's status belongs to."""
    return _BY_PREFIX[status.split("_")[0]]


def by_status(session: Session, actor: Actor, selection: Selection) -> list[Row]:
    """Return (group, answers, share) for each of ``GROUPS``."""
    query = _asked(select(AnswerTrace.status, func.count()), actor, selection)
    counted: Counter[str] = Counter()
    for status, number in session.execute(query.group_by(AnswerTrace.status)):
        counted[group_of(status)] += number
    return [(one, counted[one], share(counted[one], counted.total())) for one in GROUPS]


def unanswered(session: Session, actor: Actor, selection: Selection) -> list[Row]:
    """Return (masked question, times, last day), the most frequent first.

    The database folds blanks and case, what is left (width, marks at the end) is folded here over the
    ``LOOKED_AT`` most frequent wordings.
    """
    folded = func.lower(func.trim(AnswerTrace.question))
    times = func.count()
    query = select(func.min(AnswerTrace.question), times, ChinaDay(func.max(AnswerTrace.answered_at)))
    query = _asked(query, actor, selection).where(
        AnswerTrace.status.in_(_ABSTAINED), AnswerTrace.question != ""
    )
    rows = session.execute(query.group_by(folded).order_by(times.desc(), folded).limit(LOOKED_AT))
    merged: dict[str, tuple[str, int, str]] = {}
    for question, number, day in rows:
        first, before, last = merged.get(_folded(question), (question.strip(), 0, day))
        merged[_folded(question)] = (first, before + number, max(last, day))
    ordered = sorted(merged.values(), key=lambda one: (-one[1], one[0]))
    return list(ordered[:MOST_QUESTIONS])


def _folded(question: str) -> str:
    plain = unicodedata.normalize("NFKC", question).casefold()
    kept = "".join(" " if unicodedata.category(one)[0] in "PZC" else one for one in plain)
    return " ".join(kept.split()) or plain


def _asked(query: Query, actor: Actor, selection: Selection) -> Query:
    query = query.where(
        AnswerTrace.answered_at >= selection.since,
        AnswerTrace.answered_at < selection.until,
        scope.of_traces(actor),
    )
    if selection.item:
        query = query.where(AnswerTrace.service_item_code == selection.item)
    if selection.language:
        query = query.where(AnswerTrace.locale == selection.language)
    if selection.channel:
        query = query.where(AnswerTrace.channel == selection.channel)
    return query
