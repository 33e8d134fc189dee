"""The console of officers: the queue, and one case on one screen.

Every action is a form that works without JavaScript; the scripts add what is live (queue, transcript) and
send replies without leaving the page.
"""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from bot.handoff import service as handoff
from core.errors import Conflict, InvalidInput
from core.identity import Actor
from forms import service as forms
from web.api.staff import case_filter
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access
from web.tables import to_csv

STATES = ("open", "queued", "claimed", "closed")
FILTERS = ("q", "reason", "domain", "channel", "mine", "late")
DOMAINS = ("drug", "device", "cosmetic")
CHANNELS = ("web", "widget", "miniprogram", "api")
EXPORTED = 10_000
COLUMNS = (
    "case_no",
    "reason_label",
    "state",
    "province",
    "domain",
    "channel",
    "enterprise_name",
    "unanswered",
    "officer_name",
    "opened_at",
    "queued_at",
)


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/staff")(queue)
    blueprint.get("/staff/queue")(queue_alone)
    blueprint.get("/staff/cases.csv")(export)
    blueprint.get("/staff/cases/<case_id>")(case_page)
    for name in ACTIONS:
        blueprint.add_url_rule(
            f"/staff/cases/<case_id>/{name}", f"staff_{name}", _route(name), methods=["POST"]
        )


def _cases() -> dict[str, Any]:
    who = viewer()
    state = request.args.get("state", "open")
    state = state if state in STATES else "open"
    wanted = case_filter(request.args)
    found = handoff.list_cases(who.actor, state=_stored(state), locale=who.locale, wanted=wanted)
    kept = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    return {
        "cases": found[: handoff.PAGE_SIZE],
        "has_more": len(found) > handoff.PAGE_SIZE,
        "state": state,
        "states": STATES,
        "wanted": wanted,
        "kept": kept,
        "reasons": sorted(handoff.REASONS),
        "domains": DOMAINS,
        "channels": CHANNELS,
    }


def _stored(state: str) -> str | None:
    return None if state == "open" else state


@access(Access.CASE_HANDLER)
def queue() -> Response:
    """Show the queue."""
    actor = viewer().actor
    return page(
        "staff/queue.html",
        held_count=len(handoff.list_held(actor)),
        is_away=handoff.is_away(actor.account_id),
        **_cases(),
    )


@access(Access.CASE_HANDLER)
def queue_alone() -> Response:
    """Show the list alone, for the script that keeps it fresh."""
    handoff.seen(viewer().actor.account_id)
    return page("staff/queue_list.html", **_cases())


@access(Access.CASE_HANDLER)
def export() -> Response:
    """Hand the cases that are looked for out as a table, at most ten thousand."""
    who = viewer()
    state = request.args.get("state", "open")
    wanted = replace(case_filter(request.args), page=1)
    found = handoff.list_cases(
        who.actor,
        state=_stored(state) if state in STATES else None,
        locale=who.locale,
        wanted=wanted,
        most=EXPORTED,
    )
    rows = [[getattr(one, name) for name in COLUMNS] for one in found]
    text = to_csv([who.t(f"web.page.staff.column.{name}") for name in COLUMNS], rows)
    response = Response(text, mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename="cases.csv")
    return response


@access(Access.CASE_HANDLER)
def case_page(case_id: str) -> Response:
    """Show one case."""
    return _case(case_id)


def _case(case_id: str, *, status: int = 200, problem: str = "", draft: str = "") -> Response:
    who = viewer()
    case = handoff.get_case(who.actor, case_id, locale=who.locale)
    return page(
        "staff/case.html",
        status,
        case=case,
        line=case.summary,
        transcript=[message.to_json() for message in case.transcript],
        officers=_others(case),
        provinces=forms.province_names(who.locale),
        proposable=_proposable(case),
        canned=handoff.list_canned(who.actor, locale=case.summary.locale, domain=case.summary.domain),
        typed=request.form,
        problem=problem,
        draft=draft,
        message_key=secrets.token_urlsafe(16),
    )


def _proposable(case: handoff.CaseView) -> list[forms.FieldView]:
    """Return the fields of the watched draft for which a value can be put forward."""
    if case.watched is None:
        return []
    form = forms.get_service_item(case.watched.item_code).form
    may = {field.key for field in form.fields if forms.may_be_proposed(field)} if form else set()
    return [field for field in case.watched.fields if field.key in may]


def _others(case: handoff.CaseView) -> list[handoff.OfficerView]:
    """Return the colleagues who may take the case; none where it may not be transferred."""
    if "transfer" not in case.actions:
        return []
    found = handoff.list_officers(viewer().actor)
    line = case.summary
    return [
        one
        for one in found
        if one.account_id != line.officer_id
        and one.province in ("", line.province)
        and (not line.domain or not one.competences or line.domain in one.competences)
    ]


def _claim(actor: Actor, case_id: str) -> None:
    handoff.claim_case(actor, case_id)


def _release(actor: Actor, case_id: str) -> None:
    handoff.release_case(actor, case_id)


def _reply(actor: Actor, case_id: str) -> None:
    key = request.form.get("message_key") or secrets.token_urlsafe(16)
    handoff.reply(actor, case_id, client_message_id=key, text=request.form.get("text", ""))


def _note(actor: Actor, case_id: str) -> None:
    handoff.add_note(actor, case_id, request.form.get("text", ""))


def _transfer(actor: Actor, case_id: str) -> None:
    kind, _, target = request.form.get("target", "").partition(":")
    handoff.transfer_case(
        actor,
        case_id,
        to_account_id=target if kind == "officer" else None,
        to_province=target if kind == "province" else None,
        note=request.form.get("note", ""),
    )


def _close(actor: Actor, case_id: str) -> None:
    handoff.close_case(actor, case_id, resolution=request.form.get("resolution", ""))


def _assist(actor: Actor, case_id: str) -> None:
    handoff.request_assistance(actor, case_id)


def _propose(actor: Actor, case_id: str) -> None:
    found = handoff.propose_value(
        actor,
        case_id,
        request.form.get("key", ""),
        request.form.get("value", ""),
        note=request.form.get("note", ""),
        locale=viewer().locale,
    )
    if isinstance(found, forms.Rejected):
        raise InvalidInput(found.code, **found.params)


def _call(actor: Actor, case_id: str) -> None:
    handoff.log_call(
        actor,
        case_id,
        was_reached=request.form.get("was_reached") == "yes",
        note=request.form.get("text", ""),
    )


def _stop_assisting(actor: Actor, case_id: str) -> None:
    handoff.stop_assisting(actor, case_id)


ACTIONS: dict[str, Callable[[Actor, str], None]] = {
    "claim": _claim,
    "reply": _reply,
    "note": _note,
    "transfer": _transfer,
    "release": _release,
    "close": _close,
    "call": _call,
    "assist": _assist,
    "propose": _propose,
    "stop_assisting": _stop_assisting,
}
LEAVES_CASE = frozenset({"transfer", "release"})


def _route(name: str) -> Callable[[str], BaseResponse]:
    @access(Access.CASE_HANDLER)
    def act(case_id: str) -> BaseResponse:
        try:
            ACTIONS[name](viewer().actor, case_id)
        except (InvalidInput, Conflict) as error:
            problem = viewer().t(error.code, **error.params)
            draft = request.form.get("text", "")
            return _case(case_id, status=error.http_status, problem=problem, draft=draft)
        return to("/staff" if name in LEAVES_CASE else f"/staff/cases/{case_id}")

    return act
