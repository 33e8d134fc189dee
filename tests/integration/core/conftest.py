"""Both databases, a receiver on this machine, and the present as a test wants it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import clock
from core.database.engine import Database
from tests.integration.core.notices import Time, allow_loopback
from tests.receiving import Receiver, receiving
from tests.stores import KINDS, opened


@pytest.fixture(params=KINDS)
def store(home: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    with opened(request.param, monkeypatch) as made:
        allow_loopback(monkeypatch)
        yield made


@pytest.fixture
def lite(db: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    allow_loopback(monkeypatch)
    return db


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    found, real = Time(), clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + found.ahead)
    return found
