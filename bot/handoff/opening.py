"""Opening a case: because the person, an action or a failing assistant asks for it.

The case takes its province from the enterprise and its field from the service item; what is unknown is open
to every officer. One transaction writes the case, gives the conversation to the queue and tells the person.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.conversations.service import QUEUE, Conversation, last_question, locked, take_desk
from bot.handoff.clocks import resolve_by, respond_by, start_reply_clock
from bot.handoff.models import HandoffCase
from bot.handoff.notices import announce
from bot.handoff.numbers import next_case_no
from bot.handoff.queueing import QUEUE_TOPIC, QUEUED, open_case, ticket
from bot.handoff.reasons import ASKED_FOR, BOT_FAILURE, checked, priority
from bot.handoff.views import CaseTicket
from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import NotAvailable
from core.identity.service import actor_of
from core.ids import new_id
from core.realtime import publish_after_commit
from forms import service as forms

IN_HAND = timedelta(hours=1)
SHOWN = frozenset(
    {
        *("opened", "claimed", "taken_over", "transferred", "released", "returned", "left", "closed"),
        *("escalated", "callback_asked", "called"),
    }
)
"""Acts that change what the queue shows of a case; every officer's console reads it anew after each."""


@dataclass(frozen=True)
class Scope:
    """Who is competent: the enterprise's province and the item's field, "" where unknown."""

    province: str = ""
    domain: str = ""
    enterprise_id: str | None = None
    enterprise_name: str = ""
    filing_id: str | None = None


@dataclass(frozen=True)
class Request:
    """Why staff are called, and what they are told."""

    reason: str
    scope: Scope
    unanswered: str = ""
    confirmed_facts: list[dict[str, Any]] = field(default_factory=list)


def request_handoff(
    conversation_id: str,
    reason: str,
    *,
    unanswered: str | None = None,
    confirmed_facts: list[dict[str, Any]] | None = None,
    filing_id: str | None = None,
    service_item_code: str | None = None,
    turn_id: str | None = None,
) -> CaseTicket:
    """Give a conversation to staff; asked again, return the open case.

    Args:
        conversation_id: the conversation.
        reason: one of ``REASONS``.
        unanswered: what staff shall answer; without it, the person's last question.
        confirmed_facts: ``[{"label", "value"}]`` that the person settled.
        filing_id: the draft that is open, if it is the person's; without it and without an item, the draft
        that they touched within the hour.
        service_item_code: what it is about, where there is no draft.
        turn_id: the assistant's turn that asks; its own reply tells the person, otherwise a system message.

    Raises:
        NotAvailable: there is no such conversation.
        InvariantBroken: the reason is none of the set.
    """
    checked(reason)
    with reading() as session:
        conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        raise NotAvailable
    scope = find_scope(conversation, filing_id, service_item_code)
    with transaction() as session:
        conversation = locked(session, conversation_id)
        found = open_case(session, conversation_id)
        if found is not None:
            return ticket(session, found)
        question = _question(session, conversation_id, reason, unanswered, turn_id)
        case = _open(session, conversation, Request(reason, scope, question, confirmed_facts or []))
        conversation.handover_turn_id = turn_id
        opened = ticket(session, case)
        if turn_id is None:
            announce(session, conversation, opened)
        return opened


def _question(
    session: Session, conversation_id: str, reason: str, unanswered: str | None, turn_id: str | None
) -> str:
    """Return what is open: "staff, please" is not the question, the one before it is."""
    last = last_question(session, conversation_id, before_turn=turn_id)
    if reason == ASKED_FOR:
        return last or (unanswered or "")
    return unanswered or last


def find_scope(conversation: Conversation, filing_id: str | None, service_item_code: str | None) -> Scope:
    """Return who is competent for a conversation's matter."""
    actor = actor_of(conversation.account_id)
    enterprise_id, code = conversation.enterprise_id, service_item_code
    filing_id = filing_id or (forms.draft_in_hand(actor, clock.now() - IN_HAND) if not code else "")
    if filing_id:
        try:
            filing = forms.get_filing(actor, filing_id, conversation.locale)
        except NotAvailable:
            filing_id = None
        else:
            enterprise_id, code = filing.enterprise_id, filing.item_code
    theirs = {one.id: one for one in forms.list_enterprises(actor)}
    if not enterprise_id and len(theirs) == 1:
        enterprise_id = next(iter(theirs))
    enterprise = theirs.get(enterprise_id or "")
    known = {item.code: item for item in forms.list_service_items()}
    return Scope(
        province=enterprise.province if enterprise else "",
        domain=known[code].domain if code in known else "",
        enterprise_id=enterprise.id if enterprise else None,
        enterprise_name=enterprise.name if enterprise else "",
        filing_id=filing_id or None,
    )


def _open(session: Session, conversation: Conversation, request: Request) -> HandoffCase:
    moment = clock.now()
    case = HandoffCase(
        id=new_id("case"),
        case_no=next_case_no(session),
        conversation_id=conversation.id,
        state=QUEUED,
        reason=request.reason,
        priority=priority(request.reason),
        province=request.scope.province,
        domain=request.scope.domain,
        enterprise_id=request.scope.enterprise_id,
        enterprise_name=request.scope.enterprise_name,
        filing_id=request.scope.filing_id,
        unanswered=request.unanswered,
        confirmed_facts=request.confirmed_facts,
        suggestions={},
        opened_at=moment,
        queued_at=moment,
        respond_by=respond_by(moment),
        resolve_by=resolve_by(moment),
    )
    start_reply_clock(case, moment)
    session.add(case)
    session.flush()
    conversation.owner = QUEUE
    note_case(session, case, conversation.account_id, "opened", reason=case.reason, province=case.province)
    return case


def note_case(
    session: Session, case: HandoffCase, account_id: str, action: str, *, wake: bool = False, **data: object
) -> None:
    """Add an audit event of a case; wake the queue's watchers where its line changes or ``wake`` says so."""
    record(
        session,
        actor_id=account_id,
        action=f"case.{action}",
        subject_type="case",
        subject_id=case.id,
        data={"case_no": case.case_no, **data},
    )
    if wake or action in SHOWN:
        publish_after_commit(session, QUEUE_TOPIC)


class Desk:
    """The desk that ``bot.conversations`` calls."""

    def bot_failed(
        self, session: Session, conversation: Conversation, *, turn_id: str, unanswered: str
    ) -> None:
        """Open a case with reason ``bot_failure``, or take up the one that is open; tell the person."""
        case = open_case(session, conversation.id)
        if case is None:
            scope = find_scope(conversation, None, None)
            case = _open(session, conversation, Request(BOT_FAILURE, scope, unanswered))
        announce(session, conversation, ticket(session, case), failed_turn=turn_id)

    def applicant_wrote(self, session: Session, conversation: Conversation) -> None:
        """Start the officer's clocks if they stand; then wake the queue's watchers, for its line changes."""
        case = open_case(session, conversation.id)
        if case is None:
            return
        before = case.reply_by, case.waiting_since
        start_reply_clock(case, clock.now())
        if case.officer_id and case.waiting_since is None:
            case.waiting_since = clock.now()
        if (case.reply_by, case.waiting_since) != before:
            publish_after_commit(session, QUEUE_TOPIC)


take_desk(Desk())
