"""A person's own conversations: listed and searched."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation, Message
from bot.conversations.sessions import person_of
from core.database import reading
from core.identity import Actor

PAGE_SIZE = 20
LONGEST_SEARCH = 100
AROUND = 40
SAID = ("applicant", "assistant", "officer")


@dataclass(frozen=True)
class PastConversation:
    """One line of the history.

    Attributes:
        question: what the person wrote first.
        excerpt: the words around what was looked for, "" where nothing was.
        seq: the number of the first message that holds it, 0 where nothing was looked for.
        messages: how many messages there are.
    """

    id: str
    question: str
    excerpt: str
    seq: int
    messages: int
    opened_at: datetime
    active_at: datetime


def list_history(actor: Actor, *, text: str = "", page: int = 1) -> list[PastConversation]:
    """Return a page of the account's conversations, the last used first, and one more where there are more.

    Args:
        actor: the person; who has no account has no history.
        text: what some message of the conversation holds; "" for all.
        page: from 1, ``PAGE_SIZE`` each.
    """
    person, wanted = person_of(actor), text.strip()[:LONGEST_SEARCH]
    if not person:
        return []
    query = select(Conversation).where(Conversation.account_id == person, Conversation.last_seq > 0)
    if wanted:
        said = select(Message.seq).where(
            Message.conversation_id == Conversation.id,
            Message.role.in_(SAID),
            Message.text.icontains(wanted, autoescape=True),
        )
        query = query.where(said.exists())
    query = query.order_by(Conversation.active_at.desc(), Conversation.id)
    with reading() as session:
        rows = session.scalars(query.offset((max(1, page) - 1) * PAGE_SIZE).limit(PAGE_SIZE + 1))
        return [_line(session, row, wanted) for row in rows]


def _line(session: Session, row: Conversation, wanted: str) -> PastConversation:
    own = select(Message.text, Message.seq).where(Message.conversation_id == row.id)
    own = own.order_by(Message.seq).limit(1)
    asked = session.execute(own.where(Message.role == "applicant")).first()
    found = None
    if wanted:
        holds = Message.text.icontains(wanted, autoescape=True)
        found = session.execute(own.where(Message.role.in_(SAID), holds)).first()
    count = session.scalar(select(func.count()).where(Message.conversation_id == row.id)) or 0
    return PastConversation(
        id=row.id,
        question=asked.text if asked else "",
        excerpt=_around(found.text, wanted) if found else "",
        seq=found.seq if found else 0,
        messages=count,
        opened_at=row.opened_at,
        active_at=row.active_at,
    )


def _around(text: str, wanted: str) -> str:
    at = text.lower().find(wanted.lower())
    if not wanted or at < 0:
        return ""
    start, end = max(0, at - AROUND), at + len(wanted) + AROUND
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
