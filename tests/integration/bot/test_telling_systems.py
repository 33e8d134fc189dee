"""The end of a case is told to the authority's systems, and to the system that opened the conversation."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversations.service import authorise, open_conversation
from bot.handoff import service
from core import clock
from core.database import reading
from core.errors import NotAvailable
from core.identity import Actor, Role, keys
from core.webhooks import endpoints
from core.webhooks.events import SUBSCRIBED
from core.webhooks.models import WebhookDelivery
from tests.integration.bot.conftest import People

ADMIN = Actor("acct_admin", Role.ADMINISTRATOR)
URL = "https://notices.example.cn/"


def system() -> Actor:
    last = clock.today() + timedelta(days=9)
    made = keys.create_key(ADMIN, keys.NewKey("平台", ["questions:ask", "webhooks:manage"], last))
    return keys.authenticate(made.secret).actor


def listening(actor: Actor) -> str:
    return endpoints.register(actor, endpoints.NewEndpoint(URL, SUBSCRIBED)).endpoint.id


def told(endpoint_id: str) -> list[dict[str, Any]]:
    query = select(WebhookDelivery.body).where(WebhookDelivery.endpoint_id == endpoint_id)
    with reading() as session:
        return [json.loads(body) for body in session.scalars(query)]


def closed_case(actor: Actor, people: People) -> tuple[str, str]:
    opened = open_conversation(channel="web", locale="zh-CN", actor=actor)
    case_id = service.request_handoff(opened.conversation_id, "asked_for").case_id
    service.claim_case(people.officer, case_id)
    service.close_case(people.officer, case_id, resolution="已说明")
    return opened.conversation_id, case_id


def test_the_end_of_a_case_is_told_to_whom_it_belongs(people: People) -> None:
    mine, other = system(), system()
    own, of_mine, of_other = (listening(one) for one in (ADMIN, mine, other))
    conversation_id, case_id = closed_case(mine, people)
    (body,) = told(of_mine)
    assert told(own) == [body]
    assert told(of_other) == []
    assert body["type"] == "case.closed"
    assert (body["data"]["case_id"], body["data"]["outcome"]) == (case_id, "resolved")
    assert body["data"]["conversation_id"] == conversation_id
    assert "已说明" not in json.dumps(body, ensure_ascii=False)


def test_a_case_of_a_person_is_told_to_the_authority_alone(people: People) -> None:
    own, of_system = listening(ADMIN), listening(system())
    closed_case(people.applicant, people)
    assert (len(told(own)), told(of_system)) == (1, [])


def test_conversations_of_one_system_are_not_those_of_one_person(people: People) -> None:
    mine = system()
    first, second = (open_conversation(channel="web", locale="en", actor=mine) for _ in range(2))
    assert authorise(first.conversation_id, actor=mine).account_id == ""
    with pytest.raises(NotAvailable):
        authorise(second.conversation_id, actor=system())
