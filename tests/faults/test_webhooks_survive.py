"""A worker is killed while a notice is on its way: the next sends the same notice again, once."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from core import clock, database
from core.database.engine import Database
from core.identity import Actor, Role
from core.queue import service as queue
from core.queue.models import OutboxJob
from core.settings import REPOSITORY, get_settings
from core.webhooks import endpoints, service, tasks
from core.webhooks.events import SUBSCRIBED, Event, EventType
from core.webhooks.models import WebhookEndpoint
from tests.receiving import receiving
from tests.stores import KINDS, opened

ADMIN = Actor("acct_admin", Role.ADMINISTRATOR)
WORKER = """
from core.database.model_modules import load_models
from core.queue import service
from core.webhooks import tasks
load_models()
service.drain({"core.webhooks.deliver": tasks.deliver.run})
"""


@pytest.fixture(params=KINDS)
def store(home: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setenv("YAOZHENG_WEBHOOK_NETWORKS", "127.0.0.0/8")
    get_settings.cache_clear()
    with opened(request.param, monkeypatch) as made:
        yield made


def let_the_lease_run_out() -> None:
    past = clock.now() - timedelta(seconds=1)
    with database.transaction() as session:
        session.execute(update(OutboxJob).values(lease_until=past))
        session.execute(update(WebhookEndpoint).values(busy_until=past))


def test_a_notice_whose_worker_was_killed_arrives_again_under_its_id(store: Database) -> None:
    with receiving() as receiver:
        receiver.hold = threading.Event()
        made = endpoints.register(ADMIN, endpoints.NewEndpoint(receiver.url, SUBSCRIBED))
        with database.transaction() as session:
            service.publish(session, Event(EventType.SUBMITTED, {"filing_id": "fil_1"}))
        worker = subprocess.Popen([sys.executable, "-c", WORKER], cwd=REPOSITORY, env=dict(os.environ))
        assert receiver.arrived.wait(60)
        worker.send_signal(signal.SIGKILL)
        assert worker.wait(20) == -signal.SIGKILL
        receiver.hold.set()
        handlers = {service.TASK: tasks.deliver.run}
        assert queue.drain(handlers) == 0
        let_the_lease_run_out()
        assert queue.drain(handlers) == 1
        assert queue.drain(handlers) == 0
        (delivery,) = endpoints.list_deliveries(ADMIN, made.endpoint.id)
        assert receiver.ids == [delivery.id, delivery.id]
        assert len({one.body for one in receiver.notices}) == 1
        assert all(one.is_signed_with(made.secret) for one in receiver.notices)
        assert (delivery.state, delivery.attempts) == ("delivered", 1)
