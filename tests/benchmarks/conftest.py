"""What several measurements share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database.engine import Database
from tests.e2e.conftest import agency_port, base_url, chromium, installation, playwright, visitor
from tests.e2e.test_embedding import agency
from tests.stores import KINDS, opened

__all__ = ["agency", "agency_port", "base_url", "chromium", "installation", "playwright", "visitor"]


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An empty database of either kind with all tables."""
    with opened(request.param, monkeypatch) as made:
        yield made
