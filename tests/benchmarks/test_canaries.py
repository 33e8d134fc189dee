"""Ten thousand canaries in messages, forms and files: none may be found where it must not be."""

from pathlib import Path

import pytest

from core.database.engine import Database
from core.logs import configure_logs
from tests.integration.bot.conftest import People, RasaStub, conversation, people, rasa, store
from tests.integration.bot.test_canaries import found, live

__all__ = ["conversation", "people", "rasa", "store"]
CANARIES, SEED = 10_000, 20261201


@pytest.mark.benchmark
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_none_of_ten_thousand_canaries_is_found(
    conversation: str,
    people: People,
    rasa: RasaStub,
    store: Database,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    configure_logs("INFO")
    planted = live(conversation, people, rasa, CANARIES, SEED)
    logged = "".join(capfd.readouterr())
    leaks = found(planted, rasa, logged, store, tmp_path)
    with capfd.disabled():
        counted = (
            f"{len(planted)} planted, {len(rasa.turns)} turns of the model, {len(logged)} characters of log"
        )
        print(f"\ncanaries: {counted}; found {leaks}")
    assert leaks == {}
