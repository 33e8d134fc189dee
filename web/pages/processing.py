"""The officers' desk of filings: what waits, one filing with its form, and the decisions on it."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from core.errors import Conflict, InvalidInput
from forms import service as forms
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access

STATES = ("waiting", "submitted", "accepted", "in_review", "approved", "refused")
MOVES = {
    "submitted": ("accepted", "returned_for_correction"),
    "accepted": ("in_review", "returned_for_correction"),
    "in_review": ("approved", "refused", "returned_for_correction"),
}


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/staff/filings")(filing_tasks)
    blueprint.get("/staff/filings/<filing_id>")(filing_desk)
    blueprint.post("/staff/filings/<filing_id>/moves")(move_filing)


@access(Access.CASE_HANDLER)
def filing_tasks() -> Response:
    """List the filings of the officer's province and fields, the soonest due first."""
    who = viewer()
    state = request.args.get("state", STATES[0])
    state = state if state in STATES else STATES[0]
    tasks = forms.filings_to_process(who.actor, state, who.locale)
    return page("staff/filings.html", tasks=tasks, state=state, states=STATES)


@access(Access.CASE_HANDLER)
def filing_desk(filing_id: str) -> Response:
    """Show one filing with what can be decided."""
    return _desk(filing_id)


def _desk(filing_id: str, *, status: int = 200, problem: str = "") -> Response:
    who = viewer()
    filing = forms.get_filing(who.actor, filing_id, who.locale)
    return page(
        "staff/filing.html",
        status,
        filing=filing,
        moves=MOVES.get(filing.state, ()),
        proposal=forms.proposed_decision(who.actor, filing_id),
        account_id=who.actor.account_id,
        needs_second=filing.state == "in_review" and forms.get_service_item(filing.item_code).takes_two,
        problem=problem,
        problems={},
        gaps=None,
        typed=request.form,
    )


@access(Access.CASE_HANDLER)
def move_filing(filing_id: str) -> BaseResponse:
    """Carry out the officer's decision."""
    who = viewer()
    try:
        forms.move_filing(who.actor, filing_id, _wish())
    except (InvalidInput, Conflict) as error:
        return _desk(filing_id, status=error.http_status, problem=who.t(error.code, **error.params))
    return to(f"/staff/filings/{filing_id}")


def _wish() -> forms.Move:
    days, version = request.form.get("working_days", ""), request.form.get("version", "")
    wanted = [
        forms.WantedCorrection(key, request.form.get(f"message.{key}", ""), "")
        for key in request.form.getlist("field")
    ]
    return forms.Move(
        to_state=request.form.get("to_state", ""),
        reason=request.form.get("reason", ""),
        corrections=[one for one in wanted if one.message.strip()],
        expected_version=int(version) if version.isdecimal() else None,
        **({"working_days": int(days)} if days.isdecimal() else {}),
    )
