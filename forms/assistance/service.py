"""Assisted filling, session by session.

1. ``request_assistance``: the officer who holds the case asks; nothing of the draft is shown for that.
2. ``answer_request``: someone who may act for the enterprise consents or does not. Consent is for this
   session and this officer alone; ``withdraw_consent`` ends it at any moment, ``end_assistance`` when the
   case leaves the officer.
3. While it lasts ``observed`` shows the draft to that officer, sensitive values masked.
4. ``propose_value`` puts a value forward; it is read and held against the rules like one that is typed.
   Sensitive fields, papers and the declaration cannot be proposed.
5. ``answer_proposal``: the applicant takes it or not. A value taken carries both names: who proposed it and
   who confirmed it.

All but ``observed`` work in the caller's transaction. Every act leaves an event and an audit entry.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.database import reading
from core.errors import Conflict, NotAvailable
from core.identity import Actor
from core.ids import new_id
from forms.assistance.states import (
    ACTIVE,
    DECLINED,
    ENDED,
    OFFICER,
    OPEN_SESSIONS,
    REQUESTED,
    TAKEN,
    VOID,
    WAITING,
)
from forms.assistance.views import proposal_view, session_view
from forms.filing.display import show
from forms.filing.drafts import store_answer
from forms.filing.outcomes import Accepted, Rejected
from forms.filing.parsing import parse
from forms.filing.presenting import present
from forms.filing.states import is_editable
from forms.filing.store import Draft, change, editable, load, load_unchecked
from forms.filing.validation import invalid
from forms.filing.views import AssistanceView, FilingView, ProposalView
from forms.items.form import FieldDefinition
from forms.models import AssistProposal, AssistSession

FILES = ("file", "files")
LONGEST_NOTE = 500


@dataclass(frozen=True)
class Asker:
    """The officer who asks, and the case for which."""

    actor: Actor
    case_id: str


def request_assistance(session: Session, asker: Asker, filing_id: str) -> AssistanceView:
    """Ask for consent; asked again by the same officer, return the open session.

    Raises:
        NotAvailable: no such filing, or not this officer's province and field.
        Conflict: it was handed in, or another officer's session is open.
    """
    draft = load(session, asker.actor, filing_id, is_shared=True)
    if not is_editable(draft.filing.state):
        raise Conflict("forms.no_longer_editable")
    found = _open_session(session, filing_id)
    if found is not None and found.officer_id != asker.actor.account_id:
        raise Conflict("forms.assist_by_another")
    if found is None:
        found = AssistSession(
            id=new_id("ast"),
            filing_id=filing_id,
            case_id=asker.case_id,
            officer_id=asker.actor.account_id,
            officer_name=asker.actor.display_name,
            state=REQUESTED,
            requested_at=clock.now(),
        )
        session.add(found)
        session.flush()
        change(session, draft, asker.actor, "assist_requested", data={"case": asker.case_id})
    return session_view(session, found, draft, "zh-CN")


def answer_request(session: Session, actor: Actor, filing_id: str, accepted: bool) -> str:
    """Consent or decline; return the case for which it was asked.

    Raises:
        NotAvailable: no such filing, or not the actor's.
        Conflict: nothing is asked any more.
    """
    draft = load(session, actor, filing_id, to_write=True)
    found = _open_session(session, filing_id)
    if found is None or found.state != REQUESTED:
        raise Conflict("forms.assist_not_asked")
    if not accepted:
        _end(session, draft, found, actor)
        return found.case_id
    found.state, found.consented_at, found.consented_by = ACTIVE, clock.now(), actor.account_id
    change(session, draft, actor, "assist_consented", data={"officer": found.officer_id})
    return found.case_id


def withdraw_consent(session: Session, actor: Actor, filing_id: str) -> str:
    """End the session, as the applicant may at any moment; return its case, "" where none is open."""
    draft = load(session, actor, filing_id, to_write=True)
    found = _open_session(session, filing_id)
    if found is None:
        return ""
    _end(session, draft, found, actor)
    return found.case_id


def end_assistance(session: Session, actor: Actor, case_id: str) -> None:
    """End what is open for a case: it is closed, given back or given to another."""
    query = select(AssistSession).where(
        AssistSession.case_id == case_id, AssistSession.state.in_(OPEN_SESSIONS)
    )
    for found in session.scalars(query):
        _end(session, _draft_of(session, found), found, actor)


def observed(actor: Actor, case_id: str, locale: str) -> FilingView | None:
    """Return the draft that the officer watches with consent; None where there is no consent."""
    with reading() as session:
        found = _active(session, actor, case_id)
        if found is None:
            return None
        draft = load(session, actor, found.filing_id, is_shared=True)
        return present(draft, locale, session=session)


def propose_value(
    session: Session, asker: Asker, key: str, raw: object, note: str, locale: str
) -> ProposalView | Rejected:
    """Put a value forward, or say why it cannot be taken; an earlier one for the field becomes void.

    Raises:
        Conflict: there is no consent (any more), or the filing was handed in.
    """
    found = _active(session, asker.actor, asker.case_id)
    if found is None:
        raise Conflict("forms.assist_no_consent")
    draft = load(session, asker.actor, found.filing_id, is_shared=True)
    editable(draft)
    definition = draft.form.field(key)
    if definition is None or definition not in draft.visible():
        return Rejected("forms.rejected.not_asked")
    if not may_be_proposed(definition):
        return Rejected("forms.rejected.not_proposed", {"field": definition.label.get(locale)})
    value = parse(definition, raw, locale)
    if isinstance(value, Rejected):
        return value
    for earlier in _waiting(session, found.id, key):
        earlier.state = VOID
    made = AssistProposal(
        id=new_id("prp"),
        session_id=found.id,
        filing_id=found.filing_id,
        key=key,
        value=value,
        note=note.strip()[:LONGEST_NOTE],
        state=WAITING,
        at=clock.now(),
    )
    session.add(made)
    session.flush()
    change(session, draft, asker.actor, "value_proposed", data={"field": key, "proposal": made.id})
    return proposal_view(made, draft, locale)


def may_be_proposed(field: FieldDefinition) -> bool:
    """Whether an officer may put a value forward: nothing personal, no paper, no declaration."""
    is_personal = bool(field.sensitive) or any(part.sensitive for part in field.parts)
    return field.set_by == "applicant" and not is_personal and field.type not in FILES


def answer_proposal(
    session: Session, actor: Actor, filing_id: str, proposal_id: str, accepted: bool, locale: str
) -> tuple[str, Accepted | Rejected]:
    """Take a proposed value or decline it; return the case and what became of it.

    Raises:
        NotAvailable: no such filing or proposal, or not the actor's.
        Conflict: it was answered, the session has ended, or the filing was handed in.
    """
    draft = load(session, actor, filing_id, to_write=True)
    made = session.get(AssistProposal, proposal_id)
    if made is None or made.filing_id != filing_id:
        raise NotAvailable
    held = session.get_one(AssistSession, made.session_id)
    if made.state != WAITING or held.state != ACTIVE:
        raise Conflict("forms.proposal_answered")
    editable(draft)
    made.answered_at, made.answered_by = clock.now(), actor.account_id
    definition = draft.form.field(made.key)
    label = definition.label.get(locale) if definition else made.key
    if not accepted:
        made.state = DECLINED
        change(session, draft, actor, "proposal_declined", data={"field": made.key, "proposal": made.id})
        return held.case_id, Rejected("forms.proposal_declined", {"field": label})
    is_asked = definition is not None and definition in draft.visible()
    if definition is None or not is_asked or invalid(definition, made.value, locale) is not None:
        made.state = VOID
        return held.case_id, Rejected("forms.rejected.not_asked")
    made.state = TAKEN
    store_answer(session, draft, actor, made.key, made.value, "assisted", by=_by(held, made))
    return held.case_id, Accepted(show(definition, made.value, locale), made.value)


def _by(held: AssistSession, made: AssistProposal) -> dict[str, Any]:
    """Return what the receipt says of the officer who proposed the value."""
    return {
        "source": OFFICER,
        "record_id": made.id,
        "as_of": _day(made.at),
        "transformation": "proposed_by_officer",
        "confidence": 1.0,
        "officer": held.officer_id,
        "officer_name": held.officer_name,
    }


def _day(moment: datetime) -> str:
    return moment.astimezone(clock.CHINA).date().isoformat()


def _open_session(session: Session, filing_id: str) -> AssistSession | None:
    query = select(AssistSession).where(
        AssistSession.filing_id == filing_id, AssistSession.state.in_(OPEN_SESSIONS)
    )
    return session.scalars(query.execution_options(populate_existing=True)).first()


def _active(session: Session, actor: Actor, case_id: str) -> AssistSession | None:
    query = select(AssistSession).where(
        AssistSession.case_id == case_id,
        AssistSession.officer_id == actor.account_id,
        AssistSession.state == ACTIVE,
    )
    return session.scalars(query.execution_options(populate_existing=True)).first()


def _waiting(session: Session, session_id: str, key: str = "") -> list[AssistProposal]:
    query = select(AssistProposal).where(
        AssistProposal.session_id == session_id, AssistProposal.state == WAITING
    )
    return list(session.scalars(query.where(AssistProposal.key == key) if key else query))


def _end(session: Session, draft: Draft | None, found: AssistSession, actor: Actor) -> None:
    found.state, found.ended_at, found.ended_by = ENDED, clock.now(), actor.account_id
    for made in _waiting(session, found.id):
        made.state = VOID
    if draft is not None:
        change(session, draft, actor, "assist_ended", data={"case": found.case_id})


def _draft_of(session: Session, found: AssistSession) -> Draft | None:
    return load_unchecked(session, found.filing_id)
