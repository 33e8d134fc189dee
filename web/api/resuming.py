"""Going on with a conversation on another device."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from bot.conversations import service as conversations
from core import clock
from core.settings import get_settings
from web.api.body import read_body
from web.security.access import Access, access
from web.security.rate_limits import SIGN_IN, limited
from web.security.sessions import current_actor

blueprint = Blueprint("api_resuming", __name__, url_prefix="/api/v1")


@blueprint.post("/conversations/<conversation_id>/resume-codes")
@access(Access.CONVERSATION)
@limited(SIGN_IN)
def issue(conversation_id: str) -> ResponseReturnValue:
    """A short code for another device, and where to enter it."""
    issued = conversations.issue_resume_code(conversation_id, current_actor())
    page = f"{get_settings().public_url.rstrip('/')}/continue"
    return {
        "code": issued.code,
        "page": page,
        "url": f"{page}#{issued.code}",
        "expires_at": clock.isoformat(issued.expires_at),
    }, 201


@blueprint.post("/resumptions")
@access(Access.PUBLIC)
@limited(SIGN_IN)
def redeem() -> ResponseReturnValue:
    """Use a code up; the conversation's token for this device is told this once."""
    opened = conversations.redeem_resume_code(read_body("Resume")["code"], current_actor())
    return {"conversation_id": opened.conversation_id, "token": opened.token}, 201
