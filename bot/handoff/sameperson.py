"""Other open cases of the person who has a case: two officers should not work on one matter unknowingly."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations.service import Conversation
from bot.handoff.access import may_see
from bot.handoff.models import HandoffCase
from bot.handoff.queueing import CLOSED
from bot.handoff.views import OtherCase
from core.identity import Actor


def other_cases(
    session: Session, actor: Actor, case: HandoffCase, conversation: Conversation
) -> list[OtherCase]:
    """Return the person's other open cases, the oldest first; of one that is not the actor's only that it is.

    Who is not signed in is known by the conversation alone and has no other case.
    """
    if not conversation.account_id:
        return []
    query = (
        select(HandoffCase)
        .join(Conversation, Conversation.id == HandoffCase.conversation_id)
        .where(
            Conversation.account_id == conversation.account_id,
            HandoffCase.state != CLOSED,
            HandoffCase.id != case.id,
        )
        .order_by(HandoffCase.opened_at)
    )
    return [
        OtherCase(one.id, one.case_no) if may_see(actor, one) else OtherCase()
        for one in session.scalars(query)
    ]
