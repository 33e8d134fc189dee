import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from core.database import Base
from core.database.engine import Database
from core.database.migrations import head, revision, upgrade
from core.database.model_modules import load_models

POSTGRES = os.environ.get("YAOZHENG_TEST_POSTGRES_URL", "")


def sqlite(folder: Path) -> Database:
    return Database(f"sqlite:///{folder / 'empty.sqlite3'}")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of either kind."""
    if request.param == "sqlite":
        opened = sqlite(tmp_path)
        yield opened
        opened.dispose()
        return
    if not POSTGRES:
        pytest.skip("YAOZHENG_TEST_POSTGRES_URL is not set: make test starts a server")
    name = f"migrations_{os.getpid()}"
    server = Database(POSTGRES)
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"create database {name}"))
    opened = Database(POSTGRES.rsplit("/", 1)[0] + "/" + name)
    yield opened
    opened.dispose()
    with server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    server.dispose()


def test_an_empty_database_is_brought_to_the_newest_revision(empty: Database) -> None:
    assert revision(empty) == ""
    assert upgrade(empty) == head() != ""
    assert revision(empty) == head()


def test_upgrading_again_changes_nothing(empty: Database) -> None:
    upgrade(empty)
    before = sorted(inspect(empty.engine).get_table_names())
    upgrade(empty)
    assert sorted(inspect(empty.engine).get_table_names()) == before


def test_migrations_make_exactly_what_the_models_say(empty: Database) -> None:
    load_models()
    upgrade(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        difference = compare_metadata(context, Base.metadata)
    assert len(Base.metadata.tables) > 20
    assert difference == []


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic.operations import Operations

    made: list[str] = []
    create_table = Operations.create_table

    def failing(self: Operations, name: str, *columns: object, **options: object) -> object:
        if len(made) == 5:
            raise RuntimeError("the disk is full")
        made.append(name)
        return create_table(self, name, *columns, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Operations, "create_table", failing)
    with pytest.raises(RuntimeError, match="the disk is full"):
        upgrade(empty)
    assert [name for name in inspect(empty.engine).get_table_names() if name in made] == []
    monkeypatch.undo()
    assert upgrade(empty) == head()


def test_messages_written_before_know_the_answer_that_they_told(empty: Database) -> None:
    from alembic import command

    from core.database.migrations.service import configuration

    command.upgrade(configuration(empty), "0006")
    told = """'{"answer": {"trace_id": "ans_1"}}'"""
    with empty.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO conversation (id, channel, locale, account_id, token_digest, owner, rasa_session,"
            " session_turns, last_seq, opened_at, active_at) VALUES ('conv_1', 'web', 'zh-CN', '', '-',"
            " 'bot', 'r1', 0, 2, '2026-11-20 03:00:00+00:00', '2026-11-20 03:00:00+00:00')"
        )
        for seq, role, kind, details in ((1, "applicant", "text", "'{}'"), (2, "assistant", "answer", told)):
            connection.exec_driver_sql(
                "INSERT INTO message (conversation_id, seq, at, role, kind, text, blocks, details,"
                f" account_id) VALUES ('conv_1', {seq}, '2026-11-20 03:00:00+00:00', '{role}', '{kind}', '-',"
                f" '[]', {details}, '')"
            )
    upgrade(empty)
    with empty.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT seq, trace_id FROM message ORDER BY seq").all()
    assert [tuple(row) for row in rows] == [(1, None), (2, "ans_1")]
    command.downgrade(configuration(empty), "0006")
    assert "improvement_task" not in inspect(empty.engine).get_table_names()
    assert upgrade(empty) == head()


def test_answers_given_before_know_where_they_were_asked(empty: Database) -> None:
    from alembic import command

    from core.database.migrations.service import configuration

    command.upgrade(configuration(empty), "0010")
    moment = "'2026-11-20 03:00:00+00:00'"
    with empty.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO enterprise (id, uscc, name, province, region_code, profile, is_synthetic)"
            " VALUES ('ent_1', '9', 'x', '沪', '310115', '{}', '1')"
        )
        for number, enterprise in ((1, "'ent_1'"), (2, "NULL")):
            connection.exec_driver_sql(
                "INSERT INTO conversation (id, channel, locale, account_id, enterprise_id, token_digest,"
                f" owner, rasa_session, session_turns, last_seq, opened_at, active_at) VALUES"
                f" ('conv_{number}', 'widget', 'zh-CN', '', {enterprise}, '-', 'bot', 'r{number}', 0, 1,"
                f" {moment}, {moment})"
            )
            connection.exec_driver_sql(
                "INSERT INTO message (conversation_id, seq, at, role, kind, text, blocks, details,"
                f" account_id, trace_id) VALUES ('conv_{number}', 1, {moment}, 'assistant', 'answer', '-',"
                f" '[]', '{{}}', '', 'ans_{number}')"
            )
        for number in (1, 2, 3):
            connection.exec_driver_sql(
                "INSERT INTO answer_trace (id, answered_at, question, question_hmac, locale, language, as_of,"
                " status, made_from, service_item_code, aspects, support, passages, citations, encoder_id,"
                f" snapshot_id, thresholds, timings_ms, latency_ms) VALUES ('ans_{number}', {moment}, '-',"
                " '-', 'zh-CN', 'zh', '2026-11-20', 'answered', '', '', '[]', 0, '[]', '[]', '', '', '{}',"
                " '{}', 0)"
            )
        connection.exec_driver_sql(
            "INSERT INTO answer_feedback (id, trace_id, account_id, is_useful, reason, given_at)"
            f" VALUES ('fbk_1', 'ans_1', '', '1', '', {moment})"
        )
    upgrade(empty)
    where = "SELECT id, conversation_id, channel, province FROM answer_trace ORDER BY id"
    with empty.engine.connect() as connection:
        rows = [tuple(row) for row in connection.exec_driver_sql(where)]
    assert rows == [
        ("ans_1", "conv_1", "widget", "沪"),
        ("ans_2", "conv_2", "widget", ""),
        ("ans_3", "", "", ""),
    ]
    command.downgrade(configuration(empty), "0010")
    with empty.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM answer_feedback").scalar() == 1
    assert "channel" not in {one["name"] for one in inspect(empty.engine).get_columns("answer_trace")}
    assert upgrade(empty) == head()
