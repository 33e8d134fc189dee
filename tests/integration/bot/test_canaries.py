"""What people write in messages, forms and files is in no log, trace, queue, index or model input."""

import logging
from pathlib import Path

import pytest
import structlog

from core import database
from core.database.engine import Database
from core.logs import configure_logs
from core.privacy.service import find_personal_data
from core.settings import get_settings
from tests.unit.knowledge_base.answering.conftest import ShelvedKnowledge, guide_passages

from . import planting
from .conftest import People, RasaStub, saying

log = structlog.get_logger("canaries")


def shout(planted: list[planting.Canary]) -> None:
    """Log what must never be logged: in values, in a library's line, in an exception's text."""
    for one in planted:
        log.info(
            "test.misuse", said=one.sentence, deep={"again": [one.sentence]}, thing=ValueError(one.sentence)
        )
        logging.getLogger("library").warning("refused %s", one.sentence)
        try:
            raise ValueError(one.sentence)
        except ValueError:
            log.exception("test.crashed")
            logging.getLogger("library").exception("crashed")


def live(conversation: str, people: People, rasa: RasaStub, count: int, seed: int) -> list[planting.Canary]:
    """Let people write all of it and everything in the product carry it on."""
    rasa.reply = lambda turn: saying(f"{turn.get('text', '')}")
    planted = planting.canaries(count, seed)
    knowledge = ShelvedKnowledge(guide_passages())
    third = count // 3
    planting.say_all(conversation, people.applicant, planted[:third], knowledge)
    planting.fill_form(people.applicant, planted[third : 2 * third])
    planting.misuse_all(planted[2 * third :])
    shout(planted[2 * third :])
    return planted


def found(
    planted: list[planting.Canary], rasa: RasaStub, logged: str, store: Database, work: Path
) -> dict[str, int]:
    """Count by place what lies where it must not."""
    places = planting.tables(store) | {"model input": str(rasa.turns), "log": logged}
    places |= planting.files_of(get_settings().home)
    if store.is_sqlite:
        places["file bytes"] = planting.file_bytes_without_personal_columns(store, work)
    counts: dict[str, int] = {}
    for place, _needle in planting.look(planted, places):
        counts[place] = counts.get(place, 0) + 1
    return counts


def test_no_canary_is_found_where_it_must_not_be(
    conversation: str,
    people: People,
    rasa: RasaStub,
    store: Database,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    configure_logs("INFO")
    planted = live(conversation, people, rasa, 330, 20261130)
    logged = "".join(capfd.readouterr())
    assert len(rasa.turns) > 10
    assert "test.crashed" in logged
    assert found(planted, rasa, logged, store, tmp_path) == {}


def test_the_search_would_find_a_canary(
    conversation: str, people: People, rasa: RasaStub, store: Database, tmp_path: Path
) -> None:
    planted = planting.canaries(22, 5)
    with database.transaction() as session:
        session.execute(
            planting.text("INSERT INTO filing_counter (scope, last) VALUES (:scope, 1)"),
            {"scope": planted[0].plain},
        )
    assert found(planted, rasa, planted[1].written, store, tmp_path)["filing_counter"] == 1
    assert all(find_personal_data(one.sentence) for one in planted)
