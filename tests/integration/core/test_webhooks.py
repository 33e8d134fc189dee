"""Notices through the outbox to a real receiver: once an event is kept its notice arrives, under one id."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from core import clock, database
from core.database.engine import Database
from core.errors import Conflict
from core.identity.models import ApiKey
from core.webhooks import endpoints, sending, service
from core.webhooks.events import Event, EventType
from core.webhooks.service import DEAD, DELIVERED, PAUSES_S, WAITING, publish
from tests.integration.core.notices import (
    ADMIN,
    FILING,
    Time,
    actions,
    delivery,
    endpoint,
    happen,
    register,
    set_endpoint,
    system,
    work,
)
from tests.receiving import Receiver, receiving


def test_a_notice_arrives_signed_and_thin(store: Database, receiver: Receiver) -> None:
    made = register(receiver.url)
    happen()
    assert work() == 1
    notice = receiver.notices[0]
    assert notice.is_signed_with(made.secret)
    assert notice.headers["content-type"] == "application/json"
    assert set(notice.json) == {"type", "timestamp", "data"}
    assert (notice.json["type"], notice.json["data"]) == ("filing.submitted", FILING)
    found = delivery(made)
    assert (found.id, found.state, found.attempts) == (notice.id, DELIVERED, 1)
    assert work() == 0


def test_what_is_rolled_back_is_told_to_nobody(store: Database, receiver: Receiver) -> None:
    made = register(receiver.url)
    with pytest.raises(RuntimeError), database.transaction() as session:
        publish(session, Event(EventType.SUBMITTED, FILING))
        raise RuntimeError
    assert work() == 0
    assert endpoints.list_deliveries(ADMIN, made.endpoint.id) == []


def test_an_endpoint_hears_only_of_the_events_it_takes(lite: Database, receiver: Receiver) -> None:
    register(receiver.url, events=("case.closed",))
    happen()
    happen(Event(EventType.CASE_CLOSED, {"case_id": "case_1"}))
    work()
    assert receiver.events == ["case.closed"]


def test_a_system_hears_of_enterprises_with_authority_alone(store: Database, receiver: Receiver) -> None:
    register(receiver.url, system("webhooks:manage", "filings:read", enterprises=("ent_1",)))
    happen(Event(EventType.SUBMITTED, {"filing_id": "theirs"}, enterprise_id="ent_1"))
    happen(Event(EventType.SUBMITTED, {"filing_id": "another"}, enterprise_id="ent_2"))
    work()
    assert [one.json["data"]["filing_id"] for one in receiver.notices] == ["theirs"]


def test_a_system_without_the_scope_hears_of_no_filing(lite: Database, receiver: Receiver) -> None:
    register(receiver.url, system("webhooks:manage", enterprises=("ent_1",)))
    happen()
    assert work() == 0


def test_a_system_hears_of_cases_of_its_own_conversations_alone(lite: Database, receiver: Receiver) -> None:
    mine = system("webhooks:manage", "questions:ask")
    register(receiver.url, mine)
    for key_id in (mine.account_id, "", "key_other"):
        happen(Event(EventType.CASE_CLOSED, {"opened_by": key_id}, key_id=key_id))
    work()
    assert [one.json["data"]["opened_by"] for one in receiver.notices] == [mine.account_id]


@pytest.mark.parametrize(
    "values", [{"revoked_at": clock.now()}, {"expires_on": clock.today() - timedelta(1)}]
)
def test_the_end_of_a_key_ends_its_notices_those_that_wait_included(
    lite: Database, receiver: Receiver, values: dict[str, Any]
) -> None:
    made = register(receiver.url, system("webhooks:manage", "filings:read", enterprises=("ent_1",)))
    happen()
    with database.transaction() as session:
        session.execute(update(ApiKey).values(**values))
    happen()
    work()
    assert receiver.notices == []
    assert [one.state for one in endpoints.list_deliveries(ADMIN, made.endpoint.id)] == [DEAD]


def test_a_failure_is_tried_again_after_a_pause_under_the_same_id(
    store: Database, receiver: Receiver, time: Time
) -> None:
    made = register(receiver.url)
    receiver.statuses = [500]
    happen()
    work()
    assert (delivery(made).state, delivery(made).last_outcome) == (WAITING, "http_500")
    assert work() == 0
    time.pass_(PAUSES_S[0])
    work()
    assert len(set(receiver.ids)) == 1
    assert len(receiver.ids) == 2
    assert (delivery(made).state, delivery(made).attempts) == (DELIVERED, 2)
    assert endpoint(made).failing_since is None


def test_every_attempt_carries_its_own_moment_and_the_same_body(
    lite: Database, receiver: Receiver, time: Time
) -> None:
    made = register(receiver.url)
    receiver.statuses = [503]
    happen()
    work()
    time.pass_(PAUSES_S[0])
    work()
    first, second = receiver.notices
    assert first.body == second.body
    assert int(second.headers["webhook-timestamp"]) >= int(first.headers["webhook-timestamp"]) + PAUSES_S[0]
    assert second.is_signed_with(made.secret)


def fail_for_good(receiver: Receiver, time: Time) -> int:
    """Let every attempt of the pause table fail; return how many there were."""
    receiver.statuses = [500] * 50
    for pause_s in (0, *PAUSES_S, 900, 900):
        time.pass_(pause_s + 1)
        while work():
            continue
    return len(receiver.notices)


def test_after_the_last_attempt_a_notice_is_dead_and_listed(
    store: Database, receiver: Receiver, time: Time
) -> None:
    made = register(receiver.url)
    happen()
    assert fail_for_good(receiver, time) == len(PAUSES_S) + 1
    found = endpoints.list_deliveries(ADMIN, made.endpoint.id, DEAD)
    assert [(one.attempts, one.last_outcome) for one in found] == [(len(PAUSES_S) + 1, "http_500")]
    assert len(set(receiver.ids)) == 1
    assert endpoint(made).dead == 1


def test_a_dead_notice_is_sent_again_by_hand_under_its_own_id(
    store: Database, receiver: Receiver, time: Time
) -> None:
    made = register(receiver.url)
    happen()
    fail_for_good(receiver, time)
    receiver.statuses = []
    again = endpoints.send_again(ADMIN, made.endpoint.id, delivery(made).id)
    assert again.state == WAITING
    work()
    assert delivery(made).state == DELIVERED
    assert len(set(receiver.ids)) == 1
    assert actions()[-1] == "webhook.sent_again"


def test_a_notice_sent_again_gets_all_its_attempts_anew(
    lite: Database, receiver: Receiver, time: Time
) -> None:
    made = register(receiver.url)
    happen()
    first = fail_for_good(receiver, time)
    set_endpoint(failures=0, failing_since=None)
    endpoints.send_again(ADMIN, made.endpoint.id, delivery(made).id)
    assert fail_for_good(receiver, time) == 2 * first


def test_a_waiting_notice_is_sent_now_by_hand_and_not_twice(
    lite: Database, receiver: Receiver, time: Time
) -> None:
    made = register(receiver.url)
    receiver.statuses = [500]
    happen()
    work()
    endpoints.send_again(ADMIN, made.endpoint.id, delivery(made).id)
    work()
    time.pass_(PAUSES_S[0] + 1)
    work()
    assert len(receiver.notices) == 2
    assert delivery(made).state == DELIVERED


def test_a_job_that_runs_twice_sends_once(store: Database, receiver: Receiver) -> None:
    made = register(receiver.url)
    happen()
    found = delivery(made).id
    service.deliver(found, 1)
    service.deliver(found, 1)
    assert work() == 1
    assert receiver.ids == [found]


def test_a_worker_that_died_while_sending_is_followed_by_the_same_notice(
    store: Database, receiver: Receiver, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Nothing catches it, as nothing catches a kill."""

    made = register(receiver.url)
    happen()
    real = sending.post

    def sent_and_killed(*arguments: Any) -> str:
        real(*arguments)
        raise Killed

    monkeypatch.setattr(sending, "post", sent_and_killed)
    with pytest.raises(Killed):
        work()
    monkeypatch.setattr(sending, "post", real)
    assert work() == 0
    time.pass_(service.LEASE_S + 1)
    work()
    assert receiver.ids == [delivery(made).id] * 2
    assert delivery(made).state == DELIVERED


def test_an_endpoint_that_fails_rests_and_the_others_are_served(
    lite: Database, receiver: Receiver, time: Time
) -> None:
    with receiving() as failing:
        failing.statuses = [500] * 50
        register(failing.url)
        register(receiver.url)
        for _ in range(6):
            happen()
        while work():
            continue
        assert len(receiver.notices) == 6
        assert len(failing.notices) == 2
        time.pass_(service.REST_S + 1)
        while work():
            continue
        assert len(failing.notices) == 3


def test_one_worker_at_a_time_sends_to_an_endpoint(store: Database, receiver: Receiver, time: Time) -> None:
    made = register(receiver.url)
    receiver.hold = threading.Event()
    happen()
    happen()
    first = threading.Thread(target=work)
    first.start()
    assert receiver.arrived.wait(10)
    assert work() == 1
    assert len(receiver.notices) == 1
    receiver.hold.set()
    first.join(20)
    time.pass_(service.TURN_S + 1)
    work()
    assert {one.state for one in endpoints.list_deliveries(ADMIN, made.endpoint.id)} == {DELIVERED}
    assert len(set(receiver.ids)) == 2


def test_an_endpoint_that_says_gone_is_disabled_at_once(store: Database, receiver: Receiver) -> None:
    made = register(receiver.url)
    receiver.statuses = [410]
    happen()
    happen()
    work()
    found = endpoint(made)
    assert (found.state, found.disabled_reason) == ("disabled", "gone")
    assert found.dead == 2
    assert len(receiver.notices) == 1
    happen()
    assert work() == 0
    assert actions() == ["webhook.registered", "webhook.disabled"]


def test_an_endpoint_that_failed_for_three_days_is_disabled(
    lite: Database, receiver: Receiver, time: Time
) -> None:
    made = register(receiver.url)
    receiver.statuses = [500] * 50
    happen()
    work()
    set_endpoint(failures=4, failing_since=clock.now() - timedelta(days=2, hours=23))
    time.pass_(PAUSES_S[0] + 1)
    work()
    assert endpoint(made).state == "active"
    set_endpoint(failing_since=clock.now() - timedelta(days=3), rest_until=None)
    time.pass_(PAUSES_S[1] + 1)
    work()
    assert (endpoint(made).state, endpoint(made).disabled_reason) == ("disabled", "failing")


def test_a_disabled_endpoint_is_enabled_and_takes_what_died_by_hand(
    lite: Database, receiver: Receiver
) -> None:
    made = register(receiver.url)
    endpoints.disable(ADMIN, made.endpoint.id)
    with pytest.raises(Conflict):
        endpoints.send_test(ADMIN, made.endpoint.id)
    endpoints.enable(ADMIN, made.endpoint.id)
    endpoints.enable(ADMIN, made.endpoint.id)
    endpoints.send_test(ADMIN, made.endpoint.id)
    work()
    assert receiver.events == ["webhook.ping"]
    assert actions() == ["webhook.registered", "webhook.disabled", "webhook.enabled"]


def test_a_notice_that_waits_when_its_endpoint_is_disabled_dies_with_the_cause(
    lite: Database, receiver: Receiver
) -> None:
    made = register(receiver.url)
    happen()
    endpoints.disable(ADMIN, made.endpoint.id)
    with pytest.raises(Conflict):
        endpoints.send_again(ADMIN, made.endpoint.id, delivery(made).id)
    work()
    assert (delivery(made).state, delivery(made).last_outcome) == (DEAD, "disabled")
    assert receiver.notices == []


def test_two_secrets_count_after_a_rotation_and_one_a_day_later(
    store: Database, receiver: Receiver, time: Time
) -> None:
    first = register(receiver.url)
    second = endpoints.rotate_secret(ADMIN, first.endpoint.id)
    happen()
    work()
    assert second.secret != first.secret
    assert receiver.notices[0].is_signed_with(first.secret)
    assert receiver.notices[0].is_signed_with(second.secret)
    time.pass_(24 * 3600 + 1)
    happen()
    work()
    assert not receiver.notices[1].is_signed_with(first.secret)
    assert receiver.notices[1].is_signed_with(second.secret)


def test_no_secret_is_in_the_database(lite: Database, receiver: Receiver) -> None:
    made = register(receiver.url)
    content = b"".join(
        path.read_bytes() for path in Path(str(lite.engine.url.database)).parent.glob("*.sqlite3*")
    )
    assert made.endpoint.id.encode() in content
    assert made.secret.removeprefix("whsec_").encode() not in content
