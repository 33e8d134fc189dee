"""How long the list of cases takes among 100,000 with a million messages, a thousand cases beside it."""

import time
from collections.abc import Iterator
from datetime import timedelta
from statistics import median
from typing import Any

import pytest
from sqlalchemy import insert

from bot.conversations.models import Conversation, Message
from bot.handoff import service
from bot.handoff.models import HandoffCase
from bot.handoff.service import CaseFilter
from core import clock
from core.database import transaction
from core.database.engine import Database
from core.identity import Actor, Role
from tests.benchmarks.load import percentile

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800)]
FEW, MANY, MESSAGES = 1_000, 100_000, 10
OPEN_EVERY, AT_ONCE = 200, 2_000
ROUNDS, WARM_UP = 20, 3
PROVINCES, DOMAINS = ("沪", "粤", "闽", "京"), ("drug", "device", "cosmetic")
QUESTIONS = ("面霜备案要哪些材料", "药店搬家要办什么手续", "口罩经营要不要备案", "许可证到期怎么延续")
OFFICER = Actor("acct_4", Role.OFFICER, province="沪", competences=frozenset({"cosmetic", "device"}))
EMPTY = {"closed, words that nobody said"}
ASKED: dict[str, tuple[str | None, CaseFilter]] = {
    "open": (None, CaseFilter()),
    "closed": ("closed", CaseFilter()),
    "closed, page 20": ("closed", CaseFilter(page=20)),
    "closed, words": ("closed", CaseFilter(text="口罩经营")),
    "closed, words that nobody said": ("closed", CaseFilter(text="没有人说过")),
    "closed, field and channel": ("closed", CaseFilter(domain="device", channel="web")),
    "mine": ("closed", CaseFilter(is_mine=True)),
}


def rows(start: int, count: int) -> Iterator[tuple[dict[str, Any], dict[str, Any], list[dict[str, Any]]]]:
    """Conversations with their case and their messages, the newest last."""
    now = clock.now()
    for number in range(start, start + count):
        at = now - timedelta(minutes=MANY + FEW - number)
        is_open, name = number % OPEN_EVERY == 0, f"{number:07d}"
        conversation = {
            "id": f"conv_{name}",
            "channel": ("web", "miniprogram")[number % 2],
            "locale": "zh-CN",
            "account_id": "",
            "token_digest": name,
            "owner": "queue" if is_open else "bot",
            "rasa_session": f"s_{name}",
            "session_turns": 0,
            "last_seq": MESSAGES,
            "opened_at": at,
            "active_at": at,
        }
        case = {
            "id": f"case_{name}",
            "case_no": f"GD{at:%Y%m%d}-{name}",
            "conversation_id": f"conv_{name}",
            "state": "queued" if is_open else "closed",
            "reason": "asked_for",
            "priority": 1,
            "province": PROVINCES[number % len(PROVINCES)],
            "domain": DOMAINS[number % len(DOMAINS)],
            "enterprise_name": f"示例企业{number % 997}有限公司",
            "unanswered": f"{QUESTIONS[number // len(PROVINCES) % len(QUESTIONS)]}（{number}）",
            "confirmed_facts": [],
            "suggestions": {},
            "opened_at": at,
            "queued_at": at,
            "respond_by": at,
            "officer_id": "" if is_open else f"acct_{number % 20}",
            "closed_at": None if is_open else at,
            "resolution": "" if is_open else "已经说明办理条件和材料",
        }
        said = [
            {
                "conversation_id": f"conv_{name}",
                "seq": seq,
                "at": at,
                "role": "applicant" if seq % 2 else "assistant",
                "kind": "text",
                "text": "一句话",
                "blocks": [],
                "details": {},
                "account_id": "",
            }
            for seq in range(1, MESSAGES + 1)
        ]
        yield conversation, case, said


def fill(start: int, count: int) -> None:
    """Put cases in, with their conversations and messages."""
    for begin in range(start, start + count, AT_ONCE):
        made = list(rows(begin, min(AT_ONCE, start + count - begin)))
        with transaction() as session:
            session.execute(insert(Conversation), [one for one, _, _ in made])
            session.execute(insert(HandoffCase), [one for _, one, _ in made])
            session.execute(insert(Message), [one for _, _, said in made for one in said])


def measure(state: str | None, wanted: CaseFilter) -> list[float]:
    """Milliseconds of each listing."""
    taken = []
    for turn in range(WARM_UP + ROUNDS):
        begun = time.perf_counter()
        service.list_cases(OFFICER, state=state, wanted=wanted)
        if turn >= WARM_UP:
            taken.append((time.perf_counter() - begun) * 1000)
    return taken


def count(state: str | None, wanted: CaseFilter) -> int:
    """How many cases a page shows."""
    return len(service.list_cases(OFFICER, state=state, wanted=wanted))


def test_the_list_among_a_hundred_thousand_cases(store: Database) -> None:
    begun, name = time.perf_counter(), store.engine.dialect.name
    fill(0, FEW)
    few = {what: measure(*asked) for what, asked in ASKED.items()}
    fill(FEW, MANY)
    print(f"\n{name}: {MANY} cases with {MANY * MESSAGES} messages in {time.perf_counter() - begun:.0f} s")
    for what, asked in ASKED.items():
        many = measure(*asked)
        assert (count(*asked) == 0) == (what in EMPTY)
        p95, other = percentile(many, 0.95), percentile(few[what], 0.95)
        print(
            f"{name} {what}: p50 {median(many):.1f} ms, p95 {p95:.1f} ms,"
            f" {p95 / other:.1f} times that among {FEW}"
        )
