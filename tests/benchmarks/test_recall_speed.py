"""Ten thousand stored answers asked again after a release, while people go on asking.

A thousand questions of the shipped answers are asked, and each trace is kept ten times as if ten people had
asked in words of their own. The recall runs in a process of its own, as a worker does; meanwhile this process
asks as the actions do, and how long it waits is held against how long it waited before.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import insert, select

from core import database
from core.database import reading, transaction
from core.settings import get_settings
from knowledge_base import service as knowledge_base
from knowledge_base.answering.views import Question
from knowledge_base.models import AnswerTrace
from knowledge_base.recall import service as recall
from knowledge_base.recall.models import RecallRun
from knowledge_base.sources.shipped import CONTENT, read_entries

pytestmark = [pytest.mark.benchmark, pytest.mark.shared, pytest.mark.timeout(1500)]
REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = REPOSITORY.parent / "shared"
ANSWERS, ASKED, ASIDE, MOST_S = 10_000, 1_000, 150, 300
PAUSE_S = 0.1
WORKER = "import sys; from knowledge_base.recall.service import work\nwhile work(sys.argv[1]): pass"


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    home = tmp_path / "home"
    env = {**os.environ, "YAOZHENG_HOME": str(home)}
    for command in (
        [sys.executable, "-m", "web.supervisor.preparation"],
        [sys.executable, "-m", "web.command_line", "ingest", str(SHARED / "laws")],
    ):
        subprocess.run(command, env=env, cwd=REPOSITORY, capture_output=True, check=True)
    monkeypatch.setenv("YAOZHENG_HOME", str(home))
    get_settings.cache_clear()
    database.reset()
    yield home
    database.reset()
    get_settings.cache_clear()


def questions() -> list[str]:
    found: list[str] = []
    for path in sorted((CONTENT / "faq").glob("*.yml")):
        for entry in read_entries(path):
            found += [str(entry["question"]["zh"]), *map(str, entry.get("similar", {}).get("zh", ()))]
    return list(dict.fromkeys(found))[:ASKED]


def store_answers(texts: list[str]) -> int:
    for text in texts:
        knowledge_base.answer(Question(text))
    with reading() as session:
        columns = [one.key for one in AnswerTrace.__table__.columns]
        rows = [
            {key: getattr(row, key) for key in columns}
            for row in session.scalars(select(AnswerTrace).where(AnswerTrace.status.startswith("answered")))
        ]
    copies = [
        {**row, "id": f"{row['id'][:34]}_{n}", "question_hmac": f"{row['question_hmac'][:60]}_{n}"}
        for n in range(-(-ANSWERS // len(rows)))
        for row in rows
    ][: ANSWERS - len(rows)]
    with transaction() as session:
        session.execute(insert(AnswerTrace), copies)
    return len(rows) + len(copies)


@dataclass
class Waits:
    """How long questions took, in milliseconds."""

    ms: list[float]

    def p(self, share: int) -> float:
        return float(np.percentile(self.ms, share))


def asked(texts: list[str], count: int) -> Waits:
    taken = []
    for n in range(count):
        started = time.perf_counter()
        knowledge_base.answer(Question(texts[n * 7 % len(texts)]))
        taken.append((time.perf_counter() - started) * 1000)
        time.sleep(PAUSE_S)
    return Waits(taken)


def test_ten_thousand_answers_are_asked_again_while_people_ask(installation: Path) -> None:
    texts = questions()
    stored = store_answers(texts)
    before = asked(texts, ASIDE)
    run_id = recall.request("after-the-release")
    started = time.perf_counter()
    with subprocess.Popen([sys.executable, "-c", WORKER, run_id], cwd=REPOSITORY) as worker:
        time.sleep(5)
        during = asked(texts, ASIDE)
        assert worker.wait(1200) == 0
    took = time.perf_counter() - started
    with reading() as session:
        run = session.get_one(RecallRun, run_id)
        total, changed, failed, state = run.total, run.changed, run.failed, run.state
    print(
        f"\n{total} of {stored} stored answers asked again in {took:.0f} s, {changed} changed,"
        f" {failed} failed; an answer meanwhile p50 {during.p(50):.0f} ms, p95 {during.p(95):.0f} ms,"
        f" before p50 {before.p(50):.0f} ms, p95 {before.p(95):.0f} ms"
    )
    assert (state, failed) == ("done", 0)
    assert total == stored == ANSWERS
    assert changed == 0, "nothing was released, so no answer may differ"
    assert took <= MOST_S
