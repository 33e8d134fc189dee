"""Signing in and out; text size. The language is kept by ``?lang=`` on any page (``web.locale``)."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from bot.handoff.service import leave_desk
from core.errors import AssistantError, Conflict, DependencyFailed, InvalidInput, NotAvailable, TooMany
from core.identity import oidc, second_step
from core.identity.second_step import SecondStepNeeded
from core.identity.service import sign_in
from core.identity.sessions import SignedIn
from core.settings import get_settings
from forms.service import enterprise_id_with_uscc
from web.pages.viewer import TEXT_COOKIE, YEAR_S, page, safe_next, to, viewer
from web.security.access import Access, access
from web.security.rate_limits import SIGN_IN, limited
from web.security.sessions import device, end_session, start_session

PLATFORM_COOKIE = "yaozheng_platform"


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/sign-in")(sign_in_page)
    blueprint.post("/sign-in")(take_sign_in)
    blueprint.post("/sign-in/code")(take_second_step)
    blueprint.get("/sign-in/platform")(go_to_platform)
    blueprint.get("/sign-in/platform/return")(come_from_platform)
    blueprint.post("/sign-out")(take_sign_out)
    blueprint.get("/preferences")(preferences)


@access(Access.PUBLIC)
def sign_in_page() -> Response:
    """Show the form."""
    return _sign_in_page(safe_next(request.args.get("next")))


def _sign_in_page(target: str, status: int = 200, *, login: str = "", problem: str = "") -> Response:
    has_platform = oidc.is_set_up()
    return page("sign_in.html", status, next=target, login=login, problem=problem, has_platform=has_platform)


@access(Access.PUBLIC, without_csrf=True)
@limited(SIGN_IN)
def take_sign_in() -> BaseResponse:
    """Check the password and open a session."""
    login, password = request.form.get("login", ""), request.form.get("password", "")
    target = safe_next(request.form.get("next"))
    try:
        found = sign_in(login, password, device=device())
    except SecondStepNeeded as needed:
        return _code_page(needed.challenge, target)
    except (InvalidInput, TooMany) as error:
        return _sign_in_page(target, error.http_status, login=login, problem=_told(error))
    return _signed_in(found, target)


def _signed_in(found: SignedIn, target: str) -> BaseResponse:
    response = to("/staff" if found.actor.handles_cases and target == "/" else target)
    return start_session(response, found)  # type: ignore[arg-type]


def _told(error: AssistantError) -> str:
    return viewer().t(error.code, **error.params)


def _code_page(challenge: str, target: str, status: int = 200, problem: str = "") -> Response:
    return page("account/code.html", status, challenge=challenge, next=target, problem=problem)


@access(Access.PUBLIC, without_csrf=True)
@limited(SIGN_IN)
def take_second_step() -> BaseResponse:
    """Take the one-time password and open the session."""
    challenge, target = request.form.get("challenge", ""), safe_next(request.form.get("next"))
    try:
        found = second_step.answer(challenge, request.form.get("code", ""), device())
    except (InvalidInput, TooMany) as error:
        return _code_page(challenge, target, error.http_status, _told(error))
    except NotAvailable as error:
        return _sign_in_page(target, error.http_status, problem=_told(error))
    return _signed_in(found, target)


@access(Access.PUBLIC)
@limited(SIGN_IN)
def go_to_platform() -> BaseResponse:
    """Send the browser to the unified identity platform: to sign in, or to link the account of who is."""
    actor, target = viewer().actor, safe_next(request.args.get("next"))
    try:
        begun = oidc.begin("/account?done=linked" if actor.account_id else target, actor)
    except DependencyFailed as error:
        return _sign_in_page(target, error.http_status, problem=_told(error))
    response = redirect(begun.url, code=303)
    response.set_cookie(
        PLATFORM_COOKIE,
        begun.browser_token,
        max_age=int(oidc.ATTEMPT_LIFE.total_seconds()),
        path="/sign-in/platform",
        httponly=True,
        samesite="Lax",
        secure=get_settings().cookie_secure,
    )
    return response


@access(Access.PUBLIC)
@limited(SIGN_IN)
def come_from_platform() -> BaseResponse:
    """Take the platform's answer."""
    kept = request.cookies.get(PLATFORM_COOKIE, "")
    try:
        done = oidc.complete(
            request.args, kept, viewer().actor, enterprise_of=enterprise_id_with_uscc, device=device()
        )
    except SecondStepNeeded as needed:
        return _code_page(needed.challenge, "/")
    except (InvalidInput, Conflict, DependencyFailed) as error:
        return _sign_in_page("/", error.http_status, problem=_told(error))
    response = _signed_in(done.signed_in, done.target) if done.signed_in else to(done.target)
    response.delete_cookie(PLATFORM_COOKIE, path="/sign-in/platform")
    return response


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
