"""The preparation on a real, empty installation."""

import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core import database
from core.errors import InvariantBroken
from core.identity.service import sign_in
from core.model_register import service as register
from core.settings import Settings, get_settings
from forms.items.catalogue import items
from knowledge_base.answering.stored import StoredKnowledge
from knowledge_base.models import Passage
from web.supervisor import accounts, models, preparation
from web.supervisor.preparation import STEPS, UNCHANGED, Prepared


@pytest.fixture
def settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("YAOZHENG_SANDBOX_ENTERPRISES", "20")
    get_settings.cache_clear()
    return get_settings()


def run(settings: Settings, *names: str) -> dict[str, str]:
    prepared = Prepared.read(settings)
    return {name: step(settings, prepared)[0] for name, step in STEPS if not names or name in names}


def test_all_steps_run_once_and_are_passed_over_after_that(settings: Settings) -> None:
    first = run(settings)
    assert UNCHANGED[0] not in first.values()
    assert set(run(settings).values()) == {UNCHANGED[0]}


def test_the_demo_accounts_can_sign_in_and_their_file_is_private(settings: Settings) -> None:
    run(settings, "migrations", "sandbox")
    known = accounts.read(settings)
    assert {account.role for account in known} >= {
        "applicant",
        "officer",
        "supervisor",
        "administrator",
        "auditor",
    }
    for account in known:
        assert sign_in(account.login, account.password).actor.role == account.role
    mode = stat.S_IMODE((settings.home / accounts.FILE).stat().st_mode)
    assert mode == 0o600


def test_passwords_are_generated_and_differ(settings: Settings) -> None:
    run(settings, "migrations", "sandbox")
    passwords = [account.password for account in accounts.read(settings)]
    assert len(set(passwords)) == len(passwords)
    assert min(map(len, passwords)) >= 12


def test_passwords_that_were_lost_are_made_anew(settings: Settings) -> None:
    run(settings, "migrations", "sandbox")
    (settings.home / accounts.FILE).unlink()
    assert run(settings, "sandbox")["sandbox"] == "setup.note.sandbox"
    account = accounts.read(settings)[0]
    assert sign_in(account.login, account.password).actor.account_id


def test_a_database_that_was_removed_is_filled_again_with_the_same_passwords(settings: Settings) -> None:
    run(settings, "migrations", "sandbox")
    before = accounts.read(settings)
    database.reset()
    for path in settings.home.glob("database.sqlite3*"):
        path.unlink()
    run(settings, "migrations", "sandbox")
    assert accounts.read(settings) == before
    assert sign_in(before[0].login, before[0].password).actor.account_id


def test_another_database_gets_the_shipped_knowledge_too(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when an installation moves from SQLite to PostgreSQL."""
    run(settings)
    database.reset()
    monkeypatch.setenv("YAOZHENG_DATABASE_URL", f"sqlite:///{settings.home / 'another.sqlite3'}")
    get_settings.cache_clear()
    again = run(get_settings())
    assert UNCHANGED[0] not in again.values()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Passage))
    assert set(StoredKnowledge().guided_items()) == set(items())


def test_without_a_sandbox_there_are_no_demo_accounts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YAOZHENG_SANDBOX", "false")
    get_settings.cache_clear()
    assert run(get_settings(), "migrations", "sandbox")["sandbox"] == "setup.note.no_sandbox"
    assert accounts.read(settings) == []


def test_an_index_that_was_damaged_is_built_anew(settings: Settings) -> None:
    run(settings)
    snapshots = settings.home / "knowledge" / "snapshots"
    for path in snapshots.rglob("*"):
        if path.is_file() and path.suffix not in {".json"}:
            path.write_bytes(b"broken")
    assert run(settings)["index"] == "setup.note.index"
    assert run(settings)["index"] == UNCHANGED[0]


def test_events_are_one_json_object_a_line(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert settings.home
    assert preparation.main() == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["step"] for line in lines[::2]] == [name for name, _ in STEPS]
    assert {line["state"] for line in lines} == {"started", "finished"}


def test_a_failure_is_told_by_its_code(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YAOZHENG_EMBEDDING_MODEL", str(settings.home / "absent"))
    get_settings.cache_clear()
    assert preparation.main() == 1
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["state"], last["code"]) == ("failed", "knowledge_base.encoder_missing")


def test_a_model_counts_as_current_only_for_its_sources_and_unchanged(settings: Settings) -> None:
    run(settings, "migrations")
    file = models.model_file(settings)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"a model")
    assert not models.is_current(settings, "sources-1")
    models.note_trained(settings, "sources-1")
    assert models.is_current(settings, "sources-1")
    assert not models.is_current(settings, "sources-2")
    models.register_rasa(settings, "sources-1")
    assert register.verify("rasa", file).version == "sources-1"[:12]
    file.write_bytes(b"another model")
    assert not models.is_current(settings, "sources-1")
    with pytest.raises(InvariantBroken):
        register.verify("rasa", file)
