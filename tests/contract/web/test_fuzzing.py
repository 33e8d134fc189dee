"""Made-up requests to every operation; ``make bench ARGS="-k api_fuzzing"`` sends many more."""

from collections.abc import Iterator

import pytest

from tests.fuzzing import LABELS, Target, fuzz, target

EXAMPLES = 6


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with target(tmp_path_factory.mktemp("fuzzing") / "home") as made:
        yield made


def test_every_operation_is_sent_to(served: Target) -> None:
    assert set(served.operations()) == set(LABELS)


@pytest.mark.parametrize("label", LABELS)
def test_no_request_is_answered_otherwise_than_documented(served: Target, label: str) -> None:
    assert fuzz(served, label, EXAMPLES) >= 1
