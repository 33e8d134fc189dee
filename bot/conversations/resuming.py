"""Going on with a conversation on another device: a short code, good once and for ten minutes.

The device that redeems it gets a token of its own; what an account may do there takes signing in there.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation, ResumeCode, ResumedToken
from bot.conversations.sessions import may_speak_in, note, person_of
from bot.conversations.transcript import locked
from bot.conversations.views import OpenedConversation
from core import clock
from core.database import transaction
from core.errors import NotAvailable
from core.identity import Actor
from core.ids import new_token, token_digest

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8
CODE_LIFE = timedelta(minutes=10)
TOKEN_LIFE = timedelta(hours=24)
WRONG = "conversations.resume_code_wrong"


@dataclass(frozen=True)
class IssuedResumeCode:
    """A code as people read it, such as ``7KQ2-M9XD``, and when it ends."""

    code: str
    expires_at: datetime


def issue_resume_code(conversation_id: str, actor: Actor) -> IssuedResumeCode:
    """Return a new code of a conversation; an earlier one ends."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    ends = clock.now() + CODE_LIFE
    with transaction() as session:
        conversation = locked(session, conversation_id)
        gone = (ResumeCode.conversation_id == conversation_id) | (ResumeCode.expires_at <= clock.now())
        session.execute(delete(ResumeCode).where(gone))
        session.add(
            ResumeCode(code_digest=token_digest(drawn), conversation_id=conversation_id, expires_at=ends)
        )
        note(session, conversation, actor, "resume_code_issued")
    return IssuedResumeCode(f"{drawn[: LENGTH // 2]}-{drawn[LENGTH // 2 :]}", ends)


def redeem_resume_code(code: str, actor: Actor) -> OpenedConversation:
    """Use a code up; return the conversation with a token for this device.

    Raises:
        NotAvailable: unknown, spent, run out, or the conversation is another account's.
    """
    with transaction() as session:
        query = select(ResumeCode).where(ResumeCode.code_digest == token_digest(_plain(code)))
        found = session.scalars(query.with_for_update()).first()
        conversation = locked(session, found.conversation_id) if found else None
        is_good = (
            found is not None
            and found.expires_at > clock.now()
            and conversation is not None
            and may_speak_in(conversation, person_of(actor))
        )
        if found is not None:
            session.delete(found)
        opened = _token(session, conversation, actor) if conversation and is_good else None
    if opened is None:
        raise NotAvailable(WRONG)
    return opened


def _plain(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter in ALPHABET)


def _token(session: Session, conversation: Conversation, actor: Actor) -> OpenedConversation:
    token = new_token()
    session.execute(delete(ResumedToken).where(ResumedToken.expires_at <= clock.now()))
    session.add(
        ResumedToken(
            token_digest=token_digest(token),
            conversation_id=conversation.id,
            expires_at=clock.now() + TOKEN_LIFE,
        )
    )
    note(session, conversation, actor, "resumed")
    return OpenedConversation(conversation.id, token)
