"""What is absent and what is not yours answer alike, byte for byte, at every route with an id in it."""

import pytest
from flask import Flask

from core.settings import get_settings
from tests.integration.web import rights_world
from tests.integration.web.rights_table import Route, routes
from tests.integration.web.rights_world import World

WITHOUT_OWNER = {
    "account_id",
    "aspect",
    "candidate_id",
    "code",
    "document_id",
    "event_id",
    "entry_id",
    "filename",
    "held_id",
    "key_id",
    "kind",
    "name",
    "operation_id",
    "push_id",
    "question_id",
    "recalled_id",
    "reply_id",
    "requirement_id",
    "task_id",
    "topic_id",
    "trace_id",
    "wanted",
}
WITHIN_A_THING = {"delivery_id", "field", "file_id", "group", "key", "proposal_id", "seq"}


@pytest.fixture
def world(app: Flask, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("YAOZHENG_RATE_LIMIT_FACTOR", "0")
    get_settings.cache_clear()
    return rights_world.build(app)


def test_absent_and_not_yours_answer_the_same_bytes(world: World) -> None:
    found, unreached = rights_world.leaks(world)
    assert found == []
    assert unreached == set()
    assert sum(world.cells.values()) > 1000


def test_every_id_in_an_address_is_somebodys_or_named_as_nobodys() -> None:
    names = {name for route in routes() for name in Route.parameters(route)}
    assert names - WITHOUT_OWNER - WITHIN_A_THING - set(rights_world.STRANGERS) == set()
