"""Subscription messages of a WeChat mini-program: each permission carries one message.

The template is chosen in WeChat's console; which of its keys takes which value is a setting such as
``filing_no=character_string1 item=thing2 state=phrase3 at=time4``. A key's name
tells how long its value may be.
Source: WeChat open documents, ``subscribeMessage.send`` and ``getStableAccessToken``.
"""

from collections.abc import Mapping

import structlog

from core.clock import CHINA
from core.errors import DependencyFailed
from core.identity.wechat import NAME, TIMEOUT_S, fetch_json
from core.settings import Settings
from forms.alerts.base import Alert, Unwanted

TOKEN_PATH, SEND_PATH = "/cgi-bin/stable_token", "/cgi-bin/message/subscribe/send"
PAGE = "pages/chat/index"
REFUSED, UNKNOWN_PERSON = 43101, 40003
LONGEST = {"thing": 20, "phrase": 5, "character_string": 32}
log = structlog.get_logger(__name__)


class SubscriptionMessages:
    """Sends through WeChat's server."""

    def __init__(self, settings: Settings) -> None:
        """Keep the mini-program's settings."""
        self._url = settings.wechat_url.rstrip("/")
        self._app = {"appid": settings.wechat_app_id, "secret": settings.wechat_secret}
        self._template = settings.wechat_template
        self._keys = keys_of(settings.wechat_template_fields)

    def send(self, recipient: str, alert: Alert) -> None:
        """Send one alert; see ``AlertChannel``."""
        body = {
            "touser": recipient,
            "template_id": self._template,
            "page": PAGE,
            "lang": "zh_CN",
            "data": data_of(alert, self._keys),
        }
        token = {"access_token": self._token()}
        found = fetch_json("POST", self._url + SEND_PATH, timeout_s=TIMEOUT_S, params=token, json=body)
        problem = found.get("errcode") or 0
        if problem in (REFUSED, UNKNOWN_PERSON):
            raise Unwanted("forms.alert_unwanted")
        if problem:
            log.warning("forms.alert_refused", errcode=problem)
            raise DependencyFailed("core.wechat_silent", dependency=NAME)

    def _token(self) -> str:
        asked = {**self._app, "grant_type": "client_credential"}
        token = fetch_json("POST", self._url + TOKEN_PATH, timeout_s=TIMEOUT_S, json=asked).get(
            "access_token"
        )
        if not isinstance(token, str) or not token:
            raise DependencyFailed("core.wechat_silent", dependency=NAME)
        return token


def keys_of(setting: str) -> dict[str, str]:
    """Return which key of the template takes which value."""
    pairs = (part.partition("=") for part in setting.replace(",", " ").split())
    return {name.strip(): key.strip() for name, _, key in pairs if key.strip()}


def data_of(alert: Alert, keys: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the template's data; values are cut to what their keys take."""
    values = {
        "filing_no": alert.filing_no,
        "item": alert.item_name,
        "state": alert.state_label,
        "at": f"{alert.at.astimezone(CHINA):%Y-%m-%d %H:%M}",
    }
    return {keys[name]: {"value": _cut(value, keys[name])} for name, value in values.items() if name in keys}


def _cut(value: str, key: str) -> str:
    longest = LONGEST.get(key.rstrip("0123456789"), len(value))
    return value if len(value) <= longest else f"{value[: longest - 1]}…"
