"""Signatures of notices, held against the specification and against its own library."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from core import clock
from core.webhooks.models import WebhookEndpoint
from core.webhooks.signing import OVERLAP, headers_for, secret_of, secrets_of
from tests.receiving import Notice

# Source: the example of the Standard Webhooks specification.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", '{"test": 2432232314}'
MOMENT = datetime.fromtimestamp(1614265330, UTC)


@pytest.fixture(autouse=True)
def installation(home: Path) -> Path:
    return home


def test_the_example_of_the_specification_is_signed_as_printed() -> None:
    headers = headers_for(MESSAGE, BODY, [SECRET], MOMENT)
    assert headers == {
        "webhook-id": MESSAGE,
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=200).filter(lambda text: text.isprintable()), st.binary(min_size=24, max_size=64))
def test_every_body_is_signed_so_that_another_implementation_takes_it(body: str, key: bytes) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    headers = headers_for("msg_1", body, [secret], MOMENT)
    assert Notice(headers, body.encode()).is_signed_with(secret)
    assert not Notice(headers, body.encode() + b" ").is_signed_with(secret)
    assert not Notice({**headers, "webhook-id": "msg_2"}, body.encode()).is_signed_with(secret)
    assert not Notice({**headers, "webhook-timestamp": "1614265331"}, body.encode()).is_signed_with(secret)


def test_a_notice_is_taken_within_five_minutes_and_not_replayed_later() -> None:
    for age, is_taken in ((0, True), (240, True), (360, False), (-360, False)):
        headers = headers_for(MESSAGE, BODY, [SECRET], clock.now() - timedelta(seconds=age))
        try:
            Webhook(SECRET).verify(BODY, headers)
        except WebhookVerificationError:
            assert not is_taken
        else:
            assert is_taken


def test_secrets_differ_by_endpoint_and_generation_and_stay_what_they_are() -> None:
    made = [secret_of(endpoint, number) for endpoint in ("wh_1", "wh_2") for number in (1, 2)]
    assert len(set(made)) == 4
    assert made[0] == secret_of("wh_1", 1)
    assert {len(base64.b64decode(one.removeprefix("whsec_"))) for one in made} == {32}


def test_after_a_rotation_both_secrets_count_for_a_day() -> None:
    now = clock.now()
    endpoint = WebhookEndpoint(id="wh_1", generation=2, previous_until=now + OVERLAP)
    first, second = secret_of("wh_1", 1), secret_of("wh_1", 2)
    assert secrets_of(endpoint, now) == [second, first]
    assert secrets_of(endpoint, now + OVERLAP) == [second]
    headers = headers_for(MESSAGE, BODY, secrets_of(endpoint, now), now)
    for secret in (first, second):
        assert Notice(headers, BODY.encode()).is_signed_with(secret)
        Webhook(secret).verify(BODY, headers)
