"""The person's own account: for whom they act, their sessions, password, second step, who acts for them.

1. ``GET /account`` shows it; each section posts a form of its own.
2. ``/account/second-step`` sets the second step up. It is open to staff who must set it up before anything
   else; recovery codes are shown once, in the reply to the form.
3. ``/account/agents`` is the legal representative's: whom they authorise, for what, until when.
"""

from datetime import date, timedelta
from typing import Any

import segno
from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from core import clock
from core.errors import AssistantError, Conflict, InvalidInput, TooMany
from core.identity import Act, authority, oidc, second_step, sessions
from core.identity import service as identity
from forms import service as forms
from web.pages.viewer import page, safe_next, to, viewer
from web.security.access import Access, access
from web.security.rate_limits import CODES, limited
from web.security.sessions import current_session

AGENT_DAYS = 365


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/account")(account)
    blueprint.post("/account/acting")(choose_enterprise)
    blueprint.post("/account/password")(change_password)
    blueprint.post("/account/sessions/end-others")(end_others)
    blueprint.post("/account/sessions/<session_id>/end")(end_own_session)
    blueprint.get("/account/second-step")(second_step_page)
    blueprint.post("/account/second-step")(begin_second_step)
    blueprint.post("/account/second-step/confirmation")(confirm_second_step)
    blueprint.post("/account/second-step/codes")(renew_codes)
    blueprint.post("/account/second-step/end")(end_second_step)
    blueprint.post("/account/platform/end")(unlink_platform)
    blueprint.get("/account/agents")(agents)
    blueprint.post("/account/agents")(authorise)
    blueprint.post("/account/agents/<authority_id>/end")(take_authority_back)


@access(Access.SIGNED_IN)
def account() -> Response:
    """Show the account."""
    return _account()


def _account(status: int = 200, **context: Any) -> Response:
    actor, current = viewer().actor, current_session()
    held = authority.of_person(actor)
    shown = {
        "authorities": held,
        "names": forms.enterprise_names(actor, [one.enterprise_id for one in held]),
        "item_names": item_names(),
        "sessions": sessions.list_own(actor, current.id),
        "second_step": second_step.state_of(actor),
        "has_platform": oidc.is_set_up(),
        "is_linked": oidc.is_linked(actor),
        "is_representative": bool(authority.represented(actor)),
        "done": request.args.get("done", ""),
        "least": identity.PASSWORD_LEAST,
        "problem": "",
        "place": "",
    }
    return page("account/account.html", status, **(shown | context))


def item_names() -> dict[str, str]:
    """Return the names of all service items in the viewer's language."""
    return {one.code: one.name.get(viewer().locale) for one in forms.list_service_items()}


def _told(error: AssistantError) -> str:
    return viewer().t(error.code, **error.params)


@access(Access.SIGNED_IN)
def choose_enterprise() -> BaseResponse:
    """Keep for which enterprise the person acts."""
    chosen = request.form.get("enterprise_id", "")
    sessions.choose_enterprise(viewer().actor, current_session().id, chosen)
    return to(safe_next(request.form.get("next"), "/account"))


@access(Access.SIGNED_IN)
@limited(CODES)
def change_password() -> BaseResponse:
    """Take a new password; all other sessions end."""
    form = request.form
    try:
        if form.get("new", "") != form.get("again", ""):
            raise InvalidInput("core.password_differs")
        current = current_session()
        identity.change_password(viewer().actor, form.get("old", ""), form.get("new", ""), current.id)
    except (InvalidInput, TooMany) as error:
        return _account(error.http_status, problem=_told(error), place="password")
    return to("/account?done=password")


@access(Access.SIGNED_IN)
def end_own_session(session_id: str) -> BaseResponse:
    """End one of the person's sessions."""
    sessions.end_own(viewer().actor, session_id)
    return to("/account?done=session")


@access(Access.SIGNED_IN)
def end_others() -> BaseResponse:
    """End all the person's sessions but this one."""
    sessions.end_others(viewer().actor, current_session().id)
    return to("/account?done=sessions")


@access(Access.OWN_ACCOUNT)
def second_step_page() -> Response:
    """Show how the second step stands."""
    return _second_step()


def _second_step(status: int = 200, problem: str = "", codes: list[str] | None = None) -> Response:
    owner = current_session().owner
    enrolment = second_step.enrolment(owner) if owner.is_staff else None
    return page(
        "account/second_step.html",
        status,
        owner=owner,
        state=second_step.state_of(owner),
        enrolment=enrolment,
        picture=_picture(enrolment.uri) if enrolment else "",
        codes=codes or [],
        problem=problem,
    )


def _picture(uri: str) -> str:
    """Return the QR code as an image inside the page: the secret is in no address and no log."""
    return segno.make(uri, error="m").svg_data_uri(scale=5, border=4)


@access(Access.OWN_ACCOUNT)
def begin_second_step() -> BaseResponse:
    """Make a secret."""
    try:
        second_step.begin(current_session().owner)
    except Conflict as error:
        return _second_step(error.http_status, _told(error))
    return to("/account/second-step")


@access(Access.OWN_ACCOUNT)
@limited(CODES)
def confirm_second_step() -> Response:
    """Turn the second step on and show the recovery codes, this once."""
    try:
        codes = second_step.confirm(current_session().owner, request.form.get("code", ""))
    except (InvalidInput, TooMany) as error:
        return _second_step(error.http_status, _told(error))
    return _second_step(codes=codes)


@access(Access.SIGNED_IN)
@limited(CODES)
def renew_codes() -> Response:
    """Make new recovery codes and show them, this once."""
    try:
        codes = second_step.renew_codes(viewer().actor, request.form.get("code", ""))
    except (InvalidInput, TooMany) as error:
        return _second_step(error.http_status, _told(error))
    return _second_step(codes=codes)


@access(Access.SIGNED_IN)
@limited(CODES)
def end_second_step() -> BaseResponse:
    """End the second step, where it is not required."""
    try:
        second_step.turn_off(viewer().actor, request.form.get("code", ""))
    except (InvalidInput, TooMany, Conflict) as error:
        return _second_step(error.http_status, _told(error))
    return to("/account?done=second_step_off")


@access(Access.SIGNED_IN)
def unlink_platform() -> BaseResponse:
    """Take the links to the unified identity platform away."""
    oidc.unlink(viewer().actor)
    return to("/account?done=unlinked")


@access(Access.SIGNED_IN)
def agents() -> Response:
    """Show who acts for the enterprises that the person represents."""
    return _agents()


def _agents(status: int = 200, **context: Any) -> Response:
    actor, today = viewer().actor, clock.today()
    represented = authority.represented(actor)
    shown = {
        "enterprises": [one for one in forms.list_enterprises(actor) if one.id in represented],
        "people": {one: authority.of_enterprise(actor, one) for one in represented},
        "acts": list(Act),
        "items": {code: name for code, name in item_names().items()},
        "item_names": item_names(),
        "days": (today, today + timedelta(days=AGENT_DAYS), today + authority.LONGEST),
        "typed": request.form,
        "chosen_acts": request.form.getlist("acts"),
        "chosen_items": request.form.getlist("service_items"),
        "problems": {},
        "done": request.args.get("done", ""),
    }
    return page("account/agents.html", status, **(shown | context))


@access(Access.SIGNED_IN)
@limited(CODES)
def authorise() -> BaseResponse:
    """Authorise a person."""
    form = request.form
    given = authority.Grant(
        login=form.get("login", ""),
        acts=form.getlist("acts"),
        service_items=form.getlist("service_items"),
        valid_to=_day(form.get("valid_to", "")),
    )
    try:
        authority.authorise(viewer().actor, form.get("enterprise_id", ""), given, item_names())
    except InvalidInput as error:
        return _agents(error.http_status, problems=error.fields)
    return to("/account/agents?done=granted")


def _day(typed: str) -> date:
    """Return the day that was typed; one that no rule allows where it is none."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return date.min


@access(Access.SIGNED_IN)
def take_authority_back(authority_id: str) -> BaseResponse:
    """Take an authority back."""
    authority.end(viewer().actor, authority_id)
    return to("/account/agents?done=ended")
