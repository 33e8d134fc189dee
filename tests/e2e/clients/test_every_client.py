"""Reconnect, replay, sending twice, two screens, an hour's sleep: none lost or doubled, for all clients."""

import pytest

from tests.e2e.clients import scenarios
from tests.e2e.clients.conftest import CLIENTS
from tests.e2e.clients.scenarios import Scenario
from tests.e2e.clients.stage import Stage

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("scenario", scenarios.ALL, ids=lambda one: one.__name__)
def test_nothing_is_lost_or_doubled(stage: Stage, scenario: Scenario) -> None:
    scenario(stage)
    stage.judge()


@pytest.mark.parametrize("kind", CLIENTS)
@pytest.mark.parametrize("scenario", scenarios.LOST, ids=lambda one: one.__name__)
def test_who_has_lost_the_conversation_keeps_what_was_typed(stage: Stage, scenario: Scenario) -> None:
    scenario(stage)
