"""帮办: an officer helps with a draft, with the applicant's consent."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from bot.handoff import service as handoff
from core.errors import NotAvailable
from forms import service as forms
from forms.service import Rejected
from i18n.service import translate
from web.api.body import read_body
from web.api.filing_fields import field_outcome
from web.api.filings import filing_json
from web.api.staff import case_json
from web.locale import current_locale
from web.realtime.feed import number_argument, read_or_wait
from web.security.access import Access, access
from web.security.sessions import current_actor

blueprint = Blueprint("api_assistance", __name__, url_prefix="/api/v1")


@blueprint.post("/filings/<filing_id>/assistance")
@access(Access.SIGNED_IN)
def consent(filing_id: str) -> ResponseReturnValue:
    """Consent to an officer's help, or decline it."""
    handoff.answer_assistance(current_actor(), filing_id, bool(read_body("Declaration")["accepted"]))
    return {"filing": filing_json(filing_id)}


@blueprint.delete("/filings/<filing_id>/assistance")
@access(Access.SIGNED_IN)
def withdraw(filing_id: str) -> ResponseReturnValue:
    """End the help at once."""
    handoff.withdraw_consent(current_actor(), filing_id)
    return {"filing": filing_json(filing_id)}


@blueprint.post("/filings/<filing_id>/proposals/<proposal_id>")
@access(Access.SIGNED_IN)
def answer(filing_id: str, proposal_id: str) -> ResponseReturnValue:
    """Take a value that an officer proposed, or decline it."""
    accepted, locale = bool(read_body("Declaration")["accepted"]), current_locale()
    found = handoff.answer_proposal(current_actor(), filing_id, proposal_id, accepted, locale)
    if isinstance(found, Rejected) and not accepted:
        return {"filing": filing_json(filing_id)}
    return field_outcome(filing_id, found)


@blueprint.post("/staff/cases/<case_id>/assistance")
@access(Access.CASE_HANDLER)
def ask(case_id: str) -> ResponseReturnValue:
    """Ask the applicant to let the officer help with the draft."""
    handoff.request_assistance(current_actor(), case_id)
    return case_json(case_id)


@blueprint.delete("/staff/cases/<case_id>/assistance")
@access(Access.CASE_HANDLER)
def stop(case_id: str) -> ResponseReturnValue:
    """End the help."""
    handoff.stop_assisting(current_actor(), case_id)
    return case_json(case_id)


@blueprint.post("/staff/cases/<case_id>/proposals")
@access(Access.CASE_HANDLER)
def propose(case_id: str) -> ResponseReturnValue:
    """Propose a value for a field of the draft; what cannot be taken is said in ``rejected``."""
    body, locale = read_body("ProposeValue"), current_locale()
    found = handoff.propose_value(
        current_actor(), case_id, body["key"], body["value"], note=body.get("note", ""), locale=locale
    )
    told = case_json(case_id)
    if isinstance(found, Rejected):
        message = translate(found.code, locale, **found.params)
        return {**told, "rejected": {"code": found.code, "message": message}}
    return told, 201


@blueprint.get("/staff/cases/<case_id>/draft-changes")
@access(Access.CASE_HANDLER)
def draft_changes(case_id: str) -> ResponseReturnValue:
    """The version of the watched draft, as soon as it is not ``version``; 404 once it is not watched."""
    known, actor, locale = int(number_argument("version", 2**53)), current_actor(), current_locale()
    filing = forms.observed(actor, case_id, locale)
    if filing is None:
        raise NotAvailable
    newest = filing.version

    def newer() -> list[int]:
        nonlocal newest
        found = forms.observed(actor, case_id, locale)
        newest = found.version if found is not None else -1
        return [newest] if newest != known else []

    read_or_wait(f"draft:{filing.id}", newer)
    if newest < 0:
        raise NotAvailable
    return {"version": newest}
