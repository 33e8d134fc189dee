"""The two-person rule: where an item asks for it, one officer proposes the decision and another confirms it.

1. The first officer's approval or refusal is kept as a proposal; the state stays.
2. Another officer who decides the same carries it out; the one who proposed cannot.
3. Another officer may send the proposal back with a reason; any other move makes it void.

Source: 行政许可法 第34条 (two or more persons where the substance is to be verified).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.database import reading
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor
from core.identity.service import display_names
from forms.filing.conditions import holds
from forms.filing.states import State
from forms.filing.store import Draft, change, is_competent, load
from forms.models import FilingEvent

PROPOSED, SENT_BACK = "proposed", "proposal_sent_back"


@dataclass(frozen=True)
class Proposal:
    """A decision that waits for a second person."""

    to_state: str
    reason: str
    by_account_id: str
    by_name: str
    at: datetime


def needs_second_person(draft: Draft, to_state: str) -> bool:
    """Whether the item asks that two persons stand behind this decision."""
    rule = draft.form.second_person
    return rule is not None and to_state in rule.decisions and holds(rule.when, draft.known)


def waiting_proposal(session: Session, draft: Draft) -> Proposal | None:
    """Return the proposal that still stands: nothing moved the filing and nobody sent it back since."""
    is_of_note = or_(
        FilingEvent.action.in_([PROPOSED, SENT_BACK]), FilingEvent.from_state != FilingEvent.to_state
    )
    event = session.scalars(
        select(FilingEvent)
        .where(FilingEvent.filing_id == draft.filing.id, is_of_note)
        .order_by(FilingEvent.version.desc())
        .limit(1)
    ).first()
    if event is None or event.action != PROPOSED:
        return None
    name = display_names(session, [event.actor_id]).get(event.actor_id, "")
    return Proposal(event.data["to_state"], event.reason, event.actor_id, name, event.at)


def proposed_decision(actor: Actor, filing_id: str) -> Proposal | None:
    """Return the decision that waits for a second person, to an officer who may decide.

    Raises:
        NotAvailable: no such filing, or not this officer's province and field.
    """
    with reading() as session:
        draft = load(session, actor, filing_id)
        if not is_competent(actor, draft.filing, draft.enterprise):
            raise NotAvailable
        return waiting_proposal(session, draft)


def is_confirmed(session: Session, draft: Draft, actor: Actor, to_state: str, reason: str) -> bool:
    """Whether the actor's decision confirms another officer's; without one it is kept as a proposal.

    Raises:
        Conflict: the actor made the proposal, or another decision is proposed.
    """
    waiting = waiting_proposal(session, draft)
    if waiting is None:
        change(session, draft, actor, PROPOSED, reason=reason, data={"to_state": to_state})
        return False
    if waiting.by_account_id == actor.account_id:
        raise Conflict("forms.second_person_needed")
    if waiting.to_state != to_state:
        raise Conflict("forms.other_decision_proposed")
    return True


def send_back(session: Session, draft: Draft, actor: Actor, reason: str) -> None:
    """Return a proposal to review, with the reason.

    Raises:
        InvalidInput: nothing is proposed, or no reason is given.
    """
    if draft.filing.state != State.IN_REVIEW or waiting_proposal(session, draft) is None:
        raise InvalidInput("forms.move_not_allowed")
    if not reason:
        raise InvalidInput("forms.reason_needed")
    change(session, draft, actor, SENT_BACK, reason=reason)
