"""Where a conversation that began on another device is taken up: a code is entered.

With JavaScript the browser's code redeems it and keeps the token itself; without, the chat's cookie does.
"""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from bot.conversations import service as conversations
from core.errors import NotAvailable
from web.pages.home import back_to_chat
from web.pages.viewer import page, viewer
from web.security.access import Access, access
from web.security.rate_limits import SIGN_IN, limited


def register(blueprint: Blueprint) -> None:
    """Add the pages."""
    blueprint.get("/continue")(continue_page)
    blueprint.post("/continue")(take_code)


@access(Access.PUBLIC)
def continue_page() -> Response:
    """Show the form."""
    return page("continue.html", problem="")


@access(Access.PUBLIC)
@limited(SIGN_IN)
def take_code() -> BaseResponse:
    """Redeem a code and go on in the chat."""
    try:
        opened = conversations.redeem_resume_code(request.form.get("code", "")[:20], viewer().actor)
    except NotAvailable as error:
        return page("continue.html", error.http_status, problem=viewer().t(error.code))
    return back_to_chat(opened.conversation_id, opened.token)
