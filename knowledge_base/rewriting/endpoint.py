"""The one way to a generative endpoint: OpenAI's chat completions, one budget of seconds, a bounded reply.

1. ``chosen`` gives the endpoint of the settings, where the register holds its address and model released.
2. ``complete`` posts one request and returns the words and the tokens it cost, or the name of the failure.

Connecting, sending, waiting and reading come out of one budget: an endpoint that drips, or never ends, is
left at its end. No redirect is followed, no proxy used. Plain HTTP reaches this machine alone.
"""

import ipaddress
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from core.errors import AssistantError, InvalidInput
from core.model_register import service as register
from core.model_register.lifecycle import endpoint_hash
from core.settings import get_settings
from core.webhooks.guard import Budget, GuardedStream

PATH = "/chat/completions"
MOST_BYTES = 64 * 1024
MOST_TOKENS = 600
HTTP_OK = 200


@dataclass(frozen=True)
class Endpoint:
    """A registered, released endpoint; ``entry_id`` and ``version`` are the register's."""

    base_url: str
    model: str
    key: str = ""
    entry_id: str = ""
    name: str = ""
    version: str = ""


@dataclass(frozen=True)
class Completion:
    """What came back; ``outcome`` is ``ok`` or the name of the failure."""

    outcome: str
    text: str = ""
    tokens: int = 0


class _Backend(httpcore.NetworkBackend):
    """Connects within the budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """Connect."""
        return GuardedStream(self._plain.connect_tcp(host, port, self._budget.left()), self._budget)


def check_url(url: str) -> str:
    """Return the base address of an endpoint.

    Raises:
        InvalidInput: it is neither HTTPS nor this machine, or carries a password.
    """
    try:
        parts = urlsplit(url if url.isascii() and url.isprintable() and " " not in url else "")
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise InvalidInput("core.register.card", field="base_url") from error
    is_fit = parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))
    if not host or not is_fit or parts.username is not None or parts.query or parts.fragment:
        raise InvalidInput("core.register.card", field="base_url")
    return url.rstrip("/")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_wanted() -> bool:
    """Whether the installation names an endpoint at all."""
    settings = get_settings()
    return bool(settings.rewrite_url and settings.rewrite_model)


def chosen() -> Endpoint | None:
    """Return the endpoint of the settings, None where none is named.

    Raises:
        InvalidInput: its address cannot be used, or its key cannot be read.
        InvariantBroken: it is not in the register, or not released.
    """
    if not is_wanted():
        return None
    settings = get_settings()
    base_url = check_url(settings.rewrite_url)
    entry = register.verify_hash(
        "endpoint", endpoint_hash({"base_url": base_url, "model": settings.rewrite_model})
    )
    return Endpoint(base_url, settings.rewrite_model, key(), entry.id, entry.model_id, entry.version)


def key() -> str:
    """Return the key from the environment, or from the file that it names.

    Raises:
        InvalidInput: the file cannot be read.
    """
    settings = get_settings()
    if not settings.rewrite_key_file:
        return settings.rewrite_key
    try:
        return Path(settings.rewrite_key_file).expanduser().read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            "core.setting_invalid",
            variable="YAOZHENG_REWRITE_KEY_FILE",
            value=settings.rewrite_key_file,
        ) from error


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def complete(endpoint: Endpoint, messages: list[dict[str, str]], limit_s: float) -> Completion:
    """Ask an endpoint; return by ``limit_s`` seconds at the latest, whatever it does."""
    body = {
        "model": endpoint.model,
        "messages": messages,
        "temperature": 0,
        "max_tokens": MOST_TOKENS,
        "stream": False,
    }
    headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "yaozheng/1"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    try:
        status, content = _post(endpoint.base_url + PATH, headers, json.dumps(body).encode(), limit_s)
    except httpcore.TimeoutException:
        return Completion("timeout")
    except (httpcore.NetworkError, ssl.SSLError, OSError):
        return Completion("unreachable")
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, UnicodeError, ValueError):
        return Completion("protocol")
    if status != HTTP_OK:
        return Completion(f"http_{status}")
    return Completion("too_long") if content is None else _read(content)


def _post(url: str, headers: Mapping[str, str], body: bytes, limit_s: float) -> tuple[int, bytes | None]:
    """Return status and content, None where that is too long."""
    backend = _Backend(Budget(limit_s))
    with (
        httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend) as pool,
        pool.stream("POST", url, headers=list(headers.items()), content=body) as answer,
    ):
        content = b""
        if answer.status != HTTP_OK:
            return answer.status, content
        for part in answer.iter_stream():
            content += part
            if len(content) > MOST_BYTES:
                return answer.status, None
        return answer.status, content


def _read(content: bytes) -> Completion:
    try:
        reply = json.loads(content)
        text = reply["choices"][0]["message"]["content"]
        tokens = (reply.get("usage") or {}).get("total_tokens", 0)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return Completion("malformed")
    if not isinstance(text, str):
        return Completion("malformed")
    is_count = isinstance(tokens, int) and not isinstance(tokens, bool)
    return Completion("ok", text, tokens if is_count else 0) if text.strip() else Completion("empty")


def problem_of(error: AssistantError) -> str:
    """Return the name under which a refusal is traced."""
    return {"core.model_unregistered": "unregistered", "core.model_not_released": "not_released"}.get(
        error.code, "misconfigured"
    )
