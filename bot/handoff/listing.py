"""The queue and the officers, as staff see them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.conversations.service import Conversation
from bot.handoff.access import competence_filter, visible_case
from bot.handoff.models import HandoffCase
from bot.handoff.queueing import CLAIMED, CLOSED, QUEUED, open_case, positions, ticket
from bot.handoff.views import CaseSummary, CaseTicket, OfficerView
from core import clock
from core.database import reading
from core.errors import InvalidInput, NotAvailable
from core.identity import Actor
from core.identity.service import case_handlers, display_names
from i18n.service import translate

PAGE_SIZE = 50
MOST_LISTED = 10_000
LONGEST_SEARCH = 100
EXCERPT = 120


@dataclass(frozen=True)
class CaseFilter:
    """What is looked for among the cases.

    Attributes:
        text: part of the number, the enterprise, the question or the resolution.
        reason, domain, channel: exactly these, "" for any.
        is_mine: only what the officer has claimed or closed.
        page: from 1, ``PAGE_SIZE`` cases each.
    """

    text: str = ""
    reason: str = ""
    domain: str = ""
    channel: str = ""
    is_mine: bool = False
    page: int = 1


def list_cases(
    actor: Actor,
    *,
    state: str | None = None,
    locale: str = "zh-CN",
    wanted: CaseFilter | None = None,
    most: int = PAGE_SIZE + 1,
) -> list[CaseSummary]:
    """Return a page of the cases that the officer may see, and one more where there are more.

    Args:
        actor: the officer.
        state: queued, claimed or closed; None for all that are not closed.
        locale: language of labels.
        wanted: what is looked for.
        most: how many at most.

    Raises:
        NotAvailable: the actor handles no cases.
        InvalidInput: there is no such state.
    """
    if not actor.handles_cases:
        raise NotAvailable
    if state not in (None, QUEUED, CLAIMED, CLOSED):
        raise InvalidInput("handoff.state_unknown")
    is_wanted = HandoffCase.state.in_([QUEUED, CLAIMED]) if state is None else HandoffCase.state == state
    chosen = wanted or CaseFilter()
    query = (
        select(HandoffCase, Conversation)
        .join(Conversation, Conversation.id == HandoffCase.conversation_id)
        .where(is_wanted, competence_filter(actor) | (HandoffCase.officer_id == actor.account_id))
        .where(*_conditions(chosen, actor))
        .order_by(*_order(state))
        .offset((max(1, chosen.page) - 1) * PAGE_SIZE)
        .limit(min(most, MOST_LISTED))
    )
    with reading() as session:
        rows = [(case, conversation) for case, conversation in session.execute(query)]
        return summaries(session, rows, actor, locale)


def _conditions(wanted: CaseFilter, actor: Actor) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    text = wanted.text.strip()[:LONGEST_SEARCH]
    if text:
        columns = (
            HandoffCase.case_no,
            HandoffCase.enterprise_name,
            HandoffCase.unanswered,
            HandoffCase.resolution,
        )
        found.append(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if wanted.reason:
        found.append(HandoffCase.reason == wanted.reason)
    if wanted.domain:
        found.append(HandoffCase.domain == wanted.domain)
    if wanted.channel:
        found.append(Conversation.channel == wanted.channel)
    if wanted.is_mine:
        found.append(HandoffCase.officer_id == actor.account_id)
    return found


def _order(state: str | None) -> tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]:
    if state == CLOSED:
        return (HandoffCase.closed_at.desc(),)
    return (HandoffCase.priority, HandoffCase.queued_at, HandoffCase.case_no)


def summaries(
    session: Session, rows: Sequence[tuple[HandoffCase, Conversation]], actor: Actor, locale: str
) -> list[CaseSummary]:
    """Return lines of the queue; places and names are looked up for all at once."""
    cases = [case for case, _ in rows]
    places = positions(session, cases)
    officers = {case.officer_id for case in cases if case.officer_id}
    names = display_names(session, officers) if officers else {}
    return [
        _line(case, conversation, actor, locale, places.get(case.id, 0), names.get(case.officer_id, ""))
        for case, conversation in rows
    ]


def _line(
    case: HandoffCase, conversation: Conversation, actor: Actor, locale: str, place: int, officer_name: str
) -> CaseSummary:
    waits_since = case.waiting_since or (case.queued_at if case.state == QUEUED else None)
    waited_s = int((clock.now() - waits_since).total_seconds()) if waits_since else 0
    return CaseSummary(
        case_id=case.id,
        case_no=case.case_no,
        conversation_id=case.conversation_id,
        state=case.state,
        reason=case.reason,
        reason_label=translate(f"handoff.reason.{case.reason}", locale),
        province=case.province,
        domain=case.domain,
        channel=conversation.channel,
        locale=conversation.locale,
        enterprise_name=case.enterprise_name,
        unanswered=case.unanswered[:EXCERPT],
        opened_at=case.opened_at,
        queued_at=case.queued_at,
        waiting_since=case.waiting_since,
        waited_s=waited_s,
        position=place,
        is_escalated=case.escalated_at is not None,
        officer_id=case.officer_id,
        officer_name=officer_name,
        is_mine=case.officer_id == actor.account_id and case.state == CLAIMED,
        last_seq=conversation.last_seq,
    )


def list_officers(actor: Actor) -> list[OfficerView]:
    """Return the officers to whom a case can be given.

    Raises:
        NotAvailable: the actor handles no cases.
    """
    if not actor.handles_cases:
        raise NotAvailable
    with reading() as session:
        counted = session.execute(
            select(HandoffCase.officer_id, func.count())
            .where(HandoffCase.state == CLAIMED)
            .group_by(HandoffCase.officer_id)
        )
        load = Counter({officer_id: number for officer_id, number in counted})
        return [
            OfficerView(
                account_id=one.account_id,
                display_name=one.display_name,
                role=one.role.value,
                province=one.province,
                competences=sorted(one.competences),
                open_cases=load[one.account_id],
            )
            for one in case_handlers(session)
        ]


def case_of_conversation(conversation_id: str) -> CaseTicket | None:
    """Return the conversation's open case, or None."""
    with reading() as session:
        case = open_case(session, conversation_id)
        return ticket(session, case) if case is not None else None


def conversation_of_case(actor: Actor, case_id: str) -> str:
    """Return the id of the conversation of a case that the officer may see.

    Raises:
        NotAvailable: absent, or not theirs.
    """
    with reading() as session:
        return visible_case(session, actor, case_id).conversation_id
