"""The one anatomy of a connection to a processing system, and the signature that both sides check.

A message is ``{event_id, at, event, filing}``. Its signature is ``t=<unix seconds>,v1=<hex>`` with
``hex = HMAC-SHA256(secret, "<t>." + body)``; one older than five minutes is refused, so that nobody can
send a recorded message again later. The receiver keeps the event ids that it has seen.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, Protocol

from core.errors import NotAvailable

HEADER = "X-Yaozheng-Signature"
TOLERANCE_S = 300
MOST_DIGITS = 12


@dataclass(frozen=True)
class Announcement:
    """One message: ``event_id`` is the same however often it is sent."""

    event_id: str
    event: str
    body: dict[str, Any]


class BackOffice(Protocol):
    """Takes announcements; raising means that it is to be tried again."""

    name: str

    def deliver(self, announcement: Announcement) -> None:
        """Hand one announcement over.

        Raises:
            DependencyFailed: it was not taken.
        """


def sign(secret: str, body: bytes, moment: int) -> str:
    """Return the signature header of a body sent at a moment (unix seconds)."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def verify(secret: str, body: bytes, header: str, moment: int) -> None:
    """Check the signature of a body received at a moment.

    Raises:
        NotAvailable: it is missing, wrong or too old; the same answer for all.
    """
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    sent = parts.get("t", "")
    if not secret or not sent.isdecimal() or len(sent) > MOST_DIGITS:
        raise NotAvailable
    given = f"t={sent},v1={parts.get('v1', '')}".encode()
    is_new = abs(moment - int(sent)) <= TOLERANCE_S
    if not is_new or not hmac.compare_digest(sign(secret, body, int(sent)).encode(), given):
        raise NotAvailable
