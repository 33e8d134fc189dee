"""How much is asked: conversations and their messages, by the day on which they were begun."""

from collections import Counter

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation
from bot.insights import scope
from bot.insights.expressions import ChinaDay
from bot.insights.figures import Row
from bot.insights.scope import Query
from bot.insights.selection import Selection
from core.identity import Actor

DAYS_SHOWN = 92
MOST_CHANNELS = 12
_MESSAGES = func.coalesce(func.sum(Conversation.last_seq), 0)


def by_day(session: Session, actor: Actor, selection: Selection) -> list[Row]:
    """Return (day, conversations, messages) for every day; for every month where the period is long."""
    day = ChinaDay(Conversation.opened_at)
    query = select(day, func.count(), _MESSAGES).where(_begun(selection), scope.of_conversations(actor))
    found = session.execute(scope.spoken(query, selection).group_by(day))
    length = len("2026-11-29" if len(selection.days) <= DAYS_SHOWN else "2026-11")
    conversations: Counter[str] = Counter()
    messages: Counter[str] = Counter()
    for one, number, said in found:
        conversations[one[:length]] += number
        messages[one[:length]] += int(said)
    steps = dict.fromkeys(one.isoformat()[:length] for one in selection.days)
    return [(step, conversations[step], messages[step]) for step in steps]


def by_channel(session: Session, actor: Actor, selection: Selection) -> list[Row]:
    """Return (channel, language, conversations, messages), the busiest first."""
    number = func.count()
    query: Query = select(Conversation.channel, Conversation.locale, number, _MESSAGES)
    query = query.where(_begun(selection), scope.of_conversations(actor))
    query = scope.spoken(query, selection).group_by(Conversation.channel, Conversation.locale)
    order = (number.desc(), Conversation.channel, Conversation.locale)
    rows = session.execute(query.order_by(*order).limit(MOST_CHANNELS))
    return [(channel, locale, count, int(said)) for channel, locale, count, said in rows]


def channels(session: Session, actor: Actor, selection: Selection) -> list[str]:
    """Return the channels in use, for choosing one."""
    query = select(Conversation.channel).where(_begun(selection), scope.of_conversations(actor))
    busiest = query.group_by(Conversation.channel).order_by(func.count().desc(), Conversation.channel)
    return sorted(session.scalars(busiest.limit(MOST_CHANNELS)))


def _begun(selection: Selection) -> ColumnElement[bool]:
    return (Conversation.opened_at >= selection.since) & (Conversation.opened_at < selection.until)
