"""An enterprise with any number of records of every kind, as one that makes and sells much has gathered them.

Each is made from a record of the sandbox with another day, number, person or product; formulas have as many
rows as those of real products. Four in a hundred are entries of the business register, twenty licences (one
in four in force), half filings, the rest persons.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from core import clock
from core.database import transaction
from forms.models import Enterprise, HistoricalRecord
from forms.records.service import (
    FILING,
    LICENCE,
    PERSONNEL,
    REGISTRY,
    SUPERSEDED,
    VALID,
    add_records,
    new_record,
)
from forms.sandbox.enterprises import make_address, make_person
from forms.sandbox.generator import build_world
from forms.sandbox.identifiers import make_uscc
from forms.sandbox.world import Record

SEED, REGION = 20260515, "310115"
SHARES = {REGISTRY: 4, LICENCE: 20, FILING: 50, PERSONNEL: 26}
KINDS = ("cosmetic_maker", "device_maker", "drug_distributor")
TEN_YEARS_IN_DAYS = 3650
FORMULA_ROWS = (20, 60)


def add_enterprise(count: int) -> str:
    """Put an enterprise with so many records into the database; return its unified social credit code."""
    rng = Random(f"{SEED}:{count}")
    made = Enterprise(
        id=f"ent_{count}",
        uscc=make_uscc(rng, REGION),
        name=f"上海合成{count}医药有限公司",
        province="沪",
        region_code=REGION,
        profile={"kind": "drug_distributor"},
        is_synthetic=True,
    )
    with transaction() as session:
        session.add(made)
        session.flush()
        add_records(session, list(_records(made, count, rng)))
    return made.uscc


def _records(made: Enterprise, count: int, rng: Random) -> Iterator[HistoricalRecord]:
    models: dict[str, list[Record]] = {kind: [] for kind in SHARES}
    for enterprise in build_world(20, SEED, clock.today()):
        if enterprise.kind in KINDS and not enterprise.flaws:
            for record in enterprise.records:
                models[record.kind].append(record)
    every = [
        record for kind in SHARES for record in {(r.kind, r.item, *r.data): r for r in models[kind]}.values()
    ]
    drawn = rng.choices(list(SHARES), weights=list(SHARES.values()), k=count)
    for number, kind in enumerate(drawn):
        model = every[number] if number < len(every) else rng.choice(models[kind])
        yield _varied(made, model, number, rng)


def _varied(made: Enterprise, model: Record, number: int, rng: Random) -> HistoricalRecord:
    as_of = clock.today() - timedelta(days=rng.randrange(TEN_YEARS_IN_DAYS))
    status = VALID if model.kind != LICENCE or rng.random() < 0.25 else SUPERSEDED
    data = {key: _value(key, value, number, rng, as_of) for key, value in model.data.items()}
    return new_record(
        id=f"rec_{made.id}_{number}",
        enterprise_id=made.id,
        kind=model.kind,
        service_item_code=model.item,
        number=f"{model.number}之{number}" if model.number else "",
        status=status,
        issued_on=as_of if model.number else None,
        expires_on=model.expires_on,
        as_of=as_of,
        data={**data, **({"ent_name": made.name, "uscc": made.uscc} if "uscc" in data else {})},
        is_synthetic=True,
    )


def _value(key: str, value: Any, number: int, rng: Random, as_of: date) -> Any:
    """Return another value of the same shape and about the same size."""
    if key == "formula":
        return [{**rng.choice(value), "name": f"原料{row}"} for row in range(rng.randint(*FORMULA_ROWS))]
    if isinstance(value, dict) and "name" in value:
        person = make_person(rng, REGION, as_of)
        return {
            **value,
            "name": person.name,
            **({"id_number": person.id_number} if "id_number" in value else {}),
        }
    if key in ("domicile", "biz_addr") and isinstance(value, str):
        return make_address(rng, REGION)
    return f"{value}{number}" if key.startswith("product_name") else value
