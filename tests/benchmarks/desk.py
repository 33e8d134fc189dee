"""A year of the service, synthetic: conversations, messages, cases, ratings, traces and filings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from bot.conversations.models import Conversation, Message
from bot.handoff.models import HandoffCase, Rating
from core import clock
from core.database import Base, transaction
from forms.models import DeficiencyNotice, Enterprise, Filing, FilingValue
from forms.service import list_service_items
from knowledge_base.models import AnswerTrace

DAYS, MESSAGES, TRACES, AT_ONCE = 365, 10, 3, 2_000
ENTERPRISES, FILINGS_EVERY, RATED_EVERY, VALUES = 1_000, 10, 3, 12
PROVINCES, DOMAINS = ("沪", "粤", "闽", "京"), ("drug", "device", "cosmetic")
CHANNELS, LOCALES = ("web", "miniprogram", "widget"), ("zh-CN", "zh-CN", "zh-CN", "en")
REASONS = ("asked_for", "two_failed_turns", "low_confidence", "sensitive", "judgement_needed")
STATUSES = ("answered",) * 6 + ("clarification", "unanswerable_no_source", "guarded_misuse", "handed_off")
STATES = ("draft", "submitted", "approved", "refused")
Rows = dict[type[Base], list[dict[str, Any]]]


@dataclass(frozen=True)
class Year:
    """So many conversations, spread evenly over the days until now, each with its case."""

    conversations: int
    items: Sequence[str]
    now: datetime

    def moment(self, number: int) -> datetime:
        """When a conversation was begun."""
        return self.now - timedelta(days=DAYS) * (self.conversations - number) / self.conversations

    def rows(self, number: int) -> Iterator[tuple[type[Base], dict[str, Any]]]:
        """All that hangs on one conversation."""
        at, name = self.moment(number), f"{number:07d}"
        enterprise = number % ENTERPRISES if number % 3 else None
        yield Conversation, _conversation(name, number, at, enterprise)
        yield HandoffCase, _case(name, number, at, enterprise)
        for seq in range(1, MESSAGES + 1):
            yield Message, _message(name, seq, at)
        for seq in range(2, 2 * TRACES + 1, 2):
            yield AnswerTrace, _trace(name, seq, number, at, self.items[number % len(self.items)])
        if number % RATED_EVERY == 0:
            yield Rating, _rating(name, number, at)
        if number % FILINGS_EVERY == 0:
            yield from _filing(name, number, at, self.items[number // FILINGS_EVERY % len(self.items)])


def fill(conversations: int) -> None:
    """Write the year."""
    made = [
        {
            "id": f"ent_{n:04d}",
            "uscc": f"Y{n:017d}",
            "name": f"示例企业{n}有限公司",
            "province": PROVINCES[n % len(PROVINCES)],
            "region_code": "310115",
            "profile": {},
        }
        for n in range(ENTERPRISES)
    ]
    with transaction() as session:
        session.execute(insert(Enterprise), made)
    codes = [one.code for one in list_service_items() if one.form is not None]
    year = Year(conversations, codes, clock.now())
    for begin in range(0, conversations, AT_ONCE):
        rows: Rows = {}
        for number in range(begin, min(begin + AT_ONCE, conversations)):
            for table, row in year.rows(number):
                rows.setdefault(table, []).append(row)
        with transaction() as session:
            for table, found in rows.items():
                session.execute(insert(table), found)


def _conversation(name: str, number: int, at: datetime, enterprise: int | None) -> dict[str, Any]:
    return {
        "id": f"conv_{name}",
        "channel": CHANNELS[number % len(CHANNELS)],
        "locale": LOCALES[number % len(LOCALES)],
        "account_id": "",
        "enterprise_id": None if enterprise is None else f"ent_{enterprise:04d}",
        "token_digest": name,
        "owner": "bot",
        "rasa_session": f"s_{name}",
        "session_turns": 0,
        "last_seq": MESSAGES,
        "opened_at": at,
        "active_at": at,
    }


def _case(name: str, number: int, at: datetime, enterprise: int | None) -> dict[str, Any]:
    answered = at + timedelta(seconds=number % 400)
    return {
        "id": f"case_{name}",
        "case_no": f"GD{at:%Y%m%d}-{name}",
        "conversation_id": f"conv_{name}",
        "state": "closed",
        "reason": REASONS[number % len(REASONS)],
        "priority": 1,
        "province": "" if enterprise is None else PROVINCES[enterprise % len(PROVINCES)],
        "domain": DOMAINS[number % len(DOMAINS)],
        "enterprise_name": "",
        "unanswered": f"面霜备案要哪些材料（{number}）",
        "confirmed_facts": [],
        "suggestions": {},
        "filing_id": f"fil_{name}" if number % FILINGS_EVERY == 0 else None,
        "opened_at": at,
        "queued_at": at,
        "respond_by": at + timedelta(seconds=60),
        "first_response_at": None if number % 50 == 0 else answered,
        "officer_id": f"acct_{number % 20}",
        "closed_at": at + timedelta(seconds=600 + number % 9000),
        "resolution": "已经说明办理条件和材料",
    }


def _message(name: str, seq: int, at: datetime) -> dict[str, Any]:
    is_answer = seq % 2 == 0 and seq <= 2 * TRACES
    trace_id = f"ans_{name}_{seq}" if is_answer else None
    return {
        "conversation_id": f"conv_{name}",
        "seq": seq,
        "at": at,
        "role": "assistant" if seq % 2 == 0 else "applicant",
        "kind": "answer" if is_answer else "text",
        "text": "备案人应当提交产品名称、功效、产品配方、产品执行的标准、标签样稿、检验报告和安全评估资料。",
        "blocks": [],
        "details": {"answer": {"status": "answered", "trace_id": trace_id}} if is_answer else {},
        "account_id": "",
        "trace_id": trace_id,
    }


def _trace(name: str, seq: int, number: int, at: datetime, item: str) -> dict[str, Any]:
    serial = number * TRACES + seq // 2
    enterprise = number % ENTERPRISES if number % 3 else None
    passages = [{"passage_id": f"psg_{n}", "version_id": "ver_1", "score": 0.5} for n in range(10)]
    return {
        "id": f"ans_{name}_{seq}",
        "answered_at": at,
        "question": f"第{serial % 9000}种产品备案要哪些材料",
        "question_hmac": f"{serial:064d}",
        "locale": LOCALES[number % len(LOCALES)],
        "language": "zh",
        "as_of": at.date(),
        "status": STATUSES[serial % len(STATUSES)],
        "service_item_code": item if serial % 2 else "",
        "aspects": ["materials"],
        "support": 0.5,
        "passages": passages,
        "citations": [{"title": "化妆品监督管理条例", "article": "19", "passage_id": "psg_1"}],
        "encoder_id": "encoder",
        "snapshot_id": "snapshot",
        "thresholds": {"support": 0.5},
        "timings_ms": {"retrieve": 10.0},
        "latency_ms": 20.0,
        **_place(name, number, enterprise),
    }


def _place(name: str, number: int, enterprise: int | None) -> dict[str, Any]:
    """Where it was asked, as far as the trace knows it."""
    known = {
        "conversation_id": f"conv_{name}",
        "channel": CHANNELS[number % len(CHANNELS)],
        "province": "" if enterprise is None else PROVINCES[enterprise % len(PROVINCES)],
    }
    return {key: value for key, value in known.items() if key in AnswerTrace.__table__.columns}


def _rating(name: str, number: int, at: datetime) -> dict[str, Any]:
    return {
        "id": f"rat_{name}",
        "conversation_id": f"conv_{name}",
        "case_id": f"case_{name}",
        "level": 1 + number // RATED_EVERY % 5,
        "at": at,
    }


def _filing(name: str, number: int, at: datetime, item: str) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    state = STATES[number // FILINGS_EVERY % len(STATES)]
    is_decided = state in ("approved", "refused")
    yield (
        Filing,
        {
            "id": f"fil_{name}",
            "item_code": item,
            "enterprise_id": f"ent_{number // FILINGS_EVERY % ENTERPRISES:04d}",
            "account_id": "acct_1",
            "channel": CHANNELS[number % len(CHANNELS)],
            "state": state,
            "answers": {},
            "facts": {},
            "start_key": name,
            "created_at": at,
            "updated_at": at,
            "submitted_at": None if state == "draft" else at,
            "accepted_at": None if state == "draft" else at,
            "decided_at": at + timedelta(days=number % 30) if is_decided else None,
        },
    )
    for n in range(VALUES):
        yield (
            FilingValue,
            {
                "filing_id": f"fil_{name}",
                "key": f"field_{n}",
                "value": "x",
                "status": "confirmed",
                "origin": "typed" if n % 3 else "registry",
                "receipt": {},
                "problems": [],
                "alternatives": [],
                "updated_at": at,
            },
        )
    if state != "draft":
        yield (
            DeficiencyNotice,
            {
                "id": f"def_{name}",
                "filing_id": f"fil_{name}",
                "officer_id": "acct_2",
                "at": at,
                "due_on": at.date(),
                "entries": [{"key": f"field_{number % VALUES}", "message": "-", "fix": ""}],
            },
        )
