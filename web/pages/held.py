"""Answers that wait for an officer, and the topics that make them wait."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from bot.handoff import service as handoff
from core.errors import Conflict, InvalidInput
from web.pages.viewer import page, to, viewer
from web.security.access import Access, access

PATH = "/staff/held"


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get(PATH)(held_answers)
    blueprint.post("/staff/held/<held_id>")(decide)
    blueprint.post("/staff/held-topics")(save_topic)
    blueprint.post("/staff/held-topics/<topic_id>/deletion")(delete_topic)


@access(Access.CASE_HANDLER)
def held_answers() -> Response:
    """Show what waits, the oldest first."""
    return _page()


def _page(status: int = 200, problem: str = "", held_id: str = "") -> Response:
    who = viewer()
    return page(
        "staff/held.html",
        status,
        held=handoff.list_held(who.actor),
        topics=handoff.list_topics(who.actor),
        may_edit=who.actor.role.value == "supervisor",
        problem=problem,
        held_id=held_id,
        typed=request.form,
    )


@access(Access.CASE_HANDLER)
def decide(held_id: str) -> BaseResponse:
    """Send the answer as it stands in the form, or open a case."""
    who = viewer()
    try:
        if request.form.get("answer") == "decline":
            handoff.decline_held(who.actor, held_id)
        else:
            handoff.send_held(who.actor, held_id, request.form.get("text", ""))
    except (Conflict, InvalidInput) as error:
        return _page(error.http_status, who.t(error.code, **error.params), held_id)
    return to(PATH)


@access(Access.CASE_HANDLER)
def save_topic() -> BaseResponse:
    """Keep a topic."""
    who, name = viewer(), request.form.get("name", "")
    try:
        handoff.save_topic(who.actor, name=name, words=request.form.get("words", ""))
    except InvalidInput as error:
        return _page(error.http_status, who.t(error.code, **error.params))
    return to(PATH)


@access(Access.CASE_HANDLER)
def delete_topic(topic_id: str) -> BaseResponse:
    """Remove a topic."""
    handoff.delete_topic(viewer().actor, topic_id)
    return to(PATH)
