"""A processing system that takes signed HTTP messages."""

import json

import httpx

from core import clock
from core.errors import DependencyFailed
from forms.backoffice.base import HEADER, Announcement, sign

TIMEOUT_S = 10.0


class Webhook:
    """POSTs each announcement as JSON; any 2xx means taken."""

    name = "webhook"

    def __init__(self, url: str, secret: str) -> None:
        """Keep where to send and with which secret to sign."""
        self._url = url
        self._secret = secret

    def deliver(self, announcement: Announcement) -> None:
        """Send one announcement; the receiver knows a repeated one by its id.

        Raises:
            DependencyFailed: no answer, or another one than 2xx.
        """
        body = json.dumps(announcement.body, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": announcement.event_id,
            HEADER: sign(self._secret, body, int(clock.now().timestamp())),
        }
        try:
            answer = httpx.post(self._url, content=body, headers=headers, timeout=TIMEOUT_S)
        except httpx.HTTPError as error:
            raise DependencyFailed("forms.backoffice_silent", dependency=self.name) from error
        if not answer.is_success:
            raise DependencyFailed("forms.backoffice_refused", dependency=self.name)
