"""The replies that officers use often: supervisors keep them, every officer sees them."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from bot.handoff import service as handoff
from core.errors import InvalidInput
from i18n.service import locales
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access

DOMAINS = ("", "drug", "device", "cosmetic")


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/staff/replies")(replies)
    blueprint.post("/staff/replies")(save)
    blueprint.post("/staff/replies/<reply_id>/deletion")(delete)


@access(Access.CASE_HANDLER)
def replies() -> Response:
    """List the replies; a supervisor gets the form, filled where ``edit`` names one."""
    return _page()


def _page(status: int = 200, problem: str = "") -> Response:
    who = viewer()
    found = handoff.list_canned(who.actor)
    wanted = request.args.get("edit", "") or request.form.get("id", "")
    edited = next((one for one in found if one.id == wanted), None)
    return page(
        "staff/replies.html",
        status,
        replies=found,
        edited=edited,
        typed=request.form,
        locales=locales(),
        domains=DOMAINS,
        may_edit=who.actor.role.value == "supervisor",
        problem=problem,
    )


@access(Access.CASE_HANDLER)
def save() -> BaseResponse:
    """Keep a reply."""
    who = viewer()
    try:
        handoff.save_canned(
            who.actor,
            locale=request.form.get("locale", ""),
            domain=request.form.get("domain", ""),
            title=request.form.get("title", ""),
            text=request.form.get("text", ""),
            reply_id=request.form.get("id", ""),
        )
    except InvalidInput as error:
        return _page(error.http_status, who.t(error.code, **error.params))
    return to("/staff/replies")


@access(Access.CASE_HANDLER)
def delete(reply_id: str) -> BaseResponse:
    """Remove a reply."""
    handoff.delete_canned(viewer().actor, reply_id)
    return to("/staff/replies")
