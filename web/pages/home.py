"""The chat, and what the person has under way beside it. Without JavaScript the chat is a form and a page.

The browser's code keeps a conversation's token itself; the page without it keeps both in a cookie of its own,
which scripts cannot read.
"""

import secrets
from collections.abc import Callable

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from bot.conversations import service as conversations
from bot.handoff import service as handoff
from core.errors import Conflict, InvalidInput, NotAvailable
from core.settings import get_settings
from forms import service as forms
from web.pages.history import HIGHEST, number, part_before
from web.pages.viewer import page, texts, to, viewer
from web.security.access import Access, access
from web.security.rate_limits import (
    CHANNEL,
    MESSAGES,
    MESSAGES_OF_ADDRESS,
    MESSAGES_OF_PERSON,
    limited,
    spend,
)
from web.security.sessions import current_session

CONVERSATION_COOKIE = "yaozheng_conversation"
CONVERSATION_LIFE_S = 12 * 3600
MOST_BESIDE = 6


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/")(home)
    blueprint.post("/chat")(take_message)
    blueprint.post("/chat/handoff")(take_handoff)
    blueprint.post("/chat/leave")(take_leave)
    blueprint.post("/chat/callback")(take_callback)
    blueprint.post("/chat/rating")(take_rating)


@access(Access.PUBLIC)
def home() -> Response:
    """Show the chat."""
    return _home()


def _home(*, status: int = 200, problem: str = "", draft: str = "") -> Response:
    who = viewer()
    found = cookie_conversation()
    before = number("before") or HIGHEST
    part = part_before(found[0], before) if found else {"messages": [], "earlier": 0}
    filings = forms.list_filings(who.actor, who.locale)
    return page(
        "home.html",
        status,
        messages=part["messages"],
        earlier=part["earlier"],
        is_back=before < HIGHEST,
        waiting=handoff.case_of_conversation(found[0]) if found else None,
        known_phone=handoff.known_phone(who.actor.account_id),
        slots=handoff.CALLBACK_SLOTS,
        problem=problem,
        draft=draft,
        starters=texts("web.page.starter."),
        enterprises=forms.list_enterprises(who.actor),
        filings=filings[:MOST_BESIDE],
        filings_total=len(filings),
        service_items=forms.list_service_items(),
        message_key=secrets.token_urlsafe(16),
    )


def cookie_conversation() -> tuple[str, str] | None:
    """Return the id and token in the cookie, if they still are this person's."""
    conversation_id, _, token = request.cookies.get(CONVERSATION_COOKIE, "").partition(":")
    if not token:
        return None
    try:
        conversations.authorise(conversation_id, token=token, actor=viewer().actor)
    except NotAvailable:
        return None
    return conversation_id, token


def _opened() -> tuple[str, str]:
    found = cookie_conversation()
    if found:
        return found
    who = viewer()
    made = conversations.open_conversation(
        channel="web",
        locale=who.locale,
        actor=who.actor,
        enterprise_id=current_session().enterprise_id or None,
    )
    return made.conversation_id, made.token


def back_to_chat(conversation_id: str, token: str) -> BaseResponse:
    """Show the chat with a conversation, which its cookie keeps for a browser without JavaScript."""
    response = to("/#latest")
    response.set_cookie(
        CONVERSATION_COOKIE,
        f"{conversation_id}:{token}",
        max_age=CONVERSATION_LIFE_S,
        httponly=True,
        samesite="Lax",
        secure=get_settings().cookie_secure,
    )
    return response


@access(Access.PUBLIC)
@limited(MESSAGES, MESSAGES_OF_PERSON, MESSAGES_OF_ADDRESS)
def take_message() -> BaseResponse:
    """Send what was typed or the button that was pressed, then show the answer."""
    spend(CHANNEL, "web")
    found = _opened()
    payload_id, text = request.form.get("payload_id"), request.form.get("text", "")
    try:
        conversations.post_message(
            found[0],
            client_message_id=request.form.get("message_key") or secrets.token_urlsafe(16),
            text=None if payload_id else text,
            payload_id=payload_id,
            actor=viewer().actor,
        )
    except InvalidInput as error:
        problem = viewer().t(error.code, **error.params)
        return _home(status=error.http_status, problem=problem, draft=text)
    return back_to_chat(*found)


@access(Access.PUBLIC)
@limited(MESSAGES)
def take_handoff() -> BaseResponse:
    """Ask for a member of staff; this works without Rasa."""
    found = _opened()
    handoff.request_handoff(found[0], "asked_for")
    return back_to_chat(*found)


@access(Access.PUBLIC)
@limited(MESSAGES)
def take_leave() -> BaseResponse:
    """Stop waiting for staff."""
    return _while_waiting(lambda found: handoff.leave_queue(found[0]))


@access(Access.PUBLIC)
@limited(MESSAGES)
def take_callback() -> BaseResponse:
    """Ask to be called instead of waiting."""
    phone, slot = request.form.get("phone", ""), request.form.get("slot", "any")
    actor = viewer().actor
    return _while_waiting(lambda found: handoff.ask_callback(found[0], actor, phone=phone, slot=slot))


def _while_waiting(act: Callable[[tuple[str, str]], object]) -> BaseResponse:
    found = cookie_conversation()
    if found is None:
        raise NotAvailable
    try:
        act(found)
    except (InvalidInput, Conflict) as error:
        return _home(status=error.http_status, problem=viewer().t(error.code, **error.params))
    return back_to_chat(*found)


@access(Access.PUBLIC)
@limited(MESSAGES)
def take_rating() -> BaseResponse:
    """Take the rating of a closed case."""
    found = cookie_conversation()
    if found is None:
        raise NotAvailable
    level = request.form.get("level", "")
    try:
        handoff.rate(
            found[0], level=int(level) if level.isdecimal() else 0, comment=request.form.get("comment", "")
        )
    except (InvalidInput, Conflict) as error:
        return _home(status=error.http_status, problem=viewer().t(error.code, **error.params))
    return back_to_chat(*found)
