"""An empty database of either kind; the one of PostgreSQL lies on the server that the test command starts."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import create_engine, text

from core import database
from core.database.engine import Database, _driver_url
from core.database.model_modules import load_models
from core.settings import get_settings

KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@contextmanager
def opened(kind: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Give the installation of the fixture ``home`` a database with all tables; it goes afterwards."""
    schema = f"test_{uuid.uuid4().hex}"
    if kind == "postgres":
        monkeypatch.setenv("YAOZHENG_DATABASE_URL", _schema_url(schema))
        get_settings.cache_clear()
    load_models()
    made = database.current()
    database.Base.metadata.create_all(made.engine)
    yield made
    database.reset()
    if kind == "postgres":
        _execute(f"DROP SCHEMA {schema} CASCADE")


def _schema_url(schema: str) -> str:
    server = os.environ.get("YAOZHENG_TEST_POSTGRES_URL", "")
    if not server:
        pytest.skip("no PostgreSQL server was started for the tests")
    _execute(f"CREATE SCHEMA {schema}")
    return f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{schema}"


def _execute(statement: str) -> None:
    engine = create_engine(_driver_url(os.environ["YAOZHENG_TEST_POSTGRES_URL"]))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
