"""Erasure of a person's data.

1. Erased: who the account is (name, login, password, mobile and identity number), links, sessions,
   preferences, all words of the person's conversations and what staff noted of them, unsubmitted drafts with
   their files, the dialogue engine's trackers.
2. Pseudonymised: traces, feedback and ratings stay as figures, without words and without a way to the person.
3. Kept: submitted filings with their documents and events, the audit trail: they hold the account's id, which
   from then on names nobody. The trail stays valid, for none of its events changes.

Nothing is erased while a case is open or a filing is being processed: both still need the person.

Source: 个人信息保护法 article 47; 行政许可法 articles 31, 61 and 档案法 article 13 (filings are kept).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from bot.conversations.models import Conversation, IssuedPayload, Message, ResumeCode, ResumedToken, Turn
from bot.handoff.models import CaseCallback, CaseNote, HandoffCase, HeldAnswer, Presence, Rating
from bot.notices.models import NoticeDelivery, NoticePreference, NoticeReading
from bot.personal_data.trackers import forget_trackers
from core import clock
from core.database import after_commit
from core.identity.models import (
    Account,
    EnterpriseAuthority,
    OidcAttempt,
    OidcLink,
    RecoveryCode,
    SecondStep,
    SignInChallenge,
    WebSession,
    WeChatLink,
)
from core.ids import new_id, new_token, token_digest
from core.settings import get_settings
from forms.models import (
    AssistProposal,
    AssistSession,
    Filing,
    FilingAlert,
    FilingEvent,
    FilingFile,
    FilingValue,
)
from knowledge_base.improvement.models import CandidateQuestion, ImprovementTask
from knowledge_base.models import AnswerFeedback, AnswerTrace
from knowledge_base.recall.models import RecallTelling
from knowledge_base.service import erase_traces_of

NO_PASSWORD = "!"  # noqa: S105 - no hash matches it
# What is the account's alone.
OWNED: tuple[Any, ...] = (
    WebSession,
    SecondStep,
    RecoveryCode,
    SignInChallenge,
    OidcAttempt,
    OidcLink,
    WeChatLink,
    NoticePreference,
    NoticeReading,
    NoticeDelivery,
    FilingAlert,
)
ENDED = ("approved", "refused", "withdrawn")


@dataclass(frozen=True)
class Standing:
    """What erasure would touch, and what is in its way."""

    conversations: int
    drafts: int
    kept_filings: int
    open_cases: int
    open_filings: int

    @property
    def is_free(self) -> bool:
        """Whether nothing is in the way."""
        return not self.open_cases and not self.open_filings


def standing_of(session: Session, account_id: str) -> Standing:
    """Count what erasure would touch."""
    talks = select(Conversation.id).where(Conversation.account_id == account_id)
    mine = Filing.account_id == account_id

    def count(table: Any, *conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0

    return Standing(
        count(Conversation, Conversation.account_id == account_id),
        count(Filing, mine, Filing.submitted_at.is_(None)),
        count(Filing, mine, Filing.submitted_at.is_not(None)),
        count(HandoffCase, HandoffCase.conversation_id.in_(talks), HandoffCase.state != "closed"),
        count(Filing, mine, Filing.submitted_at.is_not(None), Filing.state.not_in(ENDED)),
    )


def erase(session: Session, account_id: str) -> dict[str, int]:
    """Erase in the caller's transaction; return how many rows of each kind were touched."""
    talks = list(session.scalars(select(Conversation.id).where(Conversation.account_id == account_id)))
    sessions = [
        *session.scalars(select(Conversation.rasa_session).where(Conversation.id.in_(talks))),
        *session.scalars(select(Turn.rasa_session).where(Turn.conversation_id.in_(talks)).distinct()),
    ]
    counts = {
        "conversations": len(talks),
        "messages": erase_words(session, talks),
        "drafts": _erase_drafts(session, account_id),
    }
    _erase_traces(session, account_id, talks)
    _close_doors(session, account_id, talks)
    after_commit(session, lambda: _forget([one for one in sessions if one]))
    return counts


def _forget(sessions: list[str]) -> None:
    forget_trackers(sessions)


def erase_words(session: Session, talks: Iterable[str]) -> int:
    """Take all words out of conversations, what staff wrote about them included; return how many messages."""
    ids = list(talks)
    cases = list(session.scalars(select(HandoffCase.id).where(HandoffCase.conversation_id.in_(ids))))
    touched = session.execute(
        update(Message)
        .where(Message.conversation_id.in_(ids))
        .values(text="", blocks=[], details={}, account_id="")
    )
    session.execute(
        update(HandoffCase)
        .where(HandoffCase.id.in_(cases))
        .values(unanswered="", confirmed_facts=[], suggestions={}, resolution="", enterprise_name="")
    )
    session.execute(update(CaseNote).where(CaseNote.case_id.in_(cases)).values(text=""))
    session.execute(delete(CaseCallback).where(CaseCallback.case_id.in_(cases)))
    held = HeldAnswer.conversation_id.in_(ids)
    session.execute(update(HeldAnswer).where(held).values(question="", message={}, sent_text=""))
    rated = Rating.conversation_id.in_(ids)
    session.execute(update(Rating).where(rated).values(comment="", account_id=""))
    session.execute(delete(IssuedPayload).where(IssuedPayload.conversation_id.in_(ids)))
    return int(getattr(touched, "rowcount", 0) or 0)


def _erase_drafts(session: Session, account_id: str) -> int:
    drafts = list(
        session.scalars(
            select(Filing.id).where(Filing.account_id == account_id, Filing.submitted_at.is_(None))
        )
    )
    stored = list(session.scalars(select(FilingFile.stored_as).where(FilingFile.filing_id.in_(drafts))))
    helped = select(AssistSession.id).where(AssistSession.filing_id.in_(drafts))
    session.execute(delete(AssistProposal).where(AssistProposal.session_id.in_(helped)))
    for table in (AssistSession, FilingAlert, FilingFile, FilingValue, FilingEvent):
        session.execute(delete(table).where(table.filing_id.in_(drafts)))
    session.execute(delete(Filing).where(Filing.id.in_(drafts)))
    folder = get_settings().folder("uploads")
    after_commit(session, lambda: _unlink([folder / name for name in stored]))
    return len(drafts)


def _unlink(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _erase_traces(session: Session, account_id: str, talks: list[str]) -> None:
    asked = AnswerTrace.conversation_id.in_(talks)
    traces = list(session.scalars(select(AnswerTrace.id).where(asked)))
    erase_traces_of(session, talks, actor_id=account_id)
    for feedback in session.scalars(
        select(AnswerFeedback).where(
            AnswerFeedback.account_id.in_([account_id, *talks]) | AnswerFeedback.trace_id.in_(traces)
        )
    ):
        feedback.account_id, feedback.reason = new_id("gone"), ""
    for table in (CandidateQuestion, ImprovementTask):
        session.execute(update(table).where(table.conversation_id.in_(talks)).values(conversation_id=""))
    session.execute(delete(RecallTelling).where(RecallTelling.conversation_id.in_(talks)))


def _close_doors(session: Session, account_id: str, talks: list[str]) -> None:
    """Take away who the account is and every way to it."""
    for table in OWNED:
        session.execute(delete(table).where(table.account_id == account_id))
    session.execute(delete(Presence).where(Presence.key.in_([account_id, *talks])))
    for code in (ResumeCode, ResumedToken):
        session.execute(delete(code).where(code.conversation_id.in_(talks)))
    for conversation in session.scalars(select(Conversation).where(Conversation.id.in_(talks))):
        conversation.account_id, conversation.token_digest = "", token_digest(new_token())
        conversation.rasa_session = new_id("rasa")
    yesterday = clock.today() - timedelta(days=1)
    authority = EnterpriseAuthority.account_id == account_id
    session.execute(update(EnterpriseAuthority).where(authority).values(valid_to=yesterday))
    account = session.get_one(Account, account_id)
    account.login, account.display_name, account.password_hash = f"erased-{account_id}"[:80], "", NO_PASSWORD
    account.mobile = account.id_number = account.province = ""
    account.is_active = False
