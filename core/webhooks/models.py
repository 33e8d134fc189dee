"""Addresses of other systems, and what was sent to them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class WebhookEndpoint(Base):
    """An address that takes notices.

    ``key_id`` is the key of the system behind it, "" for the authority's own systems. No secret is stored:
    ``generation`` says which of those derived from the installation's key counts.
    ``busy_until`` is held by the worker that is sending; ``rest_until`` follows on repeated failures.
    """

    __tablename__ = "webhook_endpoint"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(40), default="", index=True)
    url: Mapped[str] = mapped_column(String(500))
    description: Mapped[str] = mapped_column(String(200), default="")
    events: Mapped[list[str]]
    state: Mapped[str] = mapped_column(String(10), default="active")
    disabled_reason: Mapped[str] = mapped_column(String(20), default="")
    disabled_at: Mapped[datetime | None]
    generation: Mapped[int] = mapped_column(default=1)
    previous_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    busy_until: Mapped[datetime | None]
    rest_until: Mapped[datetime | None]
    created_by: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]


class WebhookDelivery(Base):
    """One notice for one endpoint; ``id`` is its ``webhook-id``, the same in each attempt.

    ``round_start`` is how many attempts were made before somebody had it sent again.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index("ix_webhook_delivery_state", "endpoint_id", "state", "created_at"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    endpoint_id: Mapped[str] = mapped_column(ForeignKey("webhook_endpoint.id"))
    event: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    round_start: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    last_outcome: Mapped[str] = mapped_column(String(20), default="")
    delivered_at: Mapped[datetime | None]
