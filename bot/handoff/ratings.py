"""Ratings of government services: five levels, one rating for each closed case.

A bad one opens a follow-up task, due on the next working day.

Source: General Office of the State Council, document 51 of 2019.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.conversations.service import last_question, locked, screen
from bot.handoff.models import HandoffCase, Rating
from bot.handoff.notices import RATING_LEVELS, tell
from bot.handoff.queueing import CLOSED
from core import clock
from core.audit.service import record
from core.database import is_duplicate, reading, transaction
from core.errors import Conflict, InvalidInput
from core.ids import new_id
from core.privacy.service import mask_text
from knowledge_base.improvement.opening import Subject, open_task

MAX_COMMENT = 1000
BAD = 2


@dataclass(frozen=True)
class RatingView:
    """A rating as staff who follow it up see it, its words masked.

    Attributes:
        question: what the case was about; where there was none, the person's last question.
    """

    level: int
    comment: str
    case_no: str
    question: str
    resolution: str
    at: datetime


def rate(conversation_id: str, *, level: int, comment: str = "") -> None:
    """Rate the conversation's last closed case, or the assistant where no staff took part.

    Args:
        conversation_id: an authorised conversation.
        level: 5 (very satisfied) to 1 (very dissatisfied).
        comment: free words, may be empty.

    Raises:
        InvalidInput: no such level, or a comment that cannot be taken.
        Conflict: it was rated before.
        NotAvailable: there is no such conversation.
    """
    if level not in RATING_LEVELS:
        raise InvalidInput("handoff.rating_level_invalid")
    if len(comment) > MAX_COMMENT:
        raise InvalidInput("handoff.rating_comment_too_long", most=MAX_COMMENT)
    kept = screen(conversation_id, comment) if comment.strip() else ""
    try:
        _write(conversation_id, level, kept)
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        raise Conflict("handoff.already_rated") from error


def _write(conversation_id: str, level: int, comment: str) -> None:
    with transaction() as session:
        conversation = locked(session, conversation_id)
        case = session.scalars(
            select(HandoffCase)
            .where(HandoffCase.conversation_id == conversation_id, HandoffCase.state == CLOSED)
            .order_by(HandoffCase.closed_at.desc())
            .limit(1)
        ).first()
        rating = Rating(
            id=new_id("rate"),
            conversation_id=conversation_id,
            case_id=case.id if case else "",
            level=level,
            comment=comment,
            account_id=conversation.account_id,
            officer_id=case.officer_id if case else "",
            at=clock.now(),
        )
        session.add(rating)
        session.flush()
        if level <= BAD:
            case_id, province = (case.id, case.province) if case else ("", "")
            open_task(session, Subject("rating", rating.id, conversation_id, case_id, province=province))
        tell(session, conversation, "handoff.rated", level="success")
        record(
            session,
            actor_id=conversation.account_id,
            action="case.rated" if case else "conversation.rated",
            subject_type="case" if case else "conversation",
            subject_id=case.id if case else conversation_id,
            data={"level": level},
        )


def ratings_told(ids: Sequence[str]) -> dict[str, RatingView]:
    """Return ratings by their ids, for who follows them up."""
    wanted = (
        select(Rating, HandoffCase)
        .outerjoin(HandoffCase, HandoffCase.id == Rating.case_id)
        .where(Rating.id.in_(ids))
    )
    with reading() as session:
        return {
            rating.id: RatingView(
                level=rating.level,
                comment=mask_text(rating.comment),
                case_no=case.case_no if case else "",
                question=mask_text(
                    case.unanswered if case else last_question(session, rating.conversation_id)
                ),
                resolution=mask_text(case.resolution) if case else "",
                at=rating.at,
            )
            for rating, case in session.execute(wanted)
        }
