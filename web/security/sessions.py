"""The signed-in person of a request.

The session token lives in an HttpOnly cookie; an unsafe request that relies on it must also show the
session's CSRF token (header ``X-CSRF-Token``, or the form field ``csrf_token`` of a page without JavaScript).
The mini-program, which has no cookies, sends the token in the header ``X-Yaozheng-Session``; another site's
page cannot send that header, so it needs no CSRF token.
"""

import hmac
import ipaddress
from urllib.parse import SplitResult, urlsplit

from flask import Response, g, request

from core.identity import Actor, sessions
from core.identity.sessions import CurrentSession, Device, SignedIn
from core.settings import get_settings
from web.security.refusals import Refused

COOKIE = "yaozheng_session"
CSRF_HEADER, CSRF_FIELD = "X-CSRF-Token", "csrf_token"
SESSION_HEADER = "X-Yaozheng-Session"
MINIPROGRAM_SCHEME, MINIPROGRAM_HOST = "weapp", "servicewechat.com"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def session_token() -> str:
    """Return the token of the session header, else of the cookie, or ""."""
    return request.headers.get(SESSION_HEADER, "") or request.cookies.get(COOKIE, "")


def current_actor() -> Actor:
    """Return who acts in this request, ``ANONYMOUS`` without a valid session."""
    return current_session().actor


def csrf_token() -> str:
    """Return the session's CSRF token, "" without a session."""
    return current_session().csrf_token


def current_session() -> CurrentSession:
    """Return the session of this request, ``NO_SESSION`` without a valid one."""
    if "identity" not in g:
        g.identity = sessions.find(session_token())
    found: CurrentSession = g.identity
    return found


def device() -> Device:
    """Return browser and network of this request, roughly."""
    return Device(browser_of(request.headers.get("User-Agent", "")), network_of(request.remote_addr or ""))


def browser_of(user_agent: str) -> str:
    """Return browser and system, such as "Firefox · Windows"; "" for neither of the known ones."""
    found = (next((name for sign, name in known if sign in user_agent), "") for known in (BROWSERS, SYSTEMS))
    return " · ".join(one for one in found if one)


def network_of(address: str) -> str:
    """Return the network of an address: three numbers of IPv4, the first three groups of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, ipaddress.IPv4Address):
        return f"{address.rpartition('.')[0]}.*"
    return str(ipaddress.ip_network((parsed, 48), strict=False))


def bearer_token() -> str:
    """Return the conversation token of the Authorization header, or ""."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def start_session(response: Response, signed_in: SignedIn) -> Response:
    """Put a new session's token into the cookie."""
    response.set_cookie(
        COOKIE,
        signed_in.token,
        max_age=int(signed_in.life.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=get_settings().cookie_secure,
    )
    return response


def end_session(response: Response) -> Response:
    """End the session on the server and forget the cookie."""
    sessions.end(session_token())
    response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=get_settings().cookie_secure)
    return response


def check_origin(*, is_required: bool = False) -> None:
    """Refuse a request that another site's page sent.

    Raises:
        Refused: the Origin header names another site, or is missing where it is required. WeChat's own
            origins are let through where no cookie comes along: some of its clients name them.
    """
    origin = request.headers.get("Origin", "")
    if not origin and not is_required:
        return
    own = {request.host, urlsplit(get_settings().public_url).netloc}
    parts = urlsplit(origin)
    if parts.netloc not in own and not (_is_miniprogram(parts) and COOKIE not in request.cookies):
        raise Refused("web.api.other_origin")


def _is_miniprogram(origin: SplitResult) -> bool:
    return origin.scheme == MINIPROGRAM_SCHEME or origin.netloc == MINIPROGRAM_HOST


def check_csrf() -> None:
    """Refuse an unsafe request that relies on the cookie and lacks the session's CSRF token.

    A conversation token in the Authorization header cannot be sent by another site, so it needs no more.

    Raises:
        Refused: the token is missing or wrong.
    """
    proves_itself = bearer_token() or request.headers.get(SESSION_HEADER)
    if request.method in SAFE or proves_itself or not csrf_token():
        return
    sent = request.headers.get(CSRF_HEADER, "")
    if not sent and not request.path.startswith("/api/"):
        sent = request.form.get(CSRF_FIELD, "")
    if not hmac.compare_digest(sent.encode(), csrf_token().encode()):
        raise Refused("web.api.csrf")
