"""Other systems and their keys: the administrator makes them, sees their last use, ends them."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from core import clock
from core.errors import InvalidInput
from core.identity import keys
from core.identity.keys import NewKey, Scope
from forms import service as forms
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access

LIFE_DAYS = 365
YEARS_ALLOWED = timedelta(days=keys.LONGEST_LIFE_DAYS)


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/staff/keys")(key_list)
    blueprint.post("/staff/keys")(make_key)
    blueprint.get("/staff/keys/<key_id>")(one_key)
    blueprint.post("/staff/keys/<key_id>/revocation")(revoke_key)
    blueprint.post("/staff/keys/<key_id>/authorities")(record_authority)
    blueprint.post("/staff/keys/<key_id>/authorities/<authority_id>/end")(end_authority)


@access(Access.ADMINISTRATOR)
def key_list() -> Response:
    """List the keys, with the form for a new one."""
    return _list()


def _list(status: int = 200, **context: Any) -> Response:
    today = clock.today()
    shown = {
        "keys": keys.list_keys(viewer().actor),
        "scopes": [scope.value for scope in Scope],
        "typed": request.form,
        "chosen": request.form.getlist("scopes"),
        "per_minute": keys.PER_MINUTE_DEFAULT,
        "per_minute_most": keys.PER_MINUTE_MOST,
        "name_most": keys.NAME_MOST,
        "days": (today, today + timedelta(days=LIFE_DAYS), today + YEARS_ALLOWED),
        "problems": {},
    }
    return page("keys/list.html", status, **(shown | context))


@access(Access.ADMINISTRATOR)
def make_key() -> Response:
    """Make a key and show it, this once."""
    form = request.form
    wanted = NewKey(
        form.get("name", ""),
        form.getlist("scopes"),
        _day(form.get("expires_on", "")),
        form.get("per_minute", 0, type=int),
    )
    try:
        issued = keys.create_key(viewer().actor, wanted)
    except InvalidInput as error:
        return _list(error.http_status, problems=error.fields)
    return page("keys/made.html", 201, issued=issued)


def _day(typed: str) -> date:
    """Return the day that was typed; one that no rule allows where it is none."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return date.min


@access(Access.ADMINISTRATOR)
def one_key(key_id: str) -> Response:
    """Show a key with the enterprises that gave it authority."""
    return _one(key_id)


def _one(key_id: str, status: int = 200, **context: Any) -> Response:
    actor, today = viewer().actor, clock.today()
    found = keys.get_key(actor, key_id)
    shown = {
        "key": found,
        "enterprises": forms.enterprises_with_ids(actor, [one.enterprise_id for one in found.authorities]),
        "typed": request.form,
        "days": (today, min(today + timedelta(days=LIFE_DAYS), found.expires_on), today + YEARS_ALLOWED),
        "basis_most": keys.BASIS_MOST,
        "problems": {},
    }
    return page("keys/one.html", status, **(shown | context))


@access(Access.ADMINISTRATOR)
def revoke_key(key_id: str) -> BaseResponse:
    """End a key."""
    keys.revoke_key(viewer().actor, key_id)
    return to(f"/staff/keys/{key_id}")


@access(Access.ADMINISTRATOR)
def record_authority(key_id: str) -> BaseResponse:
    """Record an enterprise's authority."""
    actor, form = viewer().actor, request.form
    try:
        enterprise = forms.enterprise_with_uscc(actor, form.get("uscc", ""))
        keys.grant_to_key(
            actor,
            key_id,
            enterprise_id=enterprise.id,
            basis=form.get("basis", ""),
            valid_to=_day(form.get("valid_to", "")),
        )
    except InvalidInput as error:
        return _one(key_id, error.http_status, problems=error.fields or {"uscc": error.code})
    return to(f"/staff/keys/{key_id}")


@access(Access.ADMINISTRATOR)
def end_authority(key_id: str, authority_id: str) -> BaseResponse:
    """End an enterprise's authority."""
    keys.end_authority(viewer().actor, key_id, authority_id)
    return to(f"/staff/keys/{key_id}")
