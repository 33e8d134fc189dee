"""Signed notices of events to other systems.

1. ``core.webhooks.endpoints`` registers an address with the events that it takes; its secret is told once.
2. ``publish`` writes, in the transaction of the event, a delivery for each endpoint that may hear of it, and
   an outbox job for each: no event without its notice, no notice of what was rolled back.
3. A worker calls ``deliver``: it takes the endpoint for itself, sends (``sending``) and records the outcome
   together with the job of the next attempt. A worker that is killed in between leaves a job whose lease runs
   out; the notice then goes out again under the same id, so a receiver counts each id once.
4. Failures are tried again after ``PAUSES_S``; after the last the notice is dead and stays listed until
   somebody has it sent again (``endpoints.send_again``).
5. An endpoint that fails twice running rests for a while, so that it cannot hold up the others; one that
   has failed for ``GIVEN_UP_AFTER``, or answers 410, is disabled: the trail, the log and the desk say so.

An endpoint of another system hears only what its key may read: of filings and certificates with the scope
``filings:read`` and the enterprise's authority, of cases those of conversations that it opened.
"""

import json
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.database import transaction
from core.identity import keys
from core.identity.keys import Scope
from core.ids import new_id
from core.privacy.service import Destination, mask_data
from core.queue import enqueue
from core.webhooks import sending
from core.webhooks.events import Event, EventType
from core.webhooks.models import WebhookDelivery, WebhookEndpoint
from core.webhooks.signing import headers_for, secrets_of

TASK = "core.webhooks.deliver"
ACTIVE, DISABLED = "active", "disabled"
WAITING, DELIVERED, DEAD = "waiting", "delivered", "dead"
PAUSES_S = (5, 60, 300, 1800, 7200, 18000, 36000, 86400)
LEASE_S = 60
REST_S, REST_MOST_S = 30, 900
TURN_S = 2
GIVEN_UP_AFTER = timedelta(days=3)
FEWEST_FAILURES = 5
log = structlog.get_logger(__name__)


def publish(session: Session, event: Event) -> None:
    """Write the notices of an event in the caller's transaction."""
    rows = session.scalars(select(WebhookEndpoint).where(WebhookEndpoint.state == ACTIVE)).all()
    for row in rows:
        if event.type.value in row.events and _may_hear(session, row, event):
            queue_notice(session, row, event)


def _may_hear(session: Session, endpoint: WebhookEndpoint, event: Event) -> bool:
    """Whether an endpoint's system may know of an event; the authority's own may know of each."""
    if not endpoint.key_id:
        return True
    holder = keys.holder_of(session, endpoint.key_id)
    if holder is None:
        return False
    if event.enterprise_id:
        return Scope.FILINGS in holder.scopes and holder.actor.may_act_for(event.enterprise_id)
    return event.key_id == endpoint.key_id


def queue_notice(session: Session, endpoint: WebhookEndpoint, event: Event) -> WebhookDelivery:
    """Write one notice and the job of its first attempt."""
    told = mask_data(event.data, Destination.OUTSIDE)
    body = {"type": event.type.value, "timestamp": clock.isoformat(event.at), "data": told}
    delivery = WebhookDelivery(
        id=new_id("msg"),
        endpoint_id=endpoint.id,
        event=event.type.value,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        state=WAITING,
        attempts=0,
        round_start=0,
        created_at=clock.now(),
        last_outcome="",
    )
    session.add(delivery)
    session.flush()
    queue_attempt(session, delivery, 0)
    return delivery


def queue_attempt(session: Session, delivery: WebhookDelivery, delay_s: float) -> None:
    """Write the job of a notice's next attempt."""
    delivery.next_at = clock.now() + timedelta(seconds=delay_s)
    payload = {"delivery_id": delivery.id, "attempt": delivery.attempts + 1}
    enqueue(session, TASK, payload, delay_s=delay_s, lease_s=LEASE_S)


def deliver(delivery_id: str, attempt: int) -> None:
    """Make one attempt; one that was made already, or is no longer wanted, is left alone."""
    moment = clock.now()
    taken = _take_turn(delivery_id, attempt, moment)
    if taken is None:
        return
    endpoint, delivery = taken
    headers = headers_for(delivery.id, delivery.body, secrets_of(endpoint, moment), moment)
    outcome = sending.post(endpoint.url, headers, delivery.body)
    _note_outcome(delivery_id, attempt, outcome)


def _take_turn(
    delivery_id: str, attempt: int, moment: datetime
) -> tuple[WebhookEndpoint, WebhookDelivery] | None:
    """Take the endpoint for this worker; put the attempt off where another has it or it rests."""
    with transaction() as session:
        delivery = session.get(WebhookDelivery, delivery_id)
        if delivery is None or delivery.state != WAITING or delivery.attempts + 1 != attempt:
            return None
        query = select(WebhookEndpoint).where(WebhookEndpoint.id == delivery.endpoint_id)
        endpoint = session.scalars(query.with_for_update()).one()
        if endpoint.state != ACTIVE or not _has_owner(session, endpoint):
            delivery.state, delivery.next_at, delivery.last_outcome = DEAD, None, DISABLED
            return None
        until = max(endpoint.busy_until or moment, endpoint.rest_until or moment)
        if until > moment:
            wait_s = (until - moment).total_seconds()
            queue_attempt(session, delivery, min(wait_s, TURN_S) if _is_busy(endpoint, moment) else wait_s)
            return None
        endpoint.busy_until = moment + timedelta(seconds=sending.BUDGET_S + TURN_S)
        return endpoint, delivery


def _has_owner(session: Session, endpoint: WebhookEndpoint) -> bool:
    return not endpoint.key_id or keys.holder_of(session, endpoint.key_id) is not None


def _is_busy(endpoint: WebhookEndpoint, moment: datetime) -> bool:
    return endpoint.busy_until is not None and endpoint.busy_until > moment


def _note_outcome(delivery_id: str, attempt: int, outcome: str) -> None:
    with transaction() as session:
        delivery = session.get(WebhookDelivery, delivery_id)
        if delivery is None:
            return
        query = select(WebhookEndpoint).where(WebhookEndpoint.id == delivery.endpoint_id)
        endpoint = session.scalars(query.with_for_update()).one()
        endpoint.busy_until = None
        if delivery.state != WAITING or delivery.attempts + 1 != attempt:
            return
        delivery.attempts, delivery.last_at, delivery.last_outcome = attempt, clock.now(), outcome
        log.info("webhooks.attempted", delivery=delivery_id, attempt=attempt, outcome=outcome)
        if outcome == sending.TAKEN:
            delivery.state, delivery.delivered_at, delivery.next_at = DELIVERED, clock.now(), None
            endpoint.failures, endpoint.failing_since, endpoint.rest_until = 0, None, None
        else:
            _note_failure(session, endpoint, delivery, outcome)


def _note_failure(
    session: Session, endpoint: WebhookEndpoint, delivery: WebhookDelivery, outcome: str
) -> None:
    moment = clock.now()
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or moment
    if endpoint.failures > 1:
        rest_s = min(REST_S * 2 ** min(endpoint.failures - 2, 10), REST_MOST_S)
        endpoint.rest_until = moment + timedelta(seconds=rest_s)
    has_failed_long = moment - endpoint.failing_since >= GIVEN_UP_AFTER
    if outcome == sending.GONE_OUTCOME or (has_failed_long and endpoint.failures >= FEWEST_FAILURES):
        disable(session, endpoint, "gone" if outcome == sending.GONE_OUTCOME else "failing")
    made = delivery.attempts - delivery.round_start
    if endpoint.state == ACTIVE and made <= len(PAUSES_S):
        queue_attempt(session, delivery, PAUSES_S[made - 1])
    else:
        delivery.state, delivery.next_at = DEAD, None
        log.warning("webhooks.dead", delivery=delivery.id, endpoint=endpoint.id, outcome=outcome)


def disable(session: Session, endpoint: WebhookEndpoint, reason: str, actor_id: str = "system") -> None:
    """Send an endpoint nothing more until somebody enables it."""
    endpoint.state, endpoint.disabled_reason, endpoint.disabled_at = DISABLED, reason, clock.now()
    log.warning("webhooks.disabled", endpoint=endpoint.id, reason=reason)
    note(session, actor_id, endpoint.id, "disabled", reason=reason)


def note(session: Session, actor_id: str, endpoint_id: str, action: str, **data: object) -> None:
    """Add an audit event of an endpoint."""
    record(
        session,
        actor_id=actor_id,
        action=f"webhook.{action}",
        subject_type="webhook",
        subject_id=endpoint_id,
        data=data,
    )


__all__ = ["Event", "EventType", "deliver", "publish"]
