"""A condition over a hundred thousand enterprises: how long, and whether exactly the right ones are told.

Who is right is decided by SQL that knows nothing of conditions.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Integer, cast, exists, func, insert, select

from bot.notices import audience, sending
from bot.notices.models import Notice
from core import clock
from core.database import reading, transaction
from core.database.engine import Database
from forms.models import Enterprise, Filing, HistoricalRecord
from forms.service import list_service_items
from tests.integration.bot.notices_world import WRITER, scheduled

ENTERPRISES, AT_ONCE, SEED = 100_000, 5_000, 20261130
CONDITION = (
    'province in ["沪", "粤", "浙"]'
    ' && licences.exists(l, l.item == "drug_dist_retail" && l.in_force && l.days_left < 180)'
    " && !filings.exists(f, f.is_open)"
)
EVERYTHING_READ = "licences.all(l, l.in_force) && years_registered > 3 && filings.all(f, !f.is_open)"
KINDS = ("drug_distributor", "drug_maker", "cosmetic_maker", "device_maker")
PROVINCES = ("沪", "粤", "浙", "京", "川", "鄂")


def rows(first: int, last: int, rng: Random, items: list[str]) -> Iterator[tuple[Any, dict[str, Any]]]:
    today, moment = clock.today(), clock.now()
    for number in range(first, last):
        owner = f"ent_{number:06d}"
        yield (
            Enterprise,
            {
                "id": owner,
                "uscc": f"P{number:017d}",
                "name": f"示例企业{number}",
                "province": rng.choice(PROVINCES),
                "region_code": "310115",
                "profile": {"kind": rng.choice(KINDS), "registered_on": f"20{rng.randrange(10, 25)}-05-01"},
            },
        )
        for part in range(rng.choice((0, 1, 2, 2, 3, 4))):
            yield (
                HistoricalRecord,
                {
                    "id": f"rec_{number:06d}_{part}",
                    "enterprise_id": owner,
                    "kind": "licence",
                    "service_item_code": rng.choice(items),
                    "number": f"{number}-{part}",
                    "status": rng.choice(("valid", "valid", "valid", "superseded", "revoked")),
                    "issued_on": today - timedelta(days=900),
                    "expires_on": today + timedelta(days=rng.randrange(-60, 1500)),
                    "as_of": today,
                    "data": {"ent_name": owner, "domicile": "某某路一号" * 10},
                },
            )
        if rng.random() < 0.4:
            yield (
                Filing,
                {
                    "id": f"fil_{number:06d}",
                    "item_code": rng.choice(items),
                    "enterprise_id": owner,
                    "account_id": "acct_1",
                    "channel": "web",
                    "state": rng.choice(("draft", "approved", "refused")),
                    "answers": {},
                    "facts": {},
                    "start_key": str(number),
                    "created_at": moment,
                    "updated_at": moment,
                },
            )


def fill() -> None:
    rng, items = Random(SEED), [one.code for one in list_service_items() if one.form is not None]
    for first in range(0, ENTERPRISES, AT_ONCE):
        made: dict[Any, list[dict[str, Any]]] = {}
        for table, row in rows(first, first + AT_ONCE, rng, items):
            made.setdefault(table, []).append(row)
        with transaction() as session:
            for table, found in made.items():
                session.execute(insert(table), found)


def right_ones() -> set[str]:
    today, record = clock.today(), HistoricalRecord
    holds = exists().where(
        record.enterprise_id == Enterprise.id,
        record.kind == "licence",
        record.service_item_code == "drug_dist_retail",
        record.status == "valid",
        record.expires_on.between(today, today + timedelta(days=179)),
    )
    is_open = exists().where(
        Filing.enterprise_id == Enterprise.id, Filing.state.not_in(("approved", "refused", "withdrawn"))
    )
    query = select(Enterprise.id).where(Enterprise.province.in_(("沪", "粤", "浙")), holds, ~is_open)
    with reading() as session:
        return set(session.scalars(query))


@pytest.mark.benchmark
@pytest.mark.timeout(900)
def test_a_condition_over_a_hundred_thousand_enterprises_tells_exactly_the_right_ones(
    store: Database,
) -> None:
    fill()
    expected = right_ones()
    took, busy = [], []
    for _ in range(3):
        started, worked = time.perf_counter(), time.process_time()
        found = audience.dry_run(WRITER, CONDITION, "zh-CN")
        took.append(time.perf_counter() - started)
        busy.append(time.process_time() - worked)
    started, worked = time.perf_counter(), time.process_time()
    audience.dry_run(WRITER, EVERYTHING_READ, "zh-CN")
    widest = time.perf_counter() - started, time.process_time() - worked
    push_id = scheduled(condition=CONDITION)
    started = time.perf_counter()
    told = sending.send_push(push_id)
    sent_s = time.perf_counter() - started
    everybody = scheduled(condition="true")
    started = time.perf_counter()
    assert sending.send_push(everybody) == ENTERPRISES
    all_s = time.perf_counter() - started
    with reading() as session:
        content = session.scalar(select(func.min(Notice.content_id)).group_by(Notice.content_id))
        assert content
        got = session.execute(
            select(Notice.content_id, func.count(), func.count(func.distinct(Notice.enterprise_id)))
            .group_by(Notice.content_id)
            .order_by(cast(func.count(), Integer))
        ).all()
        small = set(session.scalars(select(Notice.enterprise_id).where(Notice.content_id == got[0][0])))
    print(
        f"\n{store.engine.dialect.name}: {found.population} enterprises, {found.audience} meant;"
        f" dry run {min(took):.1f} to {max(took):.1f} s ({min(busy):.1f} s of one core), where all licences"
        f" and filings are read {widest[0]:.1f} s ({widest[1]:.1f}); sent to {told} in {sent_s:.2f} s,"
        f" to {ENTERPRISES} in {all_s:.1f} s; wrong {len(small ^ expected)}"
    )
    assert small == expected
    assert found.audience == told == len(expected) > 100
    assert max(took) <= 10
