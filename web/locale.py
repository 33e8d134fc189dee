"""The one place where the language of a request is decided.

Order: the query's ``lang``, the cookie ``yaozheng_locale``, the browser's Accept-Language, zh-CN.
"""

from flask import Response, g, request

from core.settings import get_settings
from i18n.service import negotiate_locale

COOKIE = "yaozheng_locale"
COOKIE_LIFE_S = 365 * 24 * 3600


def current_locale() -> str:
    """Return the locale of the request at hand."""
    if "locale" not in g:
        wishes = [request.args.get("lang", ""), request.cookies.get(COOKIE, "")]
        g.locale = negotiate_locale([*wishes, *(tag for tag, _ in request.accept_languages)])
    return str(g.locale)


def remember_choice(response: Response) -> Response:
    """Keep the language that a page was asked for with ``?lang=``."""
    if request.args.get("lang") and not request.path.startswith("/api/"):
        response.set_cookie(
            COOKIE,
            current_locale(),
            max_age=COOKIE_LIFE_S,
            samesite="Lax",
            secure=get_settings().cookie_secure,
        )
    return response
