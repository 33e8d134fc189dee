"""Accounts as the administrator sees them: who can sign in, and the end of sessions and of a second step."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from core.identity import accounts, second_step, sessions
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/staff/accounts")(account_list)
    blueprint.post("/staff/accounts/<account_id>/sessions/end")(end_sessions)
    blueprint.post("/staff/accounts/<account_id>/second-step/reset")(reset_second_step)


@access(Access.ADMINISTRATOR)
def account_list() -> Response:
    """List staff, or the accounts that were searched for."""
    wanted = request.args.get("q", "").strip()
    found = accounts.search(viewer().actor, wanted)
    return page("account/accounts.html", found=found, wanted=wanted, done=request.args.get("done", ""))


@access(Access.ADMINISTRATOR)
def end_sessions(account_id: str) -> BaseResponse:
    """End all sessions of a person."""
    sessions.end_of_person(viewer().actor, account_id)
    return to("/staff/accounts?done=sessions")


@access(Access.ADMINISTRATOR)
def reset_second_step(account_id: str) -> BaseResponse:
    """End a person's second step and sessions."""
    second_step.reset(viewer().actor, account_id)
    return to("/staff/accounts?done=second_step")
