"""Who is on duty: the officers, whether they are here, what they have in hand; being away oneself."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from bot.handoff import service as handoff
from core.identity import Role
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/staff/officers")(officers)
    blueprint.post("/staff/officers/<account_id>/return")(take_return)
    blueprint.post("/staff/presence")(take_presence)


@access(Access.CASE_HANDLER)
def officers() -> Response:
    """Show the officers; a supervisor may put the cases of one back into the queue."""
    actor = viewer().actor
    found = handoff.list_officers(actor)
    own = next((one for one in found if one.account_id == actor.account_id), None)
    return page(
        "staff/officers.html",
        officers=found,
        own=own,
        may_return=actor.role is Role.SUPERVISOR,
    )


@access(Access.CASE_HANDLER)
def take_return(account_id: str) -> BaseResponse:
    """Put all open cases of an officer back into the queue."""
    handoff.return_cases(viewer().actor, account_id)
    return to("/staff/officers")


@access(Access.CASE_HANDLER)
def take_presence() -> BaseResponse:
    """Be away, or here again."""
    if request.form.get("state") == "away":
        handoff.leave_desk(viewer().actor)
    else:
        handoff.return_to_desk(viewer().actor)
    return to("/staff/officers")
