"""Conversations and their messages: an idempotent uplink, "read what comes after N" as downlink."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from bot.conversations import service as conversations
from bot.conversations.service import MessageView
from bot.handoff import service as handoff
from core.errors import NotAvailable
from core.identity import Role
from core.identity.keys import Scope
from i18n.service import normalise_locale
from knowledge_base import service as knowledge
from web.api import serialise
from web.api.body import read_body
from web.api.channel import current_channel
from web.locale import current_locale
from web.realtime.feed import after_argument, number_argument, read_or_wait
from web.realtime.tickets import issue_ticket
from web.security.access import Access, access, current_conversation
from web.security.keys import by_key
from web.security.rate_limits import (
    CHANNEL,
    CONVERSATIONS,
    MESSAGES,
    MESSAGES_OF_ADDRESS,
    MESSAGES_OF_PERSON,
    limited,
    spend,
)
from web.security.sessions import bearer_token, current_actor, current_session
from web.transcripts import all_messages, as_text

blueprint = Blueprint("api_conversations", __name__, url_prefix="/api/v1")
DEFAULT_REASON = "asked_for"
PAGE_BACK, MOST_BACK = 40, 200


def topic(conversation_id: str) -> str:
    """Return the wake-up topic of a conversation."""
    return f"conv:{conversation_id}"


def messages_json(found: Sequence[MessageView]) -> dict[str, Any]:
    """Return messages in their wire form."""
    return {"messages": [message.to_json() for message in found]}


def read_asked(conversation_id: str) -> dict[str, Any]:
    """Return the messages after the query's ``after``, waiting for them up to ``wait`` seconds.

    With ``before`` instead: the last ``limit`` messages before that number, without waiting.
    """
    if "before" in request.args:
        limit = int(number_argument("limit", MOST_BACK)) or PAGE_BACK
        before = int(number_argument("before", 2**53))
        return messages_json(conversations.read_back(conversation_id, before=before, limit=limit))
    after = after_argument()
    return messages_json(
        read_or_wait(
            topic(conversation_id), lambda: conversations.read_messages(conversation_id, after=after)
        )
    )


@blueprint.post("/conversations")
@access(Access.PUBLIC)
@by_key(Scope.ASK)
@limited(CONVERSATIONS)
def open_conversation() -> ResponseReturnValue:
    """Open a conversation; its token is told this once."""
    body = read_body("OpenConversation")
    locale = normalise_locale(body["locale"]) if body.get("locale") else current_locale()
    opened = conversations.open_conversation(
        channel=body.get("channel") or current_channel(),
        locale=locale,
        actor=current_actor(),
        enterprise_id=body.get("enterprise_id"),
    )
    return {"conversation_id": opened.conversation_id, "token": opened.token}, 201


@blueprint.get("/conversations")
@access(Access.SIGNED_IN)
def list_conversations() -> ResponseReturnValue:
    """The person's own conversations."""
    found = conversations.list_conversations(current_actor())
    return {"conversations": [conversation.to_json() for conversation in found]}


@blueprint.get("/conversations/<conversation_id>")
@access(Access.CONVERSATION)
@by_key(Scope.ASK)
def get_conversation(conversation_id: str) -> ResponseReturnValue:
    """A conversation without its messages, with its case where staff have it."""
    ticket = handoff.case_of_conversation(conversation_id)
    return {
        "conversation": current_conversation().to_json(),
        "handoff": serialise.to_json(ticket) if ticket else None,
        "known_phone": handoff.known_phone(current_actor().account_id),
    }


@blueprint.patch("/conversations/<conversation_id>")
@blueprint.post("/conversations/<conversation_id>", endpoint="change_by_post")
@access(Access.CONVERSATION)
def change_conversation(conversation_id: str) -> ResponseReturnValue:
    """Change the language or the enterprise; someone who has signed in since takes the conversation along.

    By POST as well: mini-programs know no PATCH.
    """
    body, actor = read_body("ChangeConversation"), current_actor()
    if actor.account_id and not current_conversation().account_id:
        conversations.attach_account(conversation_id, actor)
    if "locale" in body:
        conversations.set_locale(conversation_id, normalise_locale(body["locale"]))
    if "enterprise_id" in body:
        conversations.set_enterprise(conversation_id, actor, body["enterprise_id"])
    changed = conversations.authorise(conversation_id, token=bearer_token(), actor=actor)
    return {"conversation": changed.to_json()}


@blueprint.post("/conversations/<conversation_id>/messages")
@access(Access.CONVERSATION)
@by_key(Scope.ASK)
@limited(MESSAGES, MESSAGES_OF_PERSON, MESSAGES_OF_ADDRESS)
def post_message(conversation_id: str) -> ResponseReturnValue:
    """Take a message or a button; sending it again returns the first result."""
    spend(CHANNEL, current_conversation().channel)
    body = read_body("PostMessage")
    found = conversations.post_message(
        conversation_id,
        client_message_id=body["client_message_id"],
        text=body.get("text"),
        payload_id=body.get("payload_id"),
        actor=current_actor(),
    )
    return messages_json(found)


@blueprint.get("/conversations/<conversation_id>/messages")
@access(Access.CONVERSATION)
@by_key(Scope.ASK)
def read_messages(conversation_id: str) -> ResponseReturnValue:
    """The messages after N, or the last ones before N."""
    if request.args.get("wait"):
        handoff.seen(conversation_id)
    return read_asked(conversation_id)


@blueprint.get("/conversations/<conversation_id>/transcript")
@access(Access.CONVERSATION)
@by_key(Scope.ASK)
def transcript(conversation_id: str) -> ResponseReturnValue:
    """The whole conversation as plain text, to keep."""
    locale = current_conversation().locale
    response = Response(as_text(all_messages(conversation_id), locale), mimetype="text/plain")
    response.headers.set("Content-Disposition", "attachment", filename="conversation.txt")
    return response


@blueprint.post("/conversations/<conversation_id>/tickets")
@access(Access.CONVERSATION)
def ticket(conversation_id: str) -> ResponseReturnValue:
    """A one-time ticket for the conversation's stream."""
    session_id = current_session().id
    return {"ticket": issue_ticket(topic(conversation_id), current_actor().account_id, session_id)}, 201


@blueprint.post("/conversations/<conversation_id>/handoff")
@access(Access.CONVERSATION)
@by_key(Scope.ASK)
def request_handoff(conversation_id: str) -> ResponseReturnValue:
    """Ask for a member of staff; works whether or not the assistant does."""
    reason = read_body("Handoff").get("reason", DEFAULT_REASON)
    return {"handoff": serialise.to_json(handoff.request_handoff(conversation_id, reason))}


@blueprint.delete("/conversations/<conversation_id>/handoff")
@access(Access.CONVERSATION)
@by_key(Scope.ASK)
def leave_queue(conversation_id: str) -> ResponseReturnValue:
    """Stop waiting for staff."""
    handoff.leave_queue(conversation_id)
    return {}


@blueprint.post("/conversations/<conversation_id>/callback")
@access(Access.CONVERSATION)
@limited(MESSAGES)
def ask_callback(conversation_id: str) -> ResponseReturnValue:
    """Ask to be called."""
    body = read_body("AskCallback")
    found = handoff.ask_callback(
        conversation_id, current_actor(), phone=body.get("phone", ""), slot=body.get("slot", "any")
    )
    return {"handoff": serialise.to_json(found)}


@blueprint.post("/conversations/<conversation_id>/rating")
@access(Access.CONVERSATION)
def rate(conversation_id: str) -> ResponseReturnValue:
    """Rate the service received, five levels."""
    body = read_body("Rating")
    handoff.rate(conversation_id, level=body["level"], comment=body.get("comment", ""))
    return {}


@blueprint.get("/conversations/<conversation_id>/messages/<int:seq>/reasons")
@access(Access.CONVERSATION)
@by_key(Scope.ASK)
def reasons(conversation_id: str, seq: int) -> ResponseReturnValue:
    """Why an answer is as it is: sources, how sure, who looked at it, its receipt code."""
    return handoff.find_reasons(conversation_id, seq, current_locale()).to_json()


@blueprint.post("/conversations/<conversation_id>/messages/<int:seq>/feedback")
@access(Access.CONVERSATION)
@by_key(Scope.ASK)
def feedback(conversation_id: str, seq: int) -> ResponseReturnValue:
    """Say whether an answer was of use; it is bound to the answer's trace."""
    body = read_body("Feedback")
    found = conversations.read_messages(conversation_id, after=seq - 1, limit=1)
    trace_id = (found[0].answer or {}).get("trace_id") if found and found[0].seq == seq else None
    if not trace_id:
        raise NotAvailable
    actor = current_actor()
    is_person = bool(actor.account_id) and actor.role is not Role.SYSTEM
    knowledge.record_feedback(
        trace_id,
        useful=body["useful"],
        reason=body.get("reason", ""),
        account_id=actor.account_id if is_person else conversation_id,
        conversation_id=conversation_id,
    )
    return {}
