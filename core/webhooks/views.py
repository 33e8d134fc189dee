"""What callers see of endpoints and deliveries."""

from dataclasses import dataclass
from datetime import datetime

from core.webhooks.models import WebhookDelivery, WebhookEndpoint


@dataclass(frozen=True)
class EndpointView:
    """An endpoint; ``waiting`` and ``dead`` count its notices in these states."""

    id: str
    key_id: str
    url: str
    description: str
    events: tuple[str, ...]
    state: str
    disabled_reason: str
    disabled_at: datetime | None
    previous_secret_until: datetime | None
    failing_since: datetime | None
    created_at: datetime
    waiting: int = 0
    dead: int = 0

    @classmethod
    def of(cls, row: WebhookEndpoint, waiting: int = 0, dead: int = 0) -> "EndpointView":
        """Build from a row."""
        return cls(
            id=row.id,
            key_id=row.key_id,
            url=row.url,
            description=row.description,
            events=tuple(row.events),
            state=row.state,
            disabled_reason=row.disabled_reason,
            disabled_at=row.disabled_at,
            previous_secret_until=row.previous_until,
            failing_since=row.failing_since,
            created_at=row.created_at,
            waiting=waiting,
            dead=dead,
        )


@dataclass(frozen=True)
class DeliveryView:
    """A notice; ``id`` is its ``webhook-id``."""

    id: str
    endpoint_id: str
    event: str
    state: str
    attempts: int
    created_at: datetime
    next_at: datetime | None
    last_at: datetime | None
    last_outcome: str
    delivered_at: datetime | None

    @classmethod
    def of(cls, row: WebhookDelivery) -> "DeliveryView":
        """Build from a row."""
        return cls(
            id=row.id,
            endpoint_id=row.endpoint_id,
            event=row.event,
            state=row.state,
            attempts=row.attempts,
            created_at=row.created_at,
            next_at=row.next_at,
            last_at=row.last_at,
            last_outcome=row.last_outcome,
            delivered_at=row.delivered_at,
        )
