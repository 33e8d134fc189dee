"""Signatures of notices, and the secrets they are made with.

A secret is derived from the installation's own key, the endpoint's id and its generation: the database holds
none. After a rotation notices carry the signatures of both secrets for ``OVERLAP``.

Source: Standard Webhooks, https://www.standardwebhooks.com (specification, version 1).
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from standardwebhooks import Webhook

from core.secrets import get_secrets
from core.webhooks.models import WebhookEndpoint

SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with
OVERLAP = timedelta(hours=24)


def secret_of(endpoint_id: str, generation: int) -> str:
    """Return an endpoint's secret, ``whsec_`` and 256 bits in base64."""
    name = f"webhook:{endpoint_id}:{generation}".encode()
    key = hmac.new(get_secrets().webhook_key.encode(), name, hashlib.sha256).digest()
    return SECRET_PREFIX + base64.b64encode(key).decode()


def secrets_of(endpoint: WebhookEndpoint, moment: datetime) -> list[str]:
    """Return the secrets that count at a moment, the newest first."""
    is_overlapping = endpoint.previous_until is not None and moment < endpoint.previous_until
    generations = [endpoint.generation, endpoint.generation - 1][: 2 if is_overlapping else 1]
    return [secret_of(endpoint.id, generation) for generation in generations]


def headers_for(delivery_id: str, body: str, secrets: list[str], moment: datetime) -> dict[str, str]:
    """Return the three headers of a notice.

    Args:
        delivery_id: the same in each attempt.
        body: exactly what is sent.
        secrets: those that count now; the signatures are separated by a blank.
        moment: of this attempt, in UTC.
    """
    signatures = [Webhook(secret).sign(delivery_id, moment, body) for secret in secrets]
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
