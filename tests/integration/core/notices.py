"""What tests of notices share: a clock that can be moved on, an endpoint, an event, a worker."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from core import clock, database
from core.audit.models import AuditEvent
from core.identity import Actor, Role, keys
from core.queue import service as queue
from core.settings import get_settings
from core.webhooks import endpoints, service, tasks
from core.webhooks.endpoints import IssuedSecret, NewEndpoint
from core.webhooks.events import SUBSCRIBED, Event, EventType
from core.webhooks.models import WebhookEndpoint
from core.webhooks.service import publish

ADMIN = Actor("acct_admin", Role.ADMINISTRATOR)
FILING = {"filing_id": "fil_1", "state": "submitted", "version": 3}
HANDLERS = {service.TASK: tasks.deliver.run}


def allow_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YAOZHENG_WEBHOOK_NETWORKS", "127.0.0.0/8")
    get_settings.cache_clear()


@dataclass
class Time:
    """The present, which a test moves on."""

    ahead: timedelta = timedelta()

    def pass_(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


def register(url: str, actor: Actor = ADMIN, events: tuple[str, ...] = SUBSCRIBED) -> IssuedSecret:
    return endpoints.register(actor, NewEndpoint(url, events, "平台"))


def happen(event: Event | None = None) -> None:
    with database.transaction() as session:
        publish(session, event or Event(EventType.SUBMITTED, FILING, enterprise_id="ent_1"))


def work() -> int:
    return queue.drain(HANDLERS)


def delivery(of: IssuedSecret) -> endpoints.DeliveryView:
    return endpoints.list_deliveries(ADMIN, of.endpoint.id)[0]


def endpoint(of: IssuedSecret) -> endpoints.EndpointView:
    return endpoints.get_endpoint(ADMIN, of.endpoint.id)


def set_endpoint(**values: Any) -> None:
    with database.transaction() as session:
        session.execute(update(WebhookEndpoint).values(**values))


def actions() -> list[str]:
    query = select(AuditEvent.action).where(AuditEvent.subject_type == "webhook").order_by(AuditEvent.at)
    with database.reading() as session:
        return list(session.scalars(query))


def system(*scopes: str, enterprises: tuple[str, ...] = ()) -> Actor:
    last = clock.today() + timedelta(days=30)
    made = keys.create_key(ADMIN, keys.NewKey("平台", scopes, last))
    for one in enterprises:
        keys.grant_to_key(ADMIN, made.key.id, enterprise_id=one, basis="授权书", valid_to=last)
    return keys.authenticate(made.secret).actor
