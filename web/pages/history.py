"""A person's own conversations: listed, searched, read, kept as text, taken up again."""

from flask import Blueprint, Response, request

from bot.conversations import service as conversations
from web.pages.viewer import page, viewer
from web.security.access import Access, access
from web.transcripts import all_messages, as_text

LAST_PAGE = 100_000


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/conversations")(history)
    blueprint.get("/conversations/<conversation_id>")(conversation)
    blueprint.get("/conversations/<conversation_id>/transcript.txt")(download)


@access(Access.SIGNED_IN)
def history() -> Response:
    """List the person's conversations, or those that hold what is looked for."""
    text, number = request.args.get("q", ""), request.args.get("page", "1")
    at = min(int(number), LAST_PAGE) if number.isdecimal() and int(number) else 1
    found = conversations.list_history(viewer().actor, text=text, page=at)
    size = conversations.HISTORY_PAGE
    return page("history.html", found=found[:size], has_more=len(found) > size, text=text, page_no=at)


@access(Access.SIGNED_IN)
def conversation(conversation_id: str) -> Response:
    """Show a whole conversation; it prints well."""
    shown = conversations.authorise(conversation_id, actor=viewer().actor)
    messages = [message.to_json() for message in all_messages(conversation_id)]
    return page("conversation.html", conversation=shown, messages=messages)


@access(Access.SIGNED_IN)
def download(conversation_id: str) -> Response:
    """Hand out a conversation as plain text."""
    conversations.authorise(conversation_id, actor=viewer().actor)
    text = as_text(all_messages(conversation_id), viewer().locale)
    response = Response(text, mimetype="text/plain")
    response.headers.set("Content-Disposition", "attachment", filename="conversation.txt")
    return response
