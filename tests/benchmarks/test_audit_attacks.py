"""A thousand attacks on a real trail: events edited, deleted, inserted, cut off, the chain stamped anew.

The attacker writes the database and knows how hashes are made, but has neither the installation's key nor the
file of checkpoints. Beside it stands the same chain without checkpoints.
"""

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from bot.conversations import service as conversations
from core.audit import service
from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.database.engine import Database
from core.identity import Actor
from core.ids import new_id

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1500)]
TALKS, EVENTS_EACH, ATTACKS = 100, 4, 1000
CHECKPOINT_EVERY = 100
Rows = list[dict[str, Any]]
COLUMNS = [column.key for column in AuditEvent.__table__.columns]


def make_trail() -> Rows:
    """Fill the trail as the product does, sealed and signed as time goes on; return its rows."""
    for number in range(TALKS):
        talk = conversations.open_conversation(channel="web", locale="zh-CN", actor=Actor())
        with transaction() as session:
            for step in range(EVENTS_EACH - 1):
                service.record(
                    session,
                    actor_id="assistant",
                    action="conversation.turn_ended",
                    subject_type="conversation",
                    subject_id=talk.conversation_id,
                    data={"turn_id": new_id("turn"), "state": "done", "seq": step},
                )
        if number * EVENTS_EACH % CHECKPOINT_EVERY == 0:
            while service.seal():
                pass
            service.checkpoint()
    while service.seal():
        pass
    service.checkpoint()
    return stored()


def stored() -> Rows:
    with reading() as session:
        found = session.scalars(select(AuditEvent).order_by(AuditEvent.sequence))
        return [{name: getattr(row, name) for name in COLUMNS} for row in found]


def write(rows: Rows) -> None:
    with transaction() as session:
        session.execute(delete(AuditEvent))
        session.execute(insert(AuditEvent), rows)


def renumbered(rows: Rows) -> Rows:
    return [{**row, "sequence": number} for number, row in enumerate(rows, 1)]


def stamped(rows: Rows) -> Rows:
    """Chain rows as the sealer does: no key enters a hash, so an attacker can."""
    previous, made = service.GENESIS, []
    for row in renumbered(rows):
        previous = service.event_hash(previous, AuditEvent(**row))
        made.append({**row, "chain_hash": previous})
    return made


def edited(row: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    name = chance.choice(("actor_id", "action", "subject_type", "subject_id", "data", "at"))
    changes = {"data": {"state": "forged"}, "at": row["at"] - timedelta(seconds=chance.randint(1, 9999))}
    return {**row, name: changes.get(name, f"forged_{chance.randint(0, 99)}")}


def edit(rows: Rows, chance: random.Random) -> Rows:
    at = chance.randrange(len(rows))
    return [*rows[:at], edited(rows[at], chance), *rows[at + 1 :]]


def remove(rows: Rows, chance: random.Random) -> Rows:
    at = chance.randrange(len(rows) - 1)
    rest = [*rows[:at], *rows[at + 1 :]]
    return renumbered(rest) if chance.random() < 0.5 else rest


def put_in(rows: Rows, chance: random.Random) -> Rows:
    at = chance.randrange(1, len(rows))
    forged = edited({**rows[at], "id": new_id("evt")}, chance)
    forged["chain_hash"] = service.event_hash(rows[at - 1]["chain_hash"], AuditEvent(**forged))
    return renumbered([*rows[:at], forged, *rows[at:]])


def cut_off(rows: Rows, chance: random.Random) -> Rows:
    return rows[: chance.randrange(len(rows) - 1) + 1]


def stamp_anew(rows: Rows, chance: random.Random) -> Rows:
    return stamped(edit(rows, chance))


KINDS: dict[str, Callable[[Rows, random.Random], Rows]] = {
    "edit": edit,
    "delete": remove,
    "insert": put_in,
    "truncate": cut_off,
    "restamp": stamp_anew,
}


def test_every_attack_is_found_and_a_plain_chain_misses_two_of_five(
    store: Database, record_property: Callable[[str, object], None]
) -> None:
    rows, chance = make_trail(), random.Random(7)
    signed, aside = service.checkpoint_path(), service.checkpoint_path().with_suffix(".aside")
    assert service.verify().is_whole
    found: Counter[str] = Counter()
    plain: Counter[str] = Counter()
    for number in range(ATTACKS):
        kind = list(KINDS)[number % len(KINDS)]
        write(KINDS[kind](rows, chance))
        found[kind] += not service.verify().is_whole
        signed.rename(aside)
        plain[kind] += not service.verify().is_whole
        aside.rename(signed)
    write(rows)
    assert service.verify().is_whole
    record_property("events", len(rows))
    record_property("found", dict(found))
    record_property("plain_chain", dict(plain))
    print(f"\n{len(rows)} events: found {dict(found)}; by a plain chain {dict(plain)}")
    assert found.total() == ATTACKS
    assert plain["truncate"] == plain["restamp"] == 0
