"""Other systems, which call the API with a key: ``Authorization: Bearer yzk_…``.

1. ``@by_key(Scope.FILINGS)`` opens a route of the API to keys with that scope. A route without the mark
   cannot be reached by key, whatever its own access says.
2. ``admit`` authenticates, holds the request to the scope and to the key's own limit, and makes the system
   the request's actor; a session that comes along does not count.
3. A key in the address is refused: addresses are kept in logs and histories.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from flask import current_app, g, request

from core.errors import TooMany
from core.identity.keys import PREFIX, KeyHolder, Scope, authenticate, looks_like_a_key
from core.identity.sessions import CurrentSession
from core.settings import get_settings
from web.security.rate_limits import Limit, TokenBuckets
from web.security.refusals import Malformed, Refused
from web.security.sessions import bearer_token

View = TypeVar("View", bound=Callable[..., Any])
MARK = "yaozheng_scope"
IN_ADDRESS = frozenset({"api_key", "apikey", "access_token"})


def by_key(scope: Scope) -> Callable[[View], View]:
    """Open a view to keys with a scope."""

    def mark(view: View) -> View:
        setattr(view, MARK, scope)
        return view

    return mark


def scope_of(view: Callable[..., Any]) -> Scope | None:
    """Return the scope by which keys reach a view, or None."""
    found: Scope | None = getattr(view, MARK, None)
    return found


def is_by_key() -> bool:
    """Whether the request shows a key, valid or not."""
    return request.path.startswith("/api/") and looks_like_a_key(bearer_token())


def refuse_in_address() -> None:
    """Refuse a key in the query.

    Raises:
        Malformed: there is one.
    """
    named = IN_ADDRESS & {name.lower() for name in request.args}
    if named or any(value.startswith(PREFIX) for value in request.args.values()):
        raise Malformed("web.api.key_in_address")


def admit(view: Callable[..., Any]) -> None:
    """Let the holder of a key in.

    Raises:
        NotSignedIn: the key is not valid.
        Refused: no key reaches this route, or this key lacks the scope.
        TooMany: the key's limit is reached.
    """
    holder = authenticate(bearer_token())
    structlog.contextvars.bind_contextvars(api_key_id=holder.actor.account_id)
    _count(holder)
    scope = scope_of(view)
    if scope is None:
        raise Refused("web.api.key_not_here")
    if scope not in holder.scopes:
        raise Refused("web.api.key_scope_missing", scope=scope.value)
    g.identity = CurrentSession(holder.actor)


def _count(holder: KeyHolder) -> None:
    factor = get_settings().rate_limit_factor
    if factor <= 0:
        return
    buckets: TokenBuckets = current_app.extensions["yaozheng_buckets"]
    limit = Limit("api_key", holder.per_minute, holder.per_minute, "key")
    wait_s = buckets.take(limit, holder.actor.account_id, factor)
    if wait_s > 0:
        raise TooMany("web.api.too_many", retry_after_s=int(wait_s) + 1)
