"""One attempt over HTTP: no redirect followed, no proxy, the answer's body never read."""

import ssl
from functools import lru_cache

import httpcore
import httpx

from core.webhooks.guard import AddressRefused, Budget, GuardedBackend

BUDGET_S = 10.0
GONE = 410
TAKEN, GONE_OUTCOME, REFUSED, SILENT, UNREACHABLE, PROTOCOL = (
    "taken",
    "gone",
    "address_refused",
    "timeout",
    "unreachable",
    "protocol",
)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def post(url: str, headers: dict[str, str], body: str, *, budget_s: float = BUDGET_S) -> str:
    """Send one notice; return what came of it: ``taken``, ``gone``, ``http_500``, ``timeout`` and so on."""
    backend = GuardedBackend(Budget(budget_s), is_plain=url.startswith("http:"))
    sent = [*headers.items(), ("Content-Type", "application/json"), ("User-Agent", "yaozheng-webhooks/1")]
    try:
        with (
            httpcore.ConnectionPool(ssl_context=_tls(), network_backend=backend) as pool,
            pool.stream("POST", url, headers=sent, content=body.encode()) as answer,
        ):
            return _outcome(answer.status)
    except AddressRefused:
        return REFUSED
    except httpcore.TimeoutException:
        return SILENT
    except (httpcore.NetworkError, ssl.SSLError):
        return UNREACHABLE
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol):
        return PROTOCOL


def _outcome(status: int) -> str:
    if 200 <= status < 300:
        return TAKEN
    return GONE_OUTCOME if status == GONE else f"http_{status}"
