"""The auditor's searches over a million events: each finds its page by an index."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text

from core import clock
from core.audit import reading
from core.audit.models import AuditEvent
from core.audit.reading import Wanted
from core.database import reading as read_only
from core.database import transaction
from core.database.engine import Database
from core.identity import Actor, Role

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1500)]
EVENTS, PART, MOST_MS = 1_000_000, 20_000, 300
AUDITOR = Actor("acct_auditor", Role.AUDITOR)
ACTIONS = ("conversation.message_received", "conversation.turn_ended", "answer.given", "filing.answered")


def rows(start: int) -> Iterator[dict[str, Any]]:
    begin = clock.now() - timedelta(days=365)
    for number in range(start, start + PART):
        yield {
            "id": f"evt_{number * 2654435761 % 2**64:020d}",
            "at": begin + timedelta(seconds=number * 30),
            "actor_id": f"acct_{number % 5000}" if number % 3 else "assistant",
            "action": "push.cancel" if number % 250_000 == 7 else ACTIONS[number % len(ACTIONS)],
            "subject_type": "conversation",
            "subject_id": f"conv_{number // 12}",
            "data": {"seq": number % 12},
            "sequence": number + 1,
            "chain_hash": "0" * 64,
        }


@pytest.fixture
def million(store: Database) -> Database:
    for start in range(0, EVENTS, PART):
        with transaction() as session:
            session.execute(insert(AuditEvent), list(rows(start)))
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE audit_event"))
    return store


def plan(store: Database, wanted: Wanted) -> str:
    with read_only() as session:
        query = reading._query(session, wanted, "").limit(reading.PAGE_SIZE + 1)
        written = query.compile(store.engine, compile_kwargs={"literal_binds": True})
        explain = "EXPLAIN QUERY PLAN" if store.engine.dialect.name == "sqlite" else "EXPLAIN"
        return "; ".join(
            str(row[-1]).strip() for row in session.execute(text(f"{explain} {written}".replace(":", r"\:")))
        )


def test_each_search_over_a_million_events_is_quick(
    million: Database, record_property: Callable[[str, object], None]
) -> None:
    now = clock.now()
    deep = reading.search(AUDITOR, Wanted(until=now - timedelta(days=300))).following
    searches = {
        "newest": (Wanted(), ""),
        "days": (Wanted(since=now - timedelta(days=90), until=now - timedelta(days=80)), ""),
        "actor": (Wanted(actor="acct_77"), ""),
        "busy actor": (Wanted(actor="assistant"), ""),
        "action": (Wanted(action="answer.given"), ""),
        "rare action": (Wanted(action="push.cancel"), ""),
        "subject": (Wanted(subject="conv_40000"), ""),
        "actor and action": (Wanted(actor="acct_77", action="filing.answered"), ""),
        "busy actor, rare action": (Wanted(actor="assistant", action="push.cancel"), ""),
        "a page far back": (Wanted(), deep),
    }
    for name, (wanted, after) in searches.items():
        started = time.perf_counter()
        found = reading.search(AUDITOR, wanted, after=after)
        took_ms = (time.perf_counter() - started) * 1000
        record_property(name, round(took_ms, 1))
        kind, count = million.engine.dialect.name, len(found.events)
        print(f"\n{kind} {name}: {took_ms:.1f} ms, {count} events; {plan(million, wanted)}")
        assert took_ms < MOST_MS, name
