"""帮办 in a case: the officer asks and proposes, the applicant consents and takes; both are told in the talk.

Each act holds the conversation's row, changes the draft through ``forms`` and writes the message in one
transaction. Consent ends with the case: closed, given back or given to another.
"""

from typing import Any

from sqlalchemy.orm import Session

from bot.conversations.service import Conversation, locked
from bot.handoff.access import held_case, in_hand
from bot.handoff.models import HandoffCase
from bot.handoff.notices import tell
from bot.handoff.opening import note_case
from bot.handoff.queueing import CLOSED, ticket
from core.database import transaction
from core.errors import InvalidInput
from core.identity import Actor
from forms import service as forms
from forms.service import Accepted, ProposalView, Rejected
from i18n.service import translate


def request_assistance(actor: Actor, case_id: str) -> None:
    """Ask the applicant to let the officer watch and help with the draft.

    Raises:
        NotAvailable: absent, or not this officer's province and field.
        Conflict: the actor has not claimed the case, or another officer helps with the draft already.
        InvalidInput: the case has no draft.
    """
    with transaction() as session:
        case, conversation = held_case(session, actor, case_id)
        in_hand(case, actor, supervisors_too=False)
        if not case.filing_id:
            raise InvalidInput("handoff.assist_no_draft")
        opened = forms.request_assistance(session, forms.Asker(actor, case.id), case.filing_id)
        details = _details(session, case, state=opened.state, filing_id=case.filing_id)
        officer = actor.display_name
        tell(session, conversation, "handoff.assist_requested", handoff=details, officer=officer)
        note_case(session, case, actor.account_id, "assist_requested")


def propose_value(
    actor: Actor, case_id: str, key: str, raw: object, *, note: str = "", locale: str = "zh-CN"
) -> ProposalView | Rejected:
    """Put a value forward for a field of the draft, or say why it cannot be taken.

    Raises:
        NotAvailable: absent, or not this officer's province and field.
        Conflict: the actor has not claimed the case, or there is no consent.
    """
    with transaction() as session:
        case, conversation = held_case(session, actor, case_id)
        in_hand(case, actor, supervisors_too=False)
        made = forms.propose_value(session, forms.Asker(actor, case.id), key, raw, note, locale)
        if isinstance(made, Rejected):
            return made
        details = _details(
            session, case, state="proposed", filing_id=case.filing_id, proposal_id=made.id, field=made.key
        )
        tell(
            session,
            conversation,
            "handoff.assist_proposed",
            handoff=details,
            officer=actor.display_name,
            field=made.label,
            value=made.display,
            note=translate("handoff.assist_note", conversation.locale, note=made.note) if made.note else "",
        )
        note_case(session, case, actor.account_id, "value_proposed", field=key)
        return made


def stop_assisting(actor: Actor, case_id: str) -> None:
    """Let the officer end the session.

    Raises:
        NotAvailable: absent, or not this officer's province and field.
    """
    with transaction() as session:
        case, conversation = held_case(session, actor, case_id)
        in_hand(case, actor)
        forms.end_assistance(session, actor, case.id)
        tell(session, conversation, "handoff.assist_ended", handoff=_details(session, case, state="ended"))
        note_case(session, case, actor.account_id, "assist_ended")


def answer_assistance(actor: Actor, filing_id: str, accepted: bool) -> None:
    """Take the applicant's consent, or their no.

    Raises:
        NotAvailable: no such filing, or not the actor's.
        Conflict: nothing is asked any more.
    """
    with transaction() as session:
        case_id = forms.answer_request(session, actor, filing_id, accepted)
        state, code = ("active", "consented") if accepted else ("ended", "declined")
        _tell_case(session, case_id, f"handoff.assist_{code}", state=state, filing_id=filing_id)


def withdraw_consent(actor: Actor, filing_id: str) -> None:
    """End the session at once, as the applicant may at any moment.

    Raises:
        NotAvailable: no such filing, or not the actor's.
    """
    with transaction() as session:
        case_id = forms.withdraw_consent(session, actor, filing_id)
        _tell_case(session, case_id, "handoff.assist_withdrawn", state="ended", filing_id=filing_id)


def answer_proposal(
    actor: Actor, filing_id: str, proposal_id: str, accepted: bool, locale: str
) -> Accepted | Rejected:
    """Take a proposed value or decline it.

    Raises:
        NotAvailable: no such filing or proposal, or not the actor's.
        Conflict: it was answered, or the session has ended.
    """
    with transaction() as session:
        case_id, outcome = forms.answer_proposal(session, actor, filing_id, proposal_id, accepted, locale)
        code = "taken" if isinstance(outcome, Accepted) else "not_taken"
        details = {"state": "active", "filing_id": filing_id, "proposal_id": proposal_id}
        _tell_case(session, case_id, f"handoff.assist_{code}", **details)
        return outcome


def end_with_case(session: Session, case: HandoffCase, actor_id: str) -> None:
    """End what is open, because the case leaves its officer."""
    forms.end_assistance(session, Actor(actor_id), case.id)


def _tell_case(session: Session, case_id: str, code: str, **details: Any) -> None:
    case = session.get(HandoffCase, case_id) if case_id else None
    if case is None or case.state == CLOSED:
        return
    conversation: Conversation = locked(session, case.conversation_id)
    tell(session, conversation, code, handoff=_details(session, case, **details))
    note_case(session, case, "", "assist_told", code=code)


def _details(session: Session, case: HandoffCase, **assist: Any) -> dict[str, Any]:
    return {**ticket(session, case).to_json(), "assist": assist}
