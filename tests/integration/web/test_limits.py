"""Rate limits for address, person, conversation and channel."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.integration.web.conftest import Person, Talk, error_of
from web.security import rate_limits
from web.security.rate_limits import Limit


def small(monkeypatch: pytest.MonkeyPatch, name: str, place: object = rate_limits) -> None:
    limit: Limit = getattr(rate_limits, name)
    monkeypatch.setattr(place, name, Limit(limit.name, 3, 1, limit.by))


def test_a_person_is_counted_whatever_the_address(
    app: Flask, person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch, "PERSON")
    mine, other = person("applicant1"), person("applicant2")
    addresses = [{"REMOTE_ADDR": f"203.0.113.{number}"} for number in range(4)]
    answers = [mine.get("/enterprises", environ_base=one) for one in addresses]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert error_of(answers[-1])["code"] == "web.api.too_many"
    assert other.get("/enterprises").status_code == 200


def test_an_address_is_counted_whoever_asks(
    person: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    small(monkeypatch, "REQUESTS")
    visitor = person()
    assert [visitor.get("/me").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert visitor.get("/me", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 200


def test_a_channel_is_counted_for_all_its_conversations(
    visitor: Person, talk: Callable[..., Talk], monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = rate_limits.CHANNEL
    monkeypatch.setattr("web.api.conversations.CHANNEL", Limit(channel.name, 3, 1, channel.by))
    widgets = [talk(visitor, channel="widget") for _ in range(4)]
    web = talk(visitor)

    def say(one: Talk) -> int:
        body = {"client_message_id": "m" * 16, "text": "你好"}
        return visitor.post(f"{one.path}/messages", json=body, headers=one.headers).status_code

    assert [say(one) == 429 for one in (*widgets, web)] == [False, False, False, True, False]


def test_codes_and_passwords_are_counted_for_the_person(app: Flask, person: Callable[..., Person]) -> None:
    who = person("officer1")
    statuses = [
        who.client.post(
            "/account/second-step/codes",
            data={"csrf_token": who.csrf, "code": "000000"},
            environ_base={"REMOTE_ADDR": f"203.0.113.{number}"},
        ).status_code
        for number in range(11)
    ]
    assert statuses[:10] == [422] * 10
    assert statuses[10] == 429
