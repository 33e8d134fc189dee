"""Filings handed in by workers that are killed at random instants, and what must be true afterwards."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.audit.models import AuditEvent
from core.audit.service import checkpoint, seal, verify
from core.database import reading
from core.identity import Actor, Role
from core.queue.models import OutboxJob
from core.settings import REPOSITORY, get_settings
from forms import service as forms
from forms.models import Filing, FilingCounter, FilingEvent, HistoricalRecord
from forms.sandbox.seed import seed_sandbox
from tests.integration.forms.complete import enterprise, member, open_complete

ITEMS = (("drug_distributor", "device_dist_class2_filing"), ("drug_maker", "drug_online_report"))
WORKERS = 3
ONE_SUBMISSION_S = 0.06
Entry = dict[str, str]


@dataclass
class Run:
    """What happened: what the workers were told of each filing, and how often they were killed."""

    entries: list[Entry]
    told: list[dict[str, Any]] = field(default_factory=list)
    kills: int = 0
    kills_within: int = 0
    seconds: float = 0.0

    @property
    def repeats(self) -> int:
        """How many filings had been handed in by a worker that died before it knew."""
        return sum(one["is_repeat"] for one in self.told)


def prepare(count: int) -> list[Entry]:
    """Open and fill in so many filings, each an account's own, half of either item."""
    seed_sandbox(20)
    entries = []
    for number in range(count):
        kind, item_code = ITEMS[number % len(ITEMS)]
        made = enterprise(kind)
        actor = member(made, f"acct_{number}")
        opened = open_complete(made, item_code, actor=actor, key=f"start-{number}")
        if number < len(ITEMS):
            left = {one.rule for one in forms.check_filing(actor, opened.id, "zh-CN")}
            assert left == {"declaration"}, (item_code, left)
        entry = {"filing_id": opened.id, "enterprise_id": made.id, "account_id": actor.account_id}
        entries.append({**entry, "key": f"submit-{number}"})
    return entries


def hand_in_under_kills(entries: list[Entry], *, most_between: int, seed: int) -> Run:
    """Let workers hand everything in; each is killed after at most so many filings, until none is left.

    The instant is random within the time that a filing takes; every other one lies towards the end, where the
    filing is handed in but the worker does not know it yet.
    """
    run, started = Run(entries), time.monotonic()
    shares = [entries[number::WORKERS] for number in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        lives = [
            pool.submit(_work_and_die, run, share, most_between, Random(f"{seed}:{number}"))
            for number, share in enumerate(shares)
        ]
    for life in lives:
        life.result()
    run.seconds = time.monotonic() - started
    return run


def _work_and_die(run: Run, left: list[Entry], most_between: int, rng: Random) -> None:
    """Give one worker after the other what is left, killing each, until nothing is."""
    taken_s = [ONE_SUBMISSION_S]
    with _launcher() as launcher:
        while left:
            wait_s = median(taken_s) * rng.choice((rng.uniform(0, 1.2), rng.uniform(0.8, 1.1)))
            lines = _one_life(launcher, left, rng.randint(0, most_between), wait_s, taken_s)
            told = [line for line in lines if "filing_no" in line]
            run.told += told
            if lines[-1]["ended"] == -signal.SIGKILL:
                run.kills += 1
                run.kills_within += "begun" in lines[-2]
            known = {one["key"] for one in told}
            left = [entry for entry in left if entry["key"] not in known]


@contextmanager
def _launcher() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.faults.submitting"]
    env = {**os.environ, "YAOZHENG_HOME": str(get_settings().home)}
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.communicate()


def _one_life(
    launcher: subprocess.Popen[str], left: list[Entry], filings: int, wait_s: float, taken_s: list[float]
) -> list[dict[str, Any]]:
    """Kill a worker once it has handed in so many filings and begun another; return all that it told.

    ``taken_s`` gains the seconds that each filing took.
    """
    assert launcher.stdin is not None
    assert launcher.stdout is not None
    launcher.stdin.write(json.dumps(left) + "\n")
    launcher.stdin.flush()
    lines: list[dict[str, Any]] = []
    begun = [time.monotonic()]
    for raw in launcher.stdout:
        lines.append(json.loads(raw))
        if "pid" in lines[-1]:
            worker = os.pidfd_open(lines[-1]["pid"])
        if "filing_no" in lines[-1]:
            taken_s.append(time.monotonic() - begun[-1])
        if "ended" in lines[-1]:
            break
        if "begun" in lines[-1]:
            begun.append(time.monotonic())
            if len(begun) == filings + 2:
                time.sleep(wait_s)
                with suppress(ProcessLookupError):  # it had handed in its last filing
                    signal.pidfd_send_signal(worker, signal.SIGKILL)
    os.close(worker)
    assert lines[-1].get("ended") in (0, -signal.SIGKILL), "a worker failed; what it said stands above"
    return lines


def assert_nothing_lost_or_doubled(run: Run) -> None:
    """Every filing was handed in once, as its worker was told; nothing was left out, nothing came twice."""
    told = {one["key"]: (one["filing_no"], one["receipt_code"]) for one in run.told}
    assert len(run.told) == len(told) == len(run.entries)
    with reading() as session:
        filings = {one.id: one for one in session.scalars(select(Filing))}
        assert len(filings) == len(run.entries)
        for entry in run.entries:
            found = filings[entry["filing_id"]]
            assert (found.state, found.submit_key) == ("submitted", entry["key"])
            assert (found.filing_no, found.receipt_code) == told[entry["key"]]
        assert len({one.filing_no for one in filings.values()}) == len(filings)
        assert len({one.receipt_code for one in filings.values()}) == len(filings)
        _assert_one_each(session, set(filings))
        _assert_no_gap_in_numbers(session, len(filings))
        _assert_every_change_is_audited(session, filings)


def _assert_one_each(session: Session, ids: set[str]) -> None:
    """One print job, one submission in the audit trail, one record of the filing and of its certificate."""
    jobs = session.scalars(select(OutboxJob).where(OutboxJob.task == "forms.render_document"))
    events = session.scalars(select(AuditEvent.subject_id).where(AuditEvent.action == "filing.submitted"))
    assert Counter(job.payload["filing_id"] for job in jobs) == Counter(events) == Counter(ids)
    kept = set(session.scalars(select(HistoricalRecord.id).where(HistoricalRecord.id.contains("_fil_"))))
    assert kept == {f"{kind}_{one}" for one in ids for kind in ("rec", "lic")}


def _assert_no_gap_in_numbers(session: Session, count: int) -> None:
    """A number that was counted and then rolled back would leave a gap."""
    serials: dict[str, list[int]] = {}
    for number in session.scalars(select(Filing.filing_no)):
        scope, serial = re.split(r"(?<=\d{4})(?=\d)", str(number).strip("号"), maxsplit=1)
        serials.setdefault(scope, []).append(int(serial))
    assert len(serials) == len(ITEMS)
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in serials.values())
    assert sum(session.scalars(select(FilingCounter.last))) == count


def _assert_every_change_is_audited(session: Session, filings: dict[str, Filing]) -> None:
    changes = session.execute(select(FilingEvent.filing_id, FilingEvent.version, FilingEvent.action)).all()
    audited = session.scalars(select(AuditEvent).where(AuditEvent.subject_type == "filing")).all()
    assert Counter((one.filing_id, one.version, f"filing.{one.action}") for one in changes) == Counter(
        (one.subject_id, one.data["version"], one.action) for one in audited
    )
    versions: dict[str, list[int]] = {}
    for one in changes:
        versions.setdefault(one.filing_id, []).append(one.version)
    assert all(sorted(versions[one.id]) == list(range(1, one.version + 1)) for one in filings.values())


def assert_the_audit_trail_is_whole() -> None:
    """Seal the rest; recompute the chain over every event."""
    while seal():
        continue
    checkpoint()
    found = verify()
    with reading() as session:
        assert found.events == session.scalar(select(func.count(AuditEvent.id)))
    assert (found.is_whole, found.unsealed, found.checkpoints) == (True, 0, 1)


def assert_each_key_gives_its_filing_again(run: Run) -> None:
    """Handing in again under the same key gives the same number and adds nothing."""
    told = {one["key"]: one["filing_no"] for one in run.told}
    for entry in run.entries:
        actor = Actor(entry["account_id"], Role.APPLICANT, enterprise_ids=frozenset({entry["enterprise_id"]}))
        again = forms.submit_filing(
            actor, entry["filing_id"], expected_version=None, idempotency_key=entry["key"]
        )
        assert (again.filing_no, again.is_repeat) == (told[entry["key"]], True)
