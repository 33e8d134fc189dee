"""One whole installation for all faults; what a test kills, it waits for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from web.supervisor.stack import Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(Path(tmp_path_factory.mktemp("stack")), {"YAOZHENG_RATE_LIMIT_FACTOR": "0"}) as started:
        yield started
