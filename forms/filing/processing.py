"""The officer's side of a filing: what waits, accept, return for correction, review, approve, refuse.

Every decision is a person's. A return tells all that is missing at once with a day; a refusal gives its
reasons; an approval issues the certificate in the same transaction and lets the back office know. Where the
item asks for it, a decision takes two officers (``second_person``).

Source: 行政许可法 第32、34、38、44条.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.database import reading, transaction
from core.errors import InvalidInput, NotAvailable
from core.identity import Actor
from forms.alerts.service import alert
from forms.backoffice.service import announce
from forms.filing.certificates import issue_certificate, take_back
from forms.filing.corrections import DEFAULT_WORKING_DAYS, give_notice
from forms.filing.deadlines import deadline_of
from forms.filing.numbers import certificate_number, is_complete_at_submission
from forms.filing.presenting import state_label, title_of
from forms.filing.second_person import is_confirmed, needs_second_person, send_back, waiting_proposal
from forms.filing.states import HANDED_IN, OPEN, STAFF_MOVES, State, may_move
from forms.filing.store import Draft, change, expect_version, is_competent, load
from forms.filing.systems import tell_of_filing
from forms.filing.views import FilingTask, WantedCorrection
from forms.items.catalogue import items
from forms.models import Enterprise, Filing

MOST_LISTED = 200
BACKOFFICE = "backoffice"
WAITING = (State.SUBMITTED, State.ACCEPTED, State.IN_REVIEW)


def filings_to_process(actor: Actor, state: str, locale: str) -> list[FilingTask]:
    """Return the filings of the officer's province and fields in a state (``waiting`` for all that wait).

    Those whose time limit ends first come first.
    """
    if not actor.handles_cases:
        raise NotAvailable
    wanted = WAITING if state == "waiting" else (State(state),) if state in set(HANDED_IN) else ()
    with reading() as session:
        query = select(Filing).join(Enterprise, Enterprise.id == Filing.enterprise_id)
        query = query.where(Filing.state.in_([one.value for one in wanted]))
        if actor.province:
            query = query.where(Enterprise.province == actor.province)
        if actor.competences:
            codes = [one.code for one in items().values() if one.domain in actor.competences]
            query = query.where(Filing.item_code.in_(codes))
        rows = session.scalars(query.order_by(Filing.submitted_at).limit(MOST_LISTED)).all()
        drafts = [load(session, actor, row.id) for row in rows if _competent(session, actor, row)]
        tasks = [_task(draft, locale) for draft in drafts]
    return sorted(tasks, key=lambda one: (one.due_on is None, one.due_on, one.submitted_at))


def _competent(session: Session, actor: Actor, filing: Filing) -> bool:
    return is_competent(actor, filing, session.get_one(Enterprise, filing.enterprise_id))


def _task(draft: Draft, locale: str) -> FilingTask:
    filing, deadline = draft.filing, deadline_of(draft, locale)
    return FilingTask(
        id=filing.id,
        item_name=draft.item.name.get(locale),
        enterprise_name=draft.enterprise.name,
        title=title_of(draft, locale),
        state=filing.state,
        state_label=state_label(filing.state, locale),
        filing_no=filing.filing_no or "",
        submitted_at=filing.submitted_at,
        due_on=deadline.due_on if deadline else None,
        working_days_left=deadline.working_days_left if deadline else None,
    )


@dataclass(frozen=True)
class Move:
    """What an officer wants done with a filing.

    Attributes:
        to_state: where it goes.
        reason: what the applicant is told; a return without ``corrections`` asks for what it says.
        corrections: all that is to be mended, field by field.
        working_days: by when it is to be mended.
        expected_version: the version that the officer looked at, if it matters.
    """

    to_state: str
    reason: str = ""
    corrections: Sequence[WantedCorrection] = ()
    working_days: int = DEFAULT_WORKING_DAYS
    expected_version: int | None = None


def move_filing(actor: Actor, filing_id: str, wish: Move) -> None:
    """Let a competent officer accept, return for correction, review, approve or refuse.

    Raises:
        NotAvailable: absent, or not this officer's province and field.
        InvalidInput: the move is not allowed, or a return or refusal gives no reason.
        Conflict: the filing moved on meanwhile.
    """
    with transaction() as session:
        move(session, actor, filing_id, wish)


def move(session: Session, actor: Actor, filing_id: str, wish: Move) -> None:
    """Do what ``move_filing`` does in the caller's transaction."""
    filing = session.scalars(select(Filing).where(Filing.id == filing_id).with_for_update()).first()
    enterprise = session.get(Enterprise, filing.enterprise_id) if filing else None
    if filing is None or enterprise is None or not is_competent(actor, filing, enterprise):
        raise NotAvailable
    if not filing.filing_no:
        raise NotAvailable
    if filing.state in OPEN or wish.to_state not in STAFF_MOVES:
        raise InvalidInput("forms.move_not_allowed")
    draft = load(session, actor, filing_id)
    expect_version(draft, wish.expected_version)
    reason = wish.reason.strip()[:2000]
    if wish.to_state == filing.state == State.IN_REVIEW:
        send_back(session, draft, actor, reason)
        return
    takes_two = is_decision_of_two(draft, actor, wish.to_state)
    waiting = waiting_proposal(session, draft) if takes_two else None
    if waiting is not None and waiting.to_state == wish.to_state:
        reason = reason or waiting.reason
    if wish.to_state in (State.RETURNED, State.REFUSED) and not (reason or wish.corrections):
        raise InvalidInput("forms.reason_needed")
    if not may_move(filing.state, wish.to_state):
        raise InvalidInput("forms.move_not_allowed")
    if takes_two and not is_confirmed(session, draft, actor, wish.to_state, reason):
        return
    details = _follow(session, draft, actor, wish, reason)
    change(session, draft, actor, wish.to_state, to_state=wish.to_state, reason=reason, data=details)
    announce(session, draft, wish.to_state)
    alert(session, draft)
    tell_of_filing(session, draft.filing)


def is_decision_of_two(draft: Draft, actor: Actor, to_state: str) -> bool:
    """Whether a decision takes a second officer; another system's decisions were made by its own rules."""
    return actor.account_id != BACKOFFICE and needs_second_person(draft, to_state)


def _follow(session: Session, draft: Draft, actor: Actor, wish: Move, reason: str) -> dict[str, Any]:
    """Do what a move brings with it; return what the event notes."""
    filing, moment = draft.filing, clock.now()
    if wish.to_state == State.ACCEPTED:
        filing.accepted_at = moment
    if wish.to_state == State.RETURNED:
        wanted = list(wish.corrections) or [WantedCorrection("", reason, "")]
        notice = give_notice(session, draft, actor, wanted, wish.working_days)
        return {"notice": notice.id, "fields": [one.key for one in wanted if one.key]}
    if wish.to_state in (State.APPROVED, State.REFUSED):
        filing.decided_at = moment
    if wish.to_state == State.REFUSED:
        take_back(session, filing)
    if wish.to_state == State.APPROVED and not is_complete_at_submission(draft):
        number = certificate_number(session, draft)
        issue_certificate(session, draft, number=number)
        return {"certificate_no": number}
    return {}
