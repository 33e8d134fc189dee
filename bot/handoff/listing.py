"""The queue and the officers, as staff see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.conversations.service import Conversation
from bot.handoff.access import visible_case
from bot.handoff.callbacks import awaited
from bot.handoff.clocks import late_clocks
from bot.handoff.competence import competence_filter
from bot.handoff.models import HandoffCase, Presence
from bot.handoff.presence import last_seen, state_of
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
        is_late: only what is overdue, or was when it was closed.
        page: from 1, ``PAGE_SIZE`` cases each.
    """

    text: str = ""
    reason: str = ""
    domain: str = ""
    channel: str = ""
    is_mine: bool = False
    is_late: bool = False
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
        rows = session.execute(query).all()
        around = Around.of(session, [case for case, _ in rows])
        return [summary(session, case, conversation, actor, locale, around) for case, conversation in rows]


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
    if wanted.is_late:
        found.append(or_(HandoffCase.escalated_at.is_not(None), HandoffCase.resolve_late_at.is_not(None)))
    return found


def _order(state: str | None) -> tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]:
    if state == CLOSED:
        return (HandoffCase.closed_at.desc(),)
    return (HandoffCase.priority, HandoffCase.queued_at, HandoffCase.case_no)


@dataclass(frozen=True)
class Around:
    """What stands beside some cases: when their people were here, which wait for a call, names and places."""

    seen: dict[str, Presence]
    calls: set[str]
    names: dict[str, str]
    places: dict[str, int]

    @classmethod
    def of(cls, session: Session, cases: Sequence[HandoffCase]) -> "Around":
        """Look it up for all of them at once."""
        return cls(
            last_seen(session, [case.conversation_id for case in cases]),
            awaited(session, [case.id for case in cases]),
            display_names(session, [case.officer_id for case in cases if case.officer_id]),
            positions(session, cases),
        )


def summary(
    session: Session,
    case: HandoffCase,
    conversation: Conversation,
    actor: Actor,
    locale: str,
    around: Around | None = None,
) -> CaseSummary:
    """Return one line of the queue."""
    beside = around or Around.of(session, [case])
    seen = beside.seen.get(conversation.id)
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
        position=beside.places.get(case.id, 0),
        reply_by=case.reply_by,
        resolve_by=case.resolve_by if case.state != CLOSED else None,
        late=late_clocks(case, clock.now()),
        is_escalated=case.escalated_at is not None or case.resolve_late_at is not None,
        has_callback=case.id in beside.calls,
        is_here=state_of(seen) == "here",
        seen_at=seen.seen_at if seen else None,
        officer_id=case.officer_id,
        officer_name=beside.names.get(case.officer_id, ""),
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
            select(HandoffCase.officer_id, func.count(), func.count(HandoffCase.reply_by))
            .where(HandoffCase.state == CLAIMED)
            .group_by(HandoffCase.officer_id)
        )
        load = {officer_id: (number, waiting) for officer_id, number, waiting in counted}
        officers = case_handlers(session)
        known = last_seen(session, [one.account_id for one in officers])
        return [
            _officer(one, load.get(one.account_id, (0, 0)), known.get(one.account_id)) for one in officers
        ]


def _officer(officer: Actor, load: tuple[int, int], known: Presence | None) -> OfficerView:
    return OfficerView(
        account_id=officer.account_id,
        display_name=officer.display_name,
        role=officer.role.value,
        province=officer.province,
        competences=sorted(officer.competences),
        open_cases=load[0],
        waiting_cases=load[1],
        state=state_of(known),
        seen_at=known.seen_at if known else None,
    )


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
