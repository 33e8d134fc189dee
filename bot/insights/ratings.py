"""What people thought of it: the five levels, of ratings given in the period."""

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation
from bot.handoff.models import HandoffCase, Rating
from bot.handoff.notices import RATING_LEVELS
from bot.insights import scope
from bot.insights.figures import Row, share
from bot.insights.scope import Query
from bot.insights.selection import Selection
from core.identity import Actor


def by_level(session: Session, actor: Actor, selection: Selection) -> list[Row]:
    """Return (level, ratings, share) from 5, very satisfied, to 1."""
    is_own = or_(
        and_(HandoffCase.id.is_not(None), scope.of_cases(actor)),
        and_(Rating.case_id == "", scope.of_conversations(actor)),
    )
    query: Query = (
        select(Rating.level, func.count())
        .join(Conversation, Conversation.id == Rating.conversation_id)
        .join(HandoffCase, HandoffCase.id == Rating.case_id, isouter=True)
        .where(Rating.at >= selection.since, Rating.at < selection.until, is_own)
    )
    query = scope.about_item(scope.spoken(query, selection), selection)
    counted = dict.fromkeys(RATING_LEVELS, 0)
    counted |= {level: number for level, number in session.execute(query.group_by(Rating.level))}
    return [(level, counted[level], share(counted[level], sum(counted.values()))) for level in RATING_LEVELS]
