"""Endpoints and what was sent to them: registering, secrets, the list of notices, sending again.

A system with the scope ``webhooks:manage`` sees its own endpoints alone; administrators see all, and those of
the authority's own systems are theirs to make.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core import clock
from core.database import reading, transaction
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor, Role
from core.identity.keys import tidy_line
from core.ids import new_id
from core.webhooks.events import SUBSCRIBED, Event, EventType
from core.webhooks.guard import check_url
from core.webhooks.models import WebhookDelivery, WebhookEndpoint
from core.webhooks.service import (
    ACTIVE,
    DEAD,
    DELIVERED,
    DISABLED,
    WAITING,
    note,
    queue_attempt,
    queue_notice,
)
from core.webhooks.service import disable as _disable
from core.webhooks.signing import OVERLAP, secret_of
from core.webhooks.views import DeliveryView, EndpointView

MOST_ENDPOINTS, MOST_LISTED = 20, 200
DESCRIPTION_MOST = 200
STATES = (WAITING, DELIVERED, DEAD)


@dataclass(frozen=True)
class NewEndpoint:
    """What is asked for."""

    url: str
    events: Iterable[str]
    description: str = ""


@dataclass(frozen=True)
class IssuedSecret:
    """An endpoint with its secret, told this once; after a rotation the former counts until the moment."""

    endpoint: EndpointView
    secret: str
    previous_valid_until: datetime | None = None


def register(actor: Actor, wanted: NewEndpoint) -> IssuedSecret:
    """Register an address.

    Raises:
        NotAvailable: the actor is neither a system nor an administrator.
        InvalidInput: ``fields`` names what is wrong.
        Conflict: the system has ``MOST_ENDPOINTS`` already.
    """
    key_id = _owner(actor)
    events, description = sorted(set(wanted.events)), tidy_line(wanted.description)
    problems = {} if events and set(events) <= set(SUBSCRIBED) else {"events": "core.webhook_event_needed"}
    if len(description) > DESCRIPTION_MOST:
        problems["description"] = "core.webhook_description_long"
    try:
        url = check_url(wanted.url)
    except InvalidInput as error:
        problems["url"] = error.code
    if problems:
        raise InvalidInput("core.key_invalid_input", fields=problems)
    row = WebhookEndpoint(
        id=new_id("wh"),
        key_id=key_id,
        url=url,
        description=description,
        events=events,
        state=ACTIVE,
        disabled_reason="",
        generation=1,
        failures=0,
        created_by=actor.account_id,
        created_at=clock.now(),
    )
    with transaction() as session:
        owned = select(func.count()).where(WebhookEndpoint.key_id == key_id)
        if (session.scalar(owned) or 0) >= MOST_ENDPOINTS:
            raise Conflict("core.webhook_too_many", most=MOST_ENDPOINTS)
        session.add(row)
        session.flush()
        note(session, actor.account_id, row.id, "registered", events=events, key_id=key_id)
    return IssuedSecret(EndpointView.of(row), secret_of(row.id, row.generation))


def _owner(actor: Actor) -> str:
    if actor.role is Role.SYSTEM:
        return actor.account_id
    if actor.role is Role.ADMINISTRATOR:
        return ""
    raise NotAvailable


def _found(session: Session, actor: Actor, endpoint_id: str, *, to_write: bool = True) -> WebhookEndpoint:
    query = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id)
    row = session.scalars(query.with_for_update() if to_write else query).first()
    if row is None or (_owner(actor) and row.key_id != actor.account_id):
        raise NotAvailable
    return row


def list_endpoints(actor: Actor) -> list[EndpointView]:
    """Return the actor's endpoints, an administrator all, the newest first."""
    query = select(WebhookEndpoint).order_by(WebhookEndpoint.created_at.desc(), WebhookEndpoint.id)
    if _owner(actor):
        query = query.where(WebhookEndpoint.key_id == actor.account_id)
    with reading() as session:
        return [_view(session, row) for row in session.scalars(query).all()]


def get_endpoint(actor: Actor, endpoint_id: str) -> EndpointView:
    """Return one endpoint.

    Raises:
        NotAvailable: absent or not the actor's.
    """
    with reading() as session:
        return _view(session, _found(session, actor, endpoint_id, to_write=False))


def _view(session: Session, row: WebhookEndpoint) -> EndpointView:
    query = select(WebhookDelivery.state, func.count()).where(WebhookDelivery.endpoint_id == row.id)
    counts = {state: number for state, number in session.execute(query.group_by(WebhookDelivery.state))}
    return EndpointView.of(row, counts.get(WAITING, 0), counts.get(DEAD, 0))


def remove(actor: Actor, endpoint_id: str) -> None:
    """Forget an endpoint with its notices; the audit trail keeps that it was.

    Raises:
        NotAvailable: absent or not the actor's.
    """
    with transaction() as session:
        row = _found(session, actor, endpoint_id)
        session.execute(delete(WebhookDelivery).where(WebhookDelivery.endpoint_id == row.id))
        session.delete(row)
        note(session, actor.account_id, endpoint_id, "removed")


def rotate_secret(actor: Actor, endpoint_id: str) -> IssuedSecret:
    """Make a new secret; the former counts beside it for ``OVERLAP``.

    Raises:
        NotAvailable: absent or not the actor's.
    """
    with transaction() as session:
        row = _found(session, actor, endpoint_id)
        row.generation += 1
        row.previous_until = clock.now() + OVERLAP
        note(session, actor.account_id, endpoint_id, "secret_rotated", generation=row.generation)
        return IssuedSecret(EndpointView.of(row), secret_of(row.id, row.generation), row.previous_until)


def enable(actor: Actor, endpoint_id: str) -> None:
    """Let an endpoint take notices again; those that died meanwhile wait for ``send_again``.

    Raises:
        NotAvailable: absent or not the actor's.
    """
    with transaction() as session:
        row = _found(session, actor, endpoint_id)
        if row.state == DISABLED:
            row.state, row.disabled_reason, row.disabled_at = ACTIVE, "", None
            row.failures, row.failing_since, row.rest_until = 0, None, None
            note(session, actor.account_id, endpoint_id, "enabled")


def disable(actor: Actor, endpoint_id: str) -> None:
    """Send an endpoint nothing more.

    Raises:
        NotAvailable: absent or not the actor's.
    """
    with transaction() as session:
        row = _found(session, actor, endpoint_id)
        if row.state == ACTIVE:
            _disable(session, row, "by_hand", actor.account_id)


def send_test(actor: Actor, endpoint_id: str) -> DeliveryView:
    """Send a notice of the event ``webhook.ping``.

    Raises:
        NotAvailable: absent or not the actor's.
        Conflict: the endpoint is disabled.
    """
    with transaction() as session:
        row = _active(session, actor, endpoint_id)
        return DeliveryView.of(queue_notice(session, row, Event(EventType.PING, {"webhook_id": row.id})))


def _active(session: Session, actor: Actor, endpoint_id: str) -> WebhookEndpoint:
    row = _found(session, actor, endpoint_id)
    if row.state != ACTIVE:
        raise Conflict("core.webhook_disabled")
    return row


def list_deliveries(actor: Actor, endpoint_id: str, state: str = "") -> list[DeliveryView]:
    """Return an endpoint's notices, the newest first; ``state`` limits them.

    Raises:
        NotAvailable: absent or not the actor's.
    """
    with reading() as session:
        _found(session, actor, endpoint_id, to_write=False)
        query = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint_id)
        if state:
            query = query.where(WebhookDelivery.state == state)
        newest = query.order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.id).limit(MOST_LISTED)
        return [DeliveryView.of(row) for row in session.scalars(newest).all()]


def send_again(actor: Actor, endpoint_id: str, delivery_id: str) -> DeliveryView:
    """Send a notice again under its own id: a dead or delivered one anew, a waiting one now.

    Raises:
        NotAvailable: absent or not the actor's.
        Conflict: the endpoint is disabled.
    """
    with transaction() as session:
        endpoint = _active(session, actor, endpoint_id)
        delivery = session.get(WebhookDelivery, delivery_id)
        if delivery is None or delivery.endpoint_id != endpoint_id:
            raise NotAvailable
        delivery.state, delivery.delivered_at, delivery.round_start = WAITING, None, delivery.attempts
        endpoint.rest_until = None
        queue_attempt(session, delivery, 0)
        note(session, actor.account_id, endpoint_id, "sent_again", delivery_id=delivery_id)
        return DeliveryView.of(delivery)
