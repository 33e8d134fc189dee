"""WeChat's sign-in for mini-programs: a code that the client got from ``wx.login`` names a WeChat user.

The session key that comes along is neither kept nor told: nothing here needs it.
Source: WeChat open documents, ``code2Session``.
"""

from typing import Any, Protocol

import httpx
import structlog

from core.errors import DependencyFailed, InvalidInput, NotAvailable, TooMany
from core.settings import get_settings

PATH = "/sns/jscode2session"
TIMEOUT_S = 5.0
NAME = "wechat"
BAD_CODE, SPENT_CODE, TOO_OFTEN, BLOCKED = 40029, 40163, 45011, 40226
RETRY_AFTER_S = 60
log = structlog.get_logger(__name__)


class CodeExchange(Protocol):
    """Tells who is behind a sign-in code."""

    def openid_of(self, code: str) -> str:
        """Return the stable name of the person at this mini-program; a code counts once.

        Raises:
            InvalidInput: the code is unknown or spent, or the person is blocked.
            TooMany: asked too often.
            DependencyFailed: no answer that can be used.
        """


class WeChat:
    """Asks WeChat's server."""

    def __init__(self, url: str, app_id: str, secret: str, timeout_s: float = TIMEOUT_S) -> None:
        """Keep where to ask and as which mini-program."""
        self._url = url.rstrip("/")
        self._app = {"appid": app_id, "secret": secret}
        self._timeout_s = timeout_s

    def openid_of(self, code: str) -> str:
        """Exchange a code; see ``CodeExchange``."""
        asked = {**self._app, "js_code": code, "grant_type": "authorization_code"}
        found = fetch_json("GET", self._url + PATH, timeout_s=self._timeout_s, params=asked)
        problem = found.get("errcode") or 0
        if problem in (BAD_CODE, SPENT_CODE):
            raise InvalidInput("core.wechat_code_invalid")
        if problem == BLOCKED:
            raise InvalidInput("core.wechat_refused")
        if problem == TOO_OFTEN:
            raise TooMany("core.wechat_too_often", retry_after_s=RETRY_AFTER_S)
        openid = found.get("openid")
        if problem or not isinstance(openid, str) or not openid:
            log.warning("identity.wechat_failed", errcode=problem)
            raise DependencyFailed("core.wechat_silent", dependency=NAME)
        return openid


def fetch_json(method: str, url: str, *, timeout_s: float, **options: Any) -> dict[str, Any]:
    """Ask WeChat; return the JSON object of the answer, which tells its errors itself.

    Raises:
        DependencyFailed: no answer in time, or none that is a JSON object.
    """
    try:
        answer = httpx.request(method, url, timeout=timeout_s, **options)
        answer.raise_for_status()
        found = answer.json()
    except (httpx.HTTPError, ValueError):
        # No cause goes along: it would hold the address, and the address holds the secret.
        raise DependencyFailed("core.wechat_silent", dependency=NAME) from None
    if not isinstance(found, dict):
        raise DependencyFailed("core.wechat_silent", dependency=NAME)
    return found


def is_set_up() -> bool:
    """Whether this installation belongs to a mini-program that signs people in."""
    settings = get_settings()
    return bool(settings.wechat_app_id and settings.wechat_secret)


def code_exchange() -> CodeExchange:
    """Return the exchange that is set up.

    Raises:
        NotAvailable: none is.
    """
    settings = get_settings()
    if not is_set_up():
        raise NotAvailable("core.wechat_absent")
    return WeChat(settings.wechat_url, settings.wechat_app_id, settings.wechat_secret)
