"""A process killed while it tells askers of a released answer: each is told exactly once."""

import os
import select
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func
from sqlalchemy import select as select_rows

from bot.conversations.models import Message
from bot.conversations.service import open_conversation
from core import clock
from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.database.engine import Database
from core.identity import ANONYMOUS
from core.settings import REPOSITORY
from knowledge_base.curation.models import CuratedEntry, CuratedVersion
from knowledge_base.improvement.models import CandidateQuestion, KnowledgeCandidate
from tests.stores import KINDS, opened

ASKERS, FEWEST_KILLS, MOST_A_LIFE, LOOK_EVERY_MS = 80, 5, 12, 2
ANSWER = {"zh": "火星不征收关税。", "en": "There is no duty on Mars."}


pytestmark = pytest.mark.timeout(120)


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """An empty database of either kind with all tables."""
    with opened(request.param, monkeypatch) as made:
        yield made


def prepare(count: int) -> list[str]:
    """So many conversations that asked in vain, and an answer that has just come into force."""
    now = clock.now()
    asking = [open_conversation(channel="web", locale="zh-CN", actor=ANONYMOUS) for _ in range(count)]
    entry = CuratedEntry(id="ent", key="mars", origin="candidate", created_by="e", created_at=now)
    version = CuratedVersion(
        id="ver",
        entry_id="ent",
        number=1,
        state="released",
        content={"answer": ANSWER, "basis": ["没有收录的办法#3"]},
        effective_from=clock.today(),
        editors=[],
        basis_seen={},
        flags=[],
        created_at=now,
        updated_at=now,
    )
    candidate = KnowledgeCandidate(
        id="cand",
        language="zh",
        question="火星关税",
        state="drafted",
        count=count,
        first_at=now,
        last_at=now,
        entry_id="ent",
    )
    questions = [
        CandidateQuestion(
            source_id=f"ans_{number}",
            source_kind="trace",
            candidate_id="cand",
            conversation_id=one.conversation_id,
            text="火星关税怎么缴",
            basis=[],
            asked_at=now,
        )
        for number, one in enumerate(asking)
    ]
    with transaction() as session:
        session.add_all([entry, candidate])
        session.flush()
        session.add_all([version, *questions])
    return [one.conversation_id for one in asking]


@contextmanager
def launcher() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.faults.telling"]
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=os.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.communicate()


def live(process: subprocess.Popen[str], is_due: Callable[[], bool] | None = None) -> int:
    """Let one process work, killed once ``is_due``; return how it ended."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    worker = os.pidfd_open(int(process.stdout.readline()))
    ended = select.poll()
    ended.register(worker, select.POLLIN)
    while is_due is not None and not ended.poll(LOOK_EVERY_MS):
        if is_due():
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(worker, signal.SIGKILL)
            break
    os.close(worker)
    return int(process.stdout.readline())


def told() -> Counter[str]:
    with reading() as session:
        rows = session.scalars(
            select_rows(Message.conversation_id).where(Message.text.contains(ANSWER["zh"]))
        )
        return Counter(rows)


def told_more(count: int) -> Callable[[], bool]:
    """Return whether so many more have been told than by now."""
    goal = len(told()) + count
    return lambda: len(told()) >= goal


def test_each_asker_is_told_once_however_often_the_process_is_killed(store: Database) -> None:
    asking, rng, kills, within = prepare(ASKERS), Random(6), 0, 0
    with launcher() as process:
        while live(process, told_more(rng.randint(1, MOST_A_LIFE))) == -signal.SIGKILL:
            kills += 1
            within += 0 < len(told()) < ASKERS
            assert max(told().values(), default=0) <= 1
        assert live(process) == 0
    print(f"{kills} kills, {within} with some told and some not")
    assert told() == dict.fromkeys(asking, 1)
    assert kills >= FEWEST_KILLS
    assert within
    with reading() as session:
        assert session.scalar(select_rows(func.count()).where(CandidateQuestion.told_at.is_(None))) == 0
        audited = session.scalars(
            select_rows(AuditEvent.subject_id).where(AuditEvent.action == "candidate.told")
        )
        assert Counter(audited) == Counter(asking)
        assert session.get_one(KnowledgeCandidate, "cand").state == "answered"
