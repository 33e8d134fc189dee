"""Addresses that take notices: what receivers do wrong, who may manage which, what is refused."""

import ssl
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from core import clock, database
from core.database.engine import Database
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor, Role
from core.queue.models import OutboxJob
from core.settings import get_settings
from core.webhooks import endpoints, sending
from core.webhooks.endpoints import NewEndpoint
from core.webhooks.events import SUBSCRIBED
from core.webhooks.models import WebhookDelivery
from tests.integration.core.notices import (
    ADMIN,
    actions,
    delivery,
    happen,
    register,
    system,
    work,
)
from tests.receiving import Receiver, dripping, receiving


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(lite: Database, receiver: Receiver, status: int) -> None:
    with receiving() as elsewhere:
        receiver.statuses, receiver.location = [status], elsewhere.url
        made = register(receiver.url)
        happen()
        work()
        assert elsewhere.notices == []
    assert delivery(made).last_outcome == f"http_{status}"


def test_an_address_that_became_private_gets_nothing(
    lite: Database, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = register(receiver.url)
    monkeypatch.setenv("YAOZHENG_WEBHOOK_NETWORKS", "100.64.0.0/16")
    get_settings.cache_clear()
    happen()
    work()
    assert delivery(made).last_outcome == "address_refused"
    assert receiver.notices == []


def test_a_receiver_that_nobody_runs_is_unreachable(lite: Database) -> None:
    with receiving() as gone:
        url = gone.url
    made = register(url)
    happen()
    work()
    assert delivery(made).last_outcome == "unreachable"


def test_a_receiver_that_never_answers_costs_its_seconds_alone(lite: Database, receiver: Receiver) -> None:
    receiver.hold = threading.Event()
    assert sending.post(receiver.url, {}, "{}", budget_s=0.3) == "timeout"


def test_a_receiver_that_drips_its_answer_costs_no_more(lite: Database) -> None:
    with dripping(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: yes\r\n" * 100) as url:
        assert sending.post(url, {}, "{}", budget_s=0.7) == "timeout"


@pytest.mark.parametrize("answer", [b"not http at all\r\n\r\n", b"HTTP/1.1 9999 X\r\n\r\n"])
def test_a_receiver_that_speaks_no_http_is_told_apart(lite: Database, answer: bytes) -> None:
    with dripping(answer, 0.01) as url:
        assert sending.post(url, {}, "{}", budget_s=3) == "protocol"


def test_tls_to_a_receiver_without_it_is_unreachable(lite: Database, receiver: Receiver) -> None:
    assert sending.post(receiver.url.replace("http:", "https:"), {}, "{}", budget_s=3) == "unreachable"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "https://100.64.0.1/x"}, "url"),
        ({"events": ()}, "events"),
        ({"events": ("filing.submitted", "everything")}, "events"),
        ({"events": ("webhook.ping",)}, "events"),
        ({"description": "d" * 201}, "description"),
    ],
)
def test_what_is_wrong_with_an_endpoint_is_named(lite: Database, changes: dict[str, Any], field: str) -> None:
    wanted: dict[str, Any] = {"url": "https://example.cn/x", "events": SUBSCRIBED, **changes}
    with pytest.raises(InvalidInput) as caught:
        endpoints.register(ADMIN, NewEndpoint(**wanted))
    assert list(caught.value.fields) == [field]


def test_a_system_has_so_many_endpoints_and_no_more(lite: Database, receiver: Receiver) -> None:
    mine = system("webhooks:manage")
    for _ in range(endpoints.MOST_ENDPOINTS):
        register(receiver.url, mine)
    with pytest.raises(Conflict):
        register(receiver.url, mine)
    assert register(receiver.url, system("webhooks:manage")).secret


ATTEMPTS: list[Callable[[Actor, str], Any]] = [
    endpoints.get_endpoint,
    endpoints.remove,
    endpoints.rotate_secret,
    endpoints.enable,
    endpoints.disable,
    endpoints.send_test,
    endpoints.list_deliveries,
    lambda actor, endpoint_id: endpoints.send_again(actor, endpoint_id, "msg_1"),
]


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_endpoints_of_others_are_absent(
    lite: Database, receiver: Receiver, attempt: Callable[[Actor, str], Any]
) -> None:
    theirs, own = register(receiver.url, system("webhooks:manage")), register(receiver.url)
    mine = system("webhooks:manage")
    for endpoint_id in (theirs.endpoint.id, own.endpoint.id, "wh_none"):
        with pytest.raises(NotAvailable):
            attempt(mine, endpoint_id)
    with pytest.raises(NotAvailable):
        attempt(Actor("acct", Role.SUPERVISOR), own.endpoint.id)
    assert endpoints.list_endpoints(mine) == []
    assert len(endpoints.list_endpoints(ADMIN)) == 2


def test_a_notice_of_another_endpoint_is_absent(lite: Database, receiver: Receiver) -> None:
    first, second = register(receiver.url), register(receiver.url)
    happen()
    with pytest.raises(NotAvailable):
        endpoints.send_again(ADMIN, first.endpoint.id, delivery(second).id)


def test_an_endpoint_goes_with_its_notices_while_one_is_on_its_way(
    store: Database, receiver: Receiver
) -> None:
    made = register(receiver.url)
    receiver.hold = threading.Event()
    happen()
    happen()
    sender = threading.Thread(target=work)
    sender.start()
    assert receiver.arrived.wait(10)
    endpoints.remove(ADMIN, made.endpoint.id)
    receiver.hold.set()
    sender.join(20)
    assert work() == 0
    with database.reading() as session:
        assert session.scalars(select(WebhookDelivery)).all() == []
        assert {job.state for job in session.scalars(select(OutboxJob))} == {"done"}
    assert actions() == ["webhook.registered", "webhook.removed"]


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """What a receiver named ``localhost`` needs; the sender trusts its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = clock.now()
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "receiver.pem"
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    pem.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    trusting = ssl.create_default_context(cafile=str(pem))
    monkeypatch.setattr(sending, "_tls", lambda: trusting)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(pem)
    return serving


def test_a_certificate_is_held_to_the_name_of_the_address(
    lite: Database, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YAOZHENG_WEBHOOK_NETWORKS", "127.0.0.0/8 ::1/128")
    get_settings.cache_clear()
    with receiving(tls) as receiver:
        by_number = receiver.url.replace("http:", "https:")
        by_name = by_number.replace("127.0.0.1", "localhost")
        assert sending.post(by_name, {"webhook-id": "msg_1"}, "{}") == "taken"
        assert sending.post(by_number, {"webhook-id": "msg_2"}, "{}") == "unreachable"
        assert receiver.ids == ["msg_1"]
