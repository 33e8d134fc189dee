"""Fixtures that every level of the suite shares."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import database
from core.database.engine import Database
from core.database.model_modules import load_models
from core.realtime import reset_bus
from core.settings import get_settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty installation: its own YAOZHENG_HOME, no state left from other tests."""
    monkeypatch.setenv("YAOZHENG_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("YAOZHENG_REDIS_URL", raising=False)
    monkeypatch.delenv("YAOZHENG_DATABASE_URL", raising=False)
    _forget()
    yield tmp_path / "home"
    _forget()


def _forget() -> None:
    get_settings.cache_clear()
    database.reset()
    reset_bus()


@pytest.fixture
def db(home: Path) -> Database:
    """The installation's SQLite database with all tables."""
    load_models()
    opened = database.current()
    database.Base.metadata.create_all(opened.engine)
    return opened
