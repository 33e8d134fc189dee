"""Enterprises and their people."""

import uuid
from datetime import date, timedelta
from random import Random

from forms.items.regions import province_of, region_name
from forms.records.service import REGISTRY
from forms.sandbox.identifiers import make_id_number, make_mobile, make_uscc
from forms.sandbox.world import Person, Record, SyntheticEnterprise, vocabulary

KINDS = (
    *("cosmetic_maker",) * 8,
    *("cosmetic_brand",) * 3,
    *("cosmetic_importer",) * 2,
    *("drug_maker",) * 3,
    *("device_maker",) * 2,
    *("drug_distributor",) * 2,
)
FLAWS = {
    "old_legal_rep_on_licence": 0.10,
    "old_domicile_on_licence": 0.10,
    "licence_expired": 0.08,
    "officer_changed_unreported": 0.05,
    "site_moved_unreported": 0.03,
    "licence_number_mistyped": 0.02,
}
CLEAN = frozenset({0, 1, 2, 8, 9, 11, 13, 16, 18})
FLAWED = {3: frozenset({"old_legal_rep_on_licence", "old_domicile_on_licence", "licence_expired"})}
NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


def make_enterprise(index: int, seed: int, today: date) -> SyntheticEnterprise:
    """Make one enterprise; the same index and seed give the same one, whatever the number of enterprises."""
    rng = Random(f"{seed}:{index}")  # noqa: S311 - synthetic data, not a secret
    words = vocabulary()
    kind = KINDS[index % len(KINDS)]
    region = words["regions"][index % 3 if index < 16 else rng.randrange(len(words["regions"]))]
    city = city_of(region)
    brand = (
        words["brands"][index % len(words["brands"])]
        + words["second"][index // len(words["brands"]) % len(words["second"])]
    )
    made = SyntheticEnterprise(
        index=index,
        id=f"ent_{uuid.uuid5(NAMESPACE, f'yaozheng-sandbox:{seed}:{index}').hex}",
        kind=kind,
        name=f"{city}{brand}{rng.choice(words['trades'][kind])}{words['mark']}",
        uscc=make_uscc(rng, region),
        province=province_of(region) or "",
        region_code=region,
        entity_type=rng.choice(words["entity_types"]),
        domicile=make_address(rng, region),
        legal_rep=make_person(rng, region, today),
        officer=make_person(rng, region, today),
        proxy=make_person(rng, region, today),
        registered_on=today - timedelta(days=rng.randint(1500, 5000)),
        flaws=_flaws(index, rng),
    )
    seen = today - timedelta(days=rng.randint(5, 200))
    made.records.append(Record(REGISTRY, "", seen, _registry(made)))
    return made


def _flaws(index: int, rng: Random) -> frozenset[str]:
    drawn = frozenset(name for name, share in FLAWS.items() if rng.random() < share)
    return FLAWED.get(index, frozenset() if index in CLEAN else drawn)


def _registry(made: SyntheticEnterprise) -> dict[str, str]:
    return {
        "ent_name": made.name,
        "uscc": made.uscc,
        "ent_type": made.entity_type,
        "legal_rep": made.legal_rep.name,
        "domicile": made.domicile,
        "region_code": made.region_code,
        "registered_on": made.registered_on.isoformat(),
    }


def city_of(region_code: str) -> str:
    """Return the city's short name: 上海, 广州."""
    full = region_name(f"{region_code[:4]}00") or region_name(region_code) or ""
    if region_code[:2] in {"11", "12", "31", "50"}:
        return full[:2]
    parts = full.replace("自治区", "省").split("省", 1)
    return parts[-1].removesuffix("市")


def make_address(rng: Random, region_code: str) -> str:
    """Return an address in a division."""
    words = vocabulary()
    street, park = rng.choice(words["streets"]), rng.choice(words["parks"])
    return f"{region_name(region_code)}{street}{rng.randint(1, 999)}号{park}{rng.randint(1, 20)}幢"


def make_person(rng: Random, region_code: str, today: date) -> Person:
    """Return a person."""
    words = vocabulary()
    name = rng.choice(words["surnames"]) + rng.choice(words["given"])
    return Person(name, make_id_number(rng, region_code, today), make_mobile(rng))
