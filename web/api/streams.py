"""WebSockets. Downlink only: a frame that a client sends closes the stream.

Before the upgrade: Origin, ticket and a free connection. After it: what comes after N, then whatever follows.
A stream ends after ``STREAM_LIFE_S`` so that rights are looked at anew, and with the session that asked for
it; clients reconnect with ``after``.

Conversation stream: each frame is a Message. Console stream: ``{"type": "queue"}`` at the start, for what
happened before it, and when the queue changed; with ``?case=ID&after=N`` the messages of one case instead,
``{"type": "message", "case_id", "message"}``.
"""

import json
import time
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import structlog
from flask import Blueprint, g, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed, Server

from bot.conversations import service as conversations
from bot.conversations.service import MessageView
from bot.handoff import service as handoff
from core.errors import AssistantError
from core.identity.service import actor_of
from core.identity.sessions import is_open
from core.realtime import Subscription, subscribe
from web.api.conversations import topic
from web.realtime.connections import hold_for_request
from web.realtime.feed import RECHECK_S, after_argument
from web.realtime.tickets import STAFF, spend_ticket
from web.security.access import Access, access
from web.security.sessions import check_origin

blueprint = Blueprint("api_streams", __name__, url_prefix="/api/v1")
sock = Sock()
log = structlog.get_logger(__name__)
STREAM_LIFE_S = 900
LOOK_S = 1.0
PAGE = 200
QUEUE = "queue:all"
GOING_AWAY, POLICY_VIOLATION, INTERNAL_ERROR = 1001, 1008, 1011


@blueprint.before_request
def admit() -> None:
    """Let a stream through before the upgrade; refusals are ordinary JSON errors."""
    check_origin()
    after_argument()
    conversation_id = (request.view_args or {}).get("conversation_id")
    subject = topic(conversation_id) if conversation_id else STAFF
    account_id, session_id = spend_ticket(request.args.get("ticket", ""), subject)
    if subject == STAFF and request.args.get("case"):
        handoff.conversation_of_case(actor_of(account_id), request.args["case"])
    g.stream_account_id, g.stream_session_id = account_id, session_id
    hold_for_request()


def _bounded(stream: Callable[..., None]) -> Callable[..., None]:
    """Close the stream on any error: after the upgrade nothing else may be written to the socket."""

    @wraps(stream)
    def run(ws: Server, **arguments: str) -> None:
        try:
            stream(ws, **arguments)
        except (ConnectionClosed, BrokenPipeError, ConnectionResetError):
            return  # the client has left
        except AssistantError as error:
            log.info("web.stream_ended", code=error.code)
            ws.close(POLICY_VIOLATION)
        except Exception as error:
            log.error("web.stream_failed", kind=type(error).__name__, exc_info=error)
            ws.close(INTERNAL_ERROR)

    return run


@sock.route("/conversations/<conversation_id>/stream", bp=blueprint)  # type: ignore[untyped-decorator]
@access(Access.TICKET)
@_bounded
def conversation_stream(ws: Server, conversation_id: str) -> None:
    """Send the conversation's messages after N as they come."""
    after, beat = after_argument(), handoff.Beat(conversation_id)
    with subscribe(topic(conversation_id)) as feed:
        for _ in _while_open(ws):
            beat()
            for message in _after(conversation_id, after):
                ws.send(_frame(message.to_json()))
                after = message.seq
            _wait(ws, feed)


@sock.route("/staff/stream", bp=blueprint)  # type: ignore[untyped-decorator]
@access(Access.TICKET)
@_bounded
def staff_stream(ws: Server) -> None:
    """Say that the queue changed, or send the messages of the case that is followed."""
    account_id: str = g.stream_account_id
    case_id = request.args.get("case", "")
    if case_id:
        _follow_case(ws, account_id, case_id, after_argument())
    else:
        _follow_queue(ws, account_id)


def _follow_queue(ws: Server, account_id: str) -> None:
    beat, is_new = handoff.Beat(account_id), True
    with subscribe(QUEUE) as feed:
        for _ in _while_open(ws):
            beat()
            if is_new:
                ws.send(_frame({"type": "queue"}))
            is_new = _wait(ws, feed)


def _follow_case(ws: Server, account_id: str, case_id: str, after: int) -> None:
    beat = handoff.Beat(account_id)
    conversation_id = handoff.conversation_of_case(actor_of(account_id), case_id)
    with subscribe(topic(conversation_id)) as feed:
        for _ in _while_open(ws):
            beat()
            handoff.conversation_of_case(actor_of(account_id), case_id)
            for message in _after(conversation_id, after):
                ws.send(_frame({"type": "message", "case_id": case_id, "message": message.to_json()}))
                after = message.seq
            _wait(ws, feed)


def _after(conversation_id: str, after: int) -> Iterator[MessageView]:
    """Yield every message after N, however many there are."""
    page = conversations.read_messages(conversation_id, after=after, limit=PAGE)
    yield from page
    if len(page) == PAGE:
        yield from _after(conversation_id, page[-1].seq)


def _while_open(ws: Server) -> Iterator[None]:
    deadline, session_id = time.monotonic() + STREAM_LIFE_S, g.stream_session_id
    while ws.connected and time.monotonic() < deadline and (not session_id or is_open(session_id)):
        if ws.receive(timeout=0) is not None:
            ws.close(POLICY_VIOLATION)
            return
        yield
    if ws.connected:
        ws.close(GOING_AWAY)


def _wait(ws: Server, feed: Subscription) -> bool:
    """Wait for a wake-up, at most ``RECHECK_S``; return whether one came.

    A client that left gives its place back within a second.
    """
    deadline = time.monotonic() + RECHECK_S
    while ws.connected and not ws.input_buffer and time.monotonic() < deadline:
        if feed.wait(LOOK_S):
            return True
    return False


def _frame(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False)
