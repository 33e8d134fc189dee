"""Officers who reach for the same case at the same instant, from processes of their own.

Each process has some lanes, a thread each. A lane waits until the same lane of the other process has come to
the same case, then both claim it.
"""

import multiprocessing
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

from sqlalchemy import func, insert, select

from bot.conversations.models import Conversation, Message
from bot.handoff import service as handoff
from bot.handoff.models import HandoffCase
from core import clock
from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.database.model_modules import load_models
from core.errors import Conflict
from core.identity.service import actor_of

WON, TOO_LATE = "won", "handoff.already_claimed"
Got = list[tuple[str, str, str]]
MEETING_S = 60.0


def claim(officer_id: str, case_id: str) -> str:
    """Reach for a case; return ``won`` or the code of the refusal."""
    try:
        handoff.claim_case(actor_of(officer_id), case_id)
    except Conflict as error:
        return error.code
    return WON


def reach(officer_id: str, shares: list[list[str]], meetings: list[Barrier], answers: "Queue[Got]") -> None:
    """Claim every case of every lane, each when the other has come to it."""
    load_models()

    def lane(share: list[str], meeting: Barrier) -> Got:
        got = []
        for case_id in share:
            meeting.wait(MEETING_S)
            got.append((case_id, officer_id, claim(officer_id, case_id)))
        return got

    with ThreadPoolExecutor(len(shares)) as pool:
        answers.put([one for part in pool.map(lane, shares, meetings) for one in part])


def contest(officer_ids: Sequence[str], case_ids: Sequence[str], lanes: int) -> Got:
    """Have each case claimed by all officers at once; return case, officer and outcome."""
    fresh = multiprocessing.get_context("spawn")
    shares = [list(case_ids[at::lanes]) for at in range(lanes)]
    meetings = [fresh.Barrier(len(officer_ids)) for _ in shares]
    answers: Queue[Got] = fresh.Queue()
    processes = [fresh.Process(target=reach, args=(one, shares, meetings, answers)) for one in officer_ids]
    for process in processes:
        process.start()
    got = [one for _ in processes for one in answers.get()]
    for process in processes:
        process.join()
    return got


def open_cases(count: int) -> list[str]:
    """Put so many queued cases in, each with its conversation."""
    now, case_ids = clock.now(), [f"case_{number:05d}" for number in range(count)]
    conversations, cases = [], []
    for number, case_id in enumerate(case_ids):
        at, conversation_id = now + timedelta(milliseconds=number), f"conv_{number:05d}"
        conversations.append(
            {
                "id": conversation_id,
                "channel": "web",
                "locale": "zh-CN",
                "token_digest": conversation_id,
                "owner": "queue",
                "rasa_session": conversation_id,
                "opened_at": at,
                "active_at": at,
            }
        )
        times = {"opened_at": at, "queued_at": at, "respond_by": at}
        held = {"id": case_id, "case_no": case_id, "conversation_id": conversation_id, "state": "queued"}
        cases.append({**held, **times, "reason": "asked_for", "confirmed_facts": [], "suggestions": {}})
    with transaction() as session:
        session.execute(insert(Conversation), conversations)
        session.execute(insert(HandoffCase), cases)
    return case_ids


def assert_one_winner_each(got: Got, case_ids: Sequence[str], contenders: int) -> Counter[str]:
    """Hold outcomes, rows, messages and the audit trail to one winner a case; return wins by officer."""
    outcomes: dict[str, list[str]] = {case_id: [] for case_id in case_ids}
    for case_id, _, outcome in got:
        outcomes[case_id].append(outcome)
    one_each = sorted([WON] + [TOO_LATE] * (contenders - 1))
    wrong = {case_id: found for case_id, found in outcomes.items() if sorted(found) != one_each}
    assert wrong == {}
    won = {case_id: officer_id for case_id, officer_id, outcome in got if outcome == WON}
    with reading() as session:
        owners = {row.id: row.officer_id for row in session.scalars(select(HandoffCase))}
        told = session.scalar(select(func.count()).select_from(Message))
        audited = session.scalars(
            select(AuditEvent.subject_id).where(AuditEvent.action == "case.claimed")
        ).all()
    assert owners == won
    assert told == len(case_ids)
    assert sorted(audited) == sorted(case_ids)
    return Counter(won.values())
