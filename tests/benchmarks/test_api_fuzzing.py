"""A thousand made-up requests to every operation of the API: no failure, no answer that is not documented."""

from collections.abc import Iterator

import pytest

from tests.fuzzing import LABELS, Target, fuzz, target

EXAMPLES = 1000

pytestmark = pytest.mark.benchmark


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with target(tmp_path_factory.mktemp("fuzzing") / "home") as made:
        yield made


@pytest.mark.parametrize("label", LABELS)
def test_no_request_is_answered_otherwise_than_documented(served: Target, label: str) -> None:
    sent = fuzz(served, label, EXAMPLES)
    print(f"\n{label}: {sent} requests, none answered otherwise than documented")
    assert sent >= 1
