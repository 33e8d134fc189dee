"""Why this answer: a page for whoever reads without scripts, and for the history of conversations."""

from flask import Blueprint, Response

from bot.conversations import service as conversations
from bot.handoff import service as handoff
from core.errors import NotAvailable
from web.pages.home import cookie_conversation
from web.pages.viewer import page, viewer
from web.security.access import Access, access


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/chat/reasons/<int:seq>")(chat_reasons)
    blueprint.get("/conversations/<conversation_id>/reasons/<int:seq>")(history_reasons)


@access(Access.PUBLIC)
def chat_reasons(seq: int) -> Response:
    """Tell why an answer of the conversation in the cookie is as it is."""
    found = cookie_conversation()
    if found is None:
        raise NotAvailable
    return _page(found[0], seq, f"/#m-{seq}")


@access(Access.SIGNED_IN)
def history_reasons(conversation_id: str, seq: int) -> Response:
    """Tell why an answer of one's own conversation is as it is."""
    conversations.authorise(conversation_id, actor=viewer().actor)
    return _page(conversation_id, seq, f"/conversations/{conversation_id}?at={seq}#m-{seq}")


def _page(conversation_id: str, seq: int, back: str) -> Response:
    found = handoff.find_reasons(conversation_id, seq, viewer().locale)
    return page("reasons.html", found=found, back=back)
