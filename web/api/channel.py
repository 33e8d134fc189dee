"""By which channel a request came."""

from flask import request

from web.security.keys import is_by_key
from web.security.sessions import SESSION_HEADER


def current_channel() -> str:
    """Return ``api`` for a system with a key, ``miniprogram`` for a session in a header, else ``web``."""
    if is_by_key():
        return "api"
    return "miniprogram" if SESSION_HEADER in request.headers else "web"
