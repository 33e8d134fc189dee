"""``yaozheng keys`` on a seeded installation."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from core import clock, database
from core.errors import NotSignedIn
from core.identity import keys
from forms.models import Enterprise
from web.command_line import preparing
from web.command_line.main import main

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(preparing, "open_existing", lambda: None)
    return lambda *arguments: CliRunner().invoke(main, ["keys", *arguments])


def body(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


def made(run: Run, *more: str) -> dict[str, Any]:
    return body(run("create", "--name", "平台", "--scope", "filings:read", *more, "--json"))


def test_a_key_made_by_command_works_and_is_listed_without_its_secret(run: Run) -> None:
    issued = made(run, "--per-minute", "5")
    assert keys.authenticate(issued["secret"]).per_minute == 5
    listed = run("list", "--json")
    assert [one["id"] for one in body(listed)["keys"]] == [issued["key"]["id"]]
    assert issued["secret"][-43:] not in listed.output


def test_a_key_made_by_command_is_written_out_with_a_word_of_care(run: Run) -> None:
    result = run("create", "--name", "平台", "--scope", "open_data:read")
    assert keys.SHAPE.search(result.output) is not None
    assert keys.SHAPE.search(run("list").output) is None
    assert len(result.output.strip().splitlines()) == 2


def test_what_is_wrong_ends_with_the_exit_code_of_wrong_input(run: Run) -> None:
    result = run("create", "--name", "平台", "--scope", "everything", "--json")
    assert result.exit_code == 2
    assert json.loads(result.output)["error"]["code"] == "core.key_invalid_input"


def test_a_key_is_revoked_by_command(run: Run) -> None:
    issued = made(run)
    assert body(run("revoke", issued["key"]["id"], "--json"))["key"]["state"] == "revoked"
    with pytest.raises(NotSignedIn):
        keys.authenticate(issued["secret"])
    assert run("revoke", "key_none").exit_code == 1


def test_an_authority_is_recorded_by_command(run: Run) -> None:
    issued = made(run)
    with database.reading() as session:
        enterprise = session.scalars(select(Enterprise)).first()
    assert enterprise is not None
    until = str(clock.today() + timedelta(days=9))
    arguments = ("--uscc", enterprise.uscc, "--basis", "授权书", "--until", until)
    told = run("authorise", issued["key"]["id"], *arguments)
    assert enterprise.name in told.output
    assert keys.authenticate(issued["secret"]).actor.enterprise_ids == {enterprise.id}
    assert run("authorise", issued["key"]["id"], "--uscc", "x", *arguments[2:]).exit_code == 2
