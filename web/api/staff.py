"""The console of the members of staff who handle cases."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from bot.handoff import service as handoff
from forms import service as forms
from web.api import serialise
from web.api.body import read_body
from web.api.conversations import messages_json, read_asked
from web.api.filings import filing_json
from web.locale import current_locale
from web.realtime.tickets import STAFF, issue_ticket
from web.security.access import Access, access
from web.security.sessions import current_actor, current_session

LAST_PAGE = 100_000
blueprint = Blueprint("api_staff", __name__, url_prefix="/api/v1/staff")


def case_json(case_id: str) -> dict[str, Any]:
    """Return a case with its packet as the officer may see it now."""
    locale = current_locale()
    return {"case": serialise.case(handoff.get_case(current_actor(), case_id, locale=locale), locale)}


@blueprint.get("/cases")
@access(Access.CASE_HANDLER)
def list_cases() -> ResponseReturnValue:
    """The cases of the officer's province and field."""
    state = request.args.get("state") or None
    wanted = case_filter(request.args)
    found = handoff.list_cases(current_actor(), state=state, locale=current_locale(), wanted=wanted)
    shown = found[: handoff.PAGE_SIZE]
    return {"cases": [serialise.to_json(case) for case in shown], "has_more": len(found) > len(shown)}


def case_filter(args: Mapping[str, str]) -> handoff.CaseFilter:
    """Read what is looked for among the cases from a query."""
    page = args.get("page", "")
    return handoff.CaseFilter(
        text=args.get("q", ""),
        reason=args.get("reason", ""),
        domain=args.get("domain", ""),
        channel=args.get("channel", ""),
        is_mine=args.get("mine", "") == "1",
        is_late=args.get("late", "") == "1",
        page=min(int(page), LAST_PAGE) if page.isdecimal() and int(page) else 1,
    )


@blueprint.get("/cases/<case_id>")
@access(Access.CASE_HANDLER)
def get_case(case_id: str) -> ResponseReturnValue:
    """One case with its packet."""
    return case_json(case_id)


@blueprint.post("/cases/<case_id>/claim")
@access(Access.CASE_HANDLER)
def claim(case_id: str) -> ResponseReturnValue:
    """Take a case; the first one gets it."""
    handoff.claim_case(current_actor(), case_id)
    return case_json(case_id)


@blueprint.post("/cases/<case_id>/messages")
@access(Access.CASE_HANDLER)
def reply(case_id: str) -> ResponseReturnValue:
    """Write to the applicant."""
    body = read_body("StaffReply")
    sent = handoff.reply(
        current_actor(), case_id, client_message_id=body["client_message_id"], text=body["text"]
    )
    return messages_json([sent])


@blueprint.get("/cases/<case_id>/messages")
@access(Access.CASE_HANDLER)
def read_messages(case_id: str) -> ResponseReturnValue:
    """The messages of the case's conversation after N, or the last ones before N."""
    handoff.seen(current_actor().account_id)
    return read_asked(handoff.conversation_of_case(current_actor(), case_id))


@blueprint.post("/cases/<case_id>/notes")
@access(Access.CASE_HANDLER)
def add_note(case_id: str) -> ResponseReturnValue:
    """Add a note that only staff see."""
    handoff.add_note(current_actor(), case_id, read_body("Note")["text"])
    return case_json(case_id)


@blueprint.post("/cases/<case_id>/transfer")
@access(Access.CASE_HANDLER)
def transfer(case_id: str) -> ResponseReturnValue:
    """Hand a case to a colleague or another province."""
    body = read_body("Transfer")
    handoff.transfer_case(
        current_actor(),
        case_id,
        to_account_id=body.get("to_account_id"),
        to_province=body.get("to_province"),
        note=body.get("note", ""),
    )
    return {}


@blueprint.post("/cases/<case_id>/release")
@access(Access.CASE_HANDLER)
def release(case_id: str) -> ResponseReturnValue:
    """Put a case back into the queue."""
    handoff.release_case(current_actor(), case_id)
    return case_json(case_id)


@blueprint.post("/cases/<case_id>/closure")
@access(Access.CASE_HANDLER)
def close(case_id: str) -> ResponseReturnValue:
    """Close a case; the assistant answers again."""
    handoff.close_case(current_actor(), case_id, resolution=read_body("Closure")["resolution"])
    return case_json(case_id)


@blueprint.post("/cases/<case_id>/calls")
@access(Access.CASE_HANDLER)
def log_call(case_id: str) -> ResponseReturnValue:
    """Tell how a call went."""
    body = read_body("LogCall")
    handoff.log_call(current_actor(), case_id, was_reached=body["was_reached"], note=body.get("note", ""))
    return case_json(case_id)


@blueprint.put("/presence")
@access(Access.CASE_HANDLER)
def set_presence() -> ResponseReturnValue:
    """Be here, or away."""
    if read_body("SetPresence")["state"] == "away":
        return {"returned": handoff.leave_desk(current_actor())}
    handoff.return_to_desk(current_actor())
    return {"returned": 0}


@blueprint.post("/officers/<account_id>/returns")
@access(Access.CASE_HANDLER)
def return_cases(account_id: str) -> ResponseReturnValue:
    """Put all open cases of an officer back into the queue; supervisors may."""
    return {"returned": handoff.return_cases(current_actor(), account_id)}


@blueprint.get("/officers")
@access(Access.CASE_HANDLER)
def officers() -> ResponseReturnValue:
    """The colleagues to whom a case may be handed."""
    return {"officers": [serialise.to_json(found) for found in handoff.list_officers(current_actor())]}


@blueprint.post("/tickets")
@access(Access.CASE_HANDLER)
def ticket() -> ResponseReturnValue:
    """A one-time ticket for the console's stream."""
    return {"ticket": issue_ticket(STAFF, current_actor().account_id, current_session().id)}, 201


@blueprint.post("/filings/<filing_id>/moves")
@access(Access.CASE_HANDLER)
def move_filing(filing_id: str) -> ResponseReturnValue:
    """Accept a filing, return it for correction, review, approve or refuse it."""
    body = read_body("MoveFiling")
    forms.move_filing(current_actor(), filing_id, _wish(body))
    return {"filing": filing_json(filing_id)}


def _wish(body: dict[str, Any]) -> forms.Move:
    wanted = [
        forms.WantedCorrection(one.get("key", ""), one["message"], one.get("fix", ""))
        for one in body.get("corrections", [])
    ]
    return forms.Move(
        to_state=body["to_state"],
        reason=body.get("reason", ""),
        corrections=wanted,
        expected_version=body.get("expected_version"),
        **({"working_days": body["working_days"]} if "working_days" in body else {}),
    )
