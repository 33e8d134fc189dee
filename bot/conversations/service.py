"""The conversation, from the person's first word to the last reply.

1. ``open_conversation`` gives an id and a token; ``authorise`` opens it again to who holds the token or the
   account. ``attach_account`` follows a sign-in, ``set_enterprise`` and ``set_locale`` the person's choices.
   ``issue_resume_code`` and ``redeem_resume_code`` carry it to another device.
2. ``post_message`` screens a message, stores it before anything else and takes the conversation's turn. A
   resent ``client_message_id`` returns the first result.
3. While staff own the conversation, that is all: the message is theirs and Rasa never sees it.
4. Otherwise Rasa serves the turn within 15 s; ``context_of`` tells its actions who the person is. Buttons
   come back as ids that were issued to this conversation.
5. A turn that fails, whatever the reason, tells the person and opens a case in the transaction that ends
   it. A turn whose process died is found by the next reader or by the periodic task (``close_overdue``).
6. ``read_messages`` returns what comes after a number, ``read_back`` what stands before one; the topic
   ``conv:<id>`` wakes readers.

The staff desk (``bot.handoff``) takes its place with ``take_desk`` and writes in the conversation's own
transaction: ``locked``, ``append``, ``sent_before``, ``last_question``, ``start_session``.
``where_told`` finds the conversation in which an answer was given; ``list_history`` lists and searches a
person's own.
"""

from datetime import timedelta
from uuid import uuid4

from bot.conversations import gateway, turns
from bot.conversations.desk import StaffDesk, staff_desk, take_desk
from bot.conversations.gateway import Said
from bot.conversations.history import PAGE_SIZE as HISTORY_PAGE
from bot.conversations.history import PastConversation, list_history
from bot.conversations.models import Conversation
from bot.conversations.questions import last_question
from bot.conversations.resuming import IssuedResumeCode, issue_resume_code, redeem_resume_code
from bot.conversations.screening import check_client_id, screen
from bot.conversations.sessions import (
    attach_account,
    authorise,
    context_of,
    list_conversations,
    open_conversation,
    set_enterprise,
    set_locale,
    start_session,
)
from bot.conversations.transcript import (
    BOT,
    OFFICER,
    QUEUE,
    STAFF,
    SYSTEM,
    NewMessage,
    append,
    locked,
    messages_after,
    messages_before,
    sent_before,
    where_told,
)
from bot.conversations.turns import close_overdue, overdue_conversations
from bot.conversations.views import ConversationView, MessageView, OpenedConversation, TurnContext
from core import clock
from core.database import reading
from core.errors import InvalidInput
from core.identity import Actor
from core.settings import get_settings
from i18n.service import translate

__all__ = [
    "BOT",
    "HISTORY_PAGE",
    "OFFICER",
    "QUEUE",
    "STAFF",
    "SYSTEM",
    "Conversation",
    "ConversationView",
    "IssuedResumeCode",
    "MessageView",
    "NewMessage",
    "OpenedConversation",
    "PastConversation",
    "StaffDesk",
    "TurnContext",
    "append",
    "attach_account",
    "authorise",
    "canary",
    "close_overdue",
    "context_of",
    "issue_resume_code",
    "last_question",
    "list_conversations",
    "list_history",
    "locked",
    "open_conversation",
    "overdue_conversations",
    "post_message",
    "read_back",
    "read_messages",
    "redeem_resume_code",
    "screen",
    "check_client_id",
    "sent_before",
    "set_enterprise",
    "set_locale",
    "start_session",
    "take_desk",
    "where_told",
]
MOST_READ = 500


def post_message(
    conversation_id: str,
    *,
    client_message_id: str,
    text: str | None = None,
    payload_id: str | None = None,
    actor: Actor,
) -> list[MessageView]:
    """Take a message and answer it, within the turn's budget.

    Args:
        conversation_id: an authorised conversation.
        client_message_id: the client's own id of the message; sending it again changes nothing.
        text: free text. A leading slash has no meaning.
        payload_id: instead of text, the id of a button that was issued to this conversation.
        actor: who sends it, as the session says.

    Returns:
        The stored message and what answered it; the message alone while staff own the conversation.

    Raises:
        InvalidInput: neither or both of text and payload, or a message that cannot be taken.
        NotAvailable: the conversation is absent or another account's.
        TooMany: too many messages of this conversation are still unanswered.
    """
    staff_desk()
    check_client_id(client_message_id)
    if (text is None) == (payload_id is None):
        raise InvalidInput("conversations.text_or_payload")
    kept = screen(conversation_id, text, actor.account_id) if text is not None else ""
    received = turns.receive(conversation_id, turns.Incoming(client_message_id, kept, payload_id), actor)
    return turns.drive(conversation_id, received)


def read_messages(conversation_id: str, *, after: int = 0, limit: int = 200) -> list[MessageView]:
    """Return the messages after a number, oldest first."""
    most = min(max(limit, 1), MOST_READ)
    with reading() as session:
        if not turns.has_overdue(session, conversation_id):
            return messages_after(session, conversation_id, after, most)
    close_overdue(conversation_id)
    with reading() as session:
        return messages_after(session, conversation_id, after, most)


def read_back(conversation_id: str, *, before: int, limit: int = 40) -> list[MessageView]:
    """Return the last messages before a number, oldest first."""
    with reading() as session:
        return messages_before(session, conversation_id, before, min(max(limit, 1), MOST_READ))


def canary(locale: str) -> bool:
    """Whether the assistant answers a real question right now."""
    said = Said(
        f"canary-{uuid4().hex}", f"canary-{uuid4().hex}", locale, translate("conversations.canary", locale)
    )
    return gateway.ask(said, clock.now() + timedelta(seconds=get_settings().turn_budget_s)).is_answer
