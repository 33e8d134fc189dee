"""Public retrieval sets through the product, BM25 beside it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.benchmark, pytest.mark.shared, pytest.mark.timeout(1500)]
REPOSITORY = Path(__file__).resolve().parents[2]
SETS = REPOSITORY.parent / "shared" / "eval" / "benchmarks"


def test_lay_questions_over_all_statutes() -> None:
    command = [sys.executable, "-m", "training.evaluate", "--benchmark", str(SETS / "stard.json.xz")]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    print()
    print(done.stdout)
