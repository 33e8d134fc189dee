"""Health, tickets that run out, addresses behind a proxy, sizes of the server."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from core import clock
from core.settings import get_settings
from tests.integration.web.conftest import Person, Talk
from web import health
from web.app import create_app
from web.realtime.tickets import LIFE, STAFF, issue_ticket, spend_ticket
from web.security.refusals import Refused


def test_the_process_is_alive_even_when_the_assistant_is_not(app: Flask) -> None:
    assert app.test_client().get("/healthz").json == {"status": "alive"}


def test_without_rasa_nothing_is_ready(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_readiness", health.Readiness())
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "not_ready", "refused_models": []})


def test_readiness_is_asked_for_once_in_a_while_however_often_it_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def canary(locale: str) -> bool:
        asked.append(locale)
        return True

    monkeypatch.setattr("web.health.conversations.canary", canary)
    readiness = health.Readiness()
    assert all(readiness.is_ready("en") for _ in range(20))
    assert asked == ["en"]


def test_a_ticket_that_ran_out_opens_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = issue_ticket(STAFF, "acct_1")
    later = clock.now() + LIFE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Refused):
        spend_ticket(ticket, STAFF)


def test_a_ticket_names_the_account_it_was_issued_to(app: Flask) -> None:
    assert spend_ticket(issue_ticket(STAFF, "acct_1", "ses_1"), STAFF) == ("acct_1", "ses_1")


def attempts(app: Flask, address: str) -> list[int]:
    client = app.test_client()
    headers = {"X-Forwarded-For": address}
    body = {"login": "nobody", "password": "x"}
    return [client.post("/api/v1/sessions", json=body, headers=headers).status_code for _ in range(12)]


def test_a_forged_forwarding_header_wins_no_fresh_allowance(app: Flask) -> None:
    assert attempts(app, "203.0.113.1")[-1] == 429
    assert set(attempts(app, "203.0.113.2")) == {429}


def test_behind_a_trusted_proxy_each_person_is_counted_alone(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YAOZHENG_TRUSTED_PROXIES", "1")
    get_settings.cache_clear()
    proxied = create_app()
    assert attempts(proxied, "203.0.113.1")[-1] == 429
    assert attempts(proxied, "203.0.113.2")[0] == 422


def test_limits_are_switched_off_by_a_factor_of_nought(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YAOZHENG_RATE_LIMIT_FACTOR", "0")
    get_settings.cache_clear()
    assert 429 not in attempts(app, "203.0.113.1")


def test_each_ipv6_customer_is_one_address(app: Flask) -> None:
    client, body = app.test_client(), {"login": "nobody", "password": "x"}
    statuses = [
        client.post(
            "/api/v1/sessions", json=body, environ_base={"REMOTE_ADDR": f"2001:db8::{number:x}"}
        ).status_code
        for number in range(1, 13)
    ]
    assert statuses[-1] == 429


def test_gunicorn_takes_more_connections_than_threads(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YAOZHENG_WEB_THREADS", "1500")
    get_settings.cache_clear()
    source = (Path(health.__file__).parent / "gunicorn_conf.py").read_text(encoding="utf-8")
    read: dict[str, object] = {}
    exec(compile(source, "gunicorn_conf.py", "exec"), read)
    assert read["threads"] == 1500
    assert int(str(read["worker_connections"])) > 1500
    assert read["worker_class"] == "gthread"


def test_a_held_place_is_given_back_when_a_poll_ends(
    app: Flask, person: Callable[..., Person], talk: Callable[..., Talk]
) -> None:
    who = person()
    mine = talk(who)
    who.get(f"{mine.path}/messages?after=5&wait=0.1", headers=mine.headers)
    assert app.extensions["yaozheng_connections"].held == 0
