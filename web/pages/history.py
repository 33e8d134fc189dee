"""A person's own conversations: listed, searched, read, kept as text, taken up again."""

from typing import Any

from flask import Blueprint, Response, request

from bot.conversations import service as conversations
from web.pages.viewer import page, viewer
from web.security.access import Access, access
from web.transcripts import all_messages, as_text

LAST_PAGE = 100_000
SHOWN, HIGHEST = 100, 2**31


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
    """Show the end of a conversation, or what stands before the message that is named; it prints well.

    ``at`` names a message that is to stand in the midst of what is shown.
    """
    shown = conversations.authorise(conversation_id, actor=viewer().actor)
    end = shown.last_seq + 1
    before = number("before") or (number("at") and number("at") + SHOWN // 2) or end
    return page(
        "conversation.html",
        conversation=shown,
        **part_before(conversation_id, min(before, end)),
        last=shown.last_seq,
    )


def number(name: str) -> int:
    """Return a whole number of the query, 0 where it is none."""
    raw = request.args.get(name, "")
    return min(int(raw), HIGHEST) if raw.isascii() and raw.isdecimal() else 0


def part_before(conversation_id: str, before: int) -> dict[str, Any]:
    """Return what a page shows of a conversation: its messages, and where the parts beside it end."""
    found = conversations.read_back(conversation_id, before=before, limit=SHOWN)
    return {
        "messages": [message.to_json() for message in found],
        "earlier": found[0].seq if found and found[0].seq > 1 else 0,
        "later": before + SHOWN if found else 0,
        "before": before,
    }


@access(Access.SIGNED_IN)
def download(conversation_id: str) -> Response:
    """Hand out a conversation as plain text."""
    conversations.authorise(conversation_id, actor=viewer().actor)
    text = as_text(all_messages(conversation_id), viewer().locale)
    response = Response(text, mimetype="text/plain")
    response.headers.set("Content-Disposition", "attachment", filename="conversation.txt")
    return response
