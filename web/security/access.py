"""Every route says who may call it; a route of the API that says nothing is refused.

``@access(Access.SIGNED_IN)`` marks a view; ``enforce`` holds every request to the mark. Which of their things
a person may see is decided by the services, which get the actor. Other systems come with a key and reach only
what ``web.security.keys`` opens to them.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import current_app, g, request

from bot.conversations import service as conversations
from bot.conversations.service import ConversationView
from bot.insights.service import READERS
from core import clock
from core.errors import InvariantBroken, NotAvailable, NotSignedIn
from core.identity import Actor, Role
from core.model_register.states import READERS as REGISTER_READERS
from core.settings import get_settings
from forms import service as forms
from knowledge_base.curation.states import EDITORS, PROPOSERS
from knowledge_base.improvement.causes import IMPROVERS
from web.security.keys import admit, is_by_key, refuse_in_address
from web.security.refusals import SecondStepMissing
from web.security.sessions import (
    bearer_token,
    check_csrf,
    check_origin,
    current_actor,
    current_session,
)

View = TypeVar("View", bound=Callable[..., Any])
MARK = "yaozheng_access"


class Access(StrEnum):
    """Who may call a route."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    OWN_ACCOUNT = "own_account"
    CASE_HANDLER = "case_handler"
    CURATOR = "curator"
    EDITOR = "editor"
    IMPROVER = "improver"
    FIGURES = "figures"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    REGISTER = "register"
    CONVERSATION = "conversation"
    TICKET = "ticket"
    SIGNATURE = "signature"
    KEY = "key"


def access(kind: Access, *, without_csrf: bool = False) -> Callable[[View], View]:
    """Mark a view; ``without_csrf`` is for signing in alone, where there is no session yet."""

    def mark(view: View) -> View:
        setattr(view, MARK, (kind, without_csrf))
        return view

    return mark


def mark_of(view: Callable[..., Any]) -> tuple[Access, bool] | None:
    """Return a view's mark, or None."""
    found: tuple[Access, bool] | None = getattr(view, MARK, None)
    return found


def enforce() -> None:
    """Hold the request to its route's mark, before any handler runs."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return
    mark = mark_of(view)
    if mark is None and request.path.startswith("/api/"):
        raise InvariantBroken("core.internal_error", request_id=g.request_id)
    if request.path.startswith("/api/"):
        refuse_in_address()
    if is_by_key():
        admit(view)
    kind, without_csrf = mark or (Access.PUBLIC, False)
    if request.method not in ("GET", "HEAD") and kind is not Access.SIGNATURE:
        check_origin()
    if not without_csrf and kind is not Access.SIGNATURE:
        check_csrf()
    _CHECKS[kind]()


def _anyone() -> None:
    return


def _signed_in() -> None:
    if current_session().is_pending:
        raise SecondStepMissing
    if current_actor().role is Role.ANONYMOUS:
        raise NotSignedIn


def _own_account() -> None:
    """Let in whoever has a session, also one that waits for its second step to be set up."""
    if current_session().owner.role is Role.ANONYMOUS:
        raise NotSignedIn


def _case_handler() -> None:
    _signed_in()
    if not current_actor().handles_cases:
        raise NotAvailable


def _curator() -> None:
    _signed_in()
    if current_actor().role not in PROPOSERS:
        raise NotAvailable


def _editor() -> None:
    _signed_in()
    if current_actor().role not in EDITORS:
        raise NotAvailable


def _improver() -> None:
    _signed_in()
    if current_actor().role not in IMPROVERS:
        raise NotAvailable


def _figures() -> None:
    _signed_in()
    if current_actor().role not in READERS:
        raise NotAvailable


def _administrator() -> None:
    _signed_in()
    if current_actor().role is not Role.ADMINISTRATOR:
        raise NotAvailable


def _auditor() -> None:
    _signed_in()
    if current_actor().role is not Role.AUDITOR:
        raise NotAvailable


def _register() -> None:
    _signed_in()
    if current_actor().role not in REGISTER_READERS:
        raise NotAvailable


def _conversation() -> None:
    conversation_id = (request.view_args or {})["conversation_id"]
    g.conversation = conversations.authorise(conversation_id, token=bearer_token(), actor=current_actor())


def _key() -> None:
    if current_actor().role is not Role.SYSTEM:
        raise NotSignedIn("core.key_invalid")


def _signature() -> None:
    """Hold a message of the processing system to its signature; no session counts here."""
    header = request.headers.get(forms.SIGNATURE_HEADER, "")
    body = request.get_data(cache=True)
    forms.verify_signature(get_settings().backoffice_secret, body, header, int(clock.now().timestamp()))


_CHECKS: dict[Access, Callable[[], None]] = {
    Access.PUBLIC: _anyone,
    Access.SIGNED_IN: _signed_in,
    Access.OWN_ACCOUNT: _own_account,
    Access.CASE_HANDLER: _case_handler,
    Access.CURATOR: _curator,
    Access.EDITOR: _editor,
    Access.IMPROVER: _improver,
    Access.FIGURES: _figures,
    Access.ADMINISTRATOR: _administrator,
    Access.AUDITOR: _auditor,
    Access.REGISTER: _register,
    Access.CONVERSATION: _conversation,
    Access.TICKET: _anyone,
    Access.SIGNATURE: _signature,
    Access.KEY: _key,
}


def current_conversation() -> ConversationView:
    """Return the conversation that the request was authorised for."""
    found: ConversationView = g.conversation
    return found


def require(kind: Access) -> Actor:
    """Hold the request to ``kind`` from inside a page's view; return the actor."""
    _CHECKS[kind]()
    return current_actor()
