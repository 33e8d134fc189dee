"""What the person last wanted to know, for staff who take over."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.conversations.models import Message, Turn

NO_QUESTION = frozenset(
    {"request_handoff", "greet", "goodbye", "thanks", "ask_capabilities", "confirm", "deny", "choose_option"}
)


def last_question(session: Session, conversation_id: str, *, before_turn: str | None = None) -> str:
    """Return the newest message of the person that was more than a courtesy or a call for staff, or "".

    Args:
        session: the caller's transaction.
        conversation_id: the conversation.
        before_turn: the turn in which staff were called; its own words do not count.
    """
    query = (
        select(Message.text)
        .join(Turn, Turn.id == Message.turn_id)
        .where(
            Message.conversation_id == conversation_id,
            Message.role == "applicant",
            or_(Turn.intent.is_(None), Turn.intent.not_in(NO_QUESTION)),
        )
        .order_by(Message.seq.desc())
    )
    if before_turn is not None:
        query = query.where(Turn.id != before_turn)
    return session.scalars(query.limit(1)).first() or ""
