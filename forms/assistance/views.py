"""An assisted session and its proposals as both sides see them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.assistance.states import OPEN_SESSIONS, WAITING
from forms.filing.display import show
from forms.filing.store import Draft
from forms.filing.views import AssistanceView, ProposalView
from forms.models import AssistProposal, AssistSession


def assistance_of(session: Session, draft: Draft, locale: str) -> AssistanceView | None:
    """Return the open session of a filing, if there is one."""
    query = select(AssistSession).where(
        AssistSession.filing_id == draft.filing.id, AssistSession.state.in_(OPEN_SESSIONS)
    )
    found = session.scalars(query).first()
    return session_view(session, found, draft, locale) if found is not None else None


def session_view(session: Session, found: AssistSession, draft: Draft, locale: str) -> AssistanceView:
    """Return a session with the proposals that wait."""
    query = select(AssistProposal).where(
        AssistProposal.session_id == found.id, AssistProposal.state == WAITING
    )
    proposals = [
        proposal_view(made, draft, locale)
        for made in session.scalars(query.order_by(AssistProposal.at, AssistProposal.id))
    ]
    return AssistanceView(
        found.id, found.case_id, found.state, found.officer_id, found.officer_name, proposals
    )


def proposal_view(made: AssistProposal, draft: Draft, locale: str) -> ProposalView:
    """Return a proposed value."""
    field = draft.form.field(made.key)
    label = field.label.get(locale) if field else made.key
    display = show(field, made.value, locale) if field else str(made.value)
    return ProposalView(made.id, made.key, label, display, made.note, made.state, made.at)
