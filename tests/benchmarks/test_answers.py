"""The evaluation questions over the ingested laws, through the product's own batch command."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.benchmark, pytest.mark.shared, pytest.mark.timeout(1500)]
REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = REPOSITORY.parent / "shared"
YAOZHENG = [sys.executable, "-m", "web.command_line"]


def _run(arguments: list[str], home: Path) -> str:
    env = {**os.environ, "YAOZHENG_HOME": str(home)}
    done = subprocess.run(arguments, env=env, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_hit_rates_and_behaviour_over_the_ingested_laws(tmp_path: Path) -> None:
    home, questions = tmp_path / "home", SHARED / "eval" / "questions_dev.jsonl"
    _run([sys.executable, "-m", "web.supervisor.preparation"], home)
    _run([*YAOZHENG, "ingest", str(SHARED / "laws")], home)
    batch = ["ask", "--batch", str(questions), "--out", str(tmp_path / "out.jsonl")]
    _run([*YAOZHENG, *batch], home)
    print()
    print(_run([sys.executable, "-m", "training.evaluate", "--batch", str(tmp_path / "out.jsonl")], home))
    encoder = REPOSITORY / "knowledge_base" / "embedding" / "model"
    print("Reference run, article texts alone:")
    print(_run([sys.executable, "-m", "training.evaluate", "--encoder", str(encoder)], home))
