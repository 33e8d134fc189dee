"""Signing in and out; text size. The language is kept by ``?lang=`` on any page (``web.locale``)."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from bot.handoff.service import leave_desk
from core.errors import InvalidInput, TooMany
from core.identity.service import sign_in
from core.settings import get_settings
from web.pages.viewer import TEXT_COOKIE, YEAR_S, page, safe_next, to, viewer
from web.security.access import Access, access
from web.security.rate_limits import SIGN_IN, limited
from web.security.sessions import end_session, start_session


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/sign-in")(sign_in_page)
    blueprint.post("/sign-in")(take_sign_in)
    blueprint.post("/sign-out")(take_sign_out)
    blueprint.get("/preferences")(preferences)


@access(Access.PUBLIC)
def sign_in_page() -> Response:
    """Show the form."""
    return page("sign_in.html", next=safe_next(request.args.get("next")), login="", problem="")


@access(Access.PUBLIC, without_csrf=True)
@limited(SIGN_IN)
def take_sign_in() -> BaseResponse:
    """Check the password and open a session."""
    login, password = request.form.get("login", ""), request.form.get("password", "")
    target = safe_next(request.form.get("next"))
    try:
        found = sign_in(login, password)
    except (InvalidInput, TooMany) as error:
        problem = viewer().t(error.code, **error.params)
        return page("sign_in.html", error.http_status, next=target, login=login, problem=problem)
    response = to("/staff" if found.actor.handles_cases and target == "/" else target)
    return start_session(response, found)  # type: ignore[arg-type]


@access(Access.PUBLIC)
def take_sign_out() -> BaseResponse:
    """End the session; what the browser kept of the conversation goes with it.

    An officer's cases whose person waits go back into the queue.
    """
    actor = viewer().actor
    if actor.handles_cases:
        leave_desk(actor, is_signing_out=True)
    response = end_session(to("/"))  # type: ignore[arg-type]
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@access(Access.PUBLIC)
def preferences() -> BaseResponse:
    """Keep the text size in a cookie and go back."""
    response = to(safe_next(request.args.get("next")))
    size = request.args.get("text", "")
    if size in ("large", "normal"):
        response.set_cookie(
            TEXT_COOKIE, size, max_age=YEAR_S, samesite="Lax", secure=get_settings().cookie_secure
        )
    return response
