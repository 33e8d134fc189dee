"""Licences and persons on record, flaws included. Number shapes: see ``forms/items/data/patterns.yml``."""

from datetime import date, timedelta
from random import Random
from typing import Any

from forms.sandbox.enterprises import make_address, make_person
from forms.sandbox.world import Person, Record, SyntheticEnterprise, vocabulary

FIVE_YEARS = timedelta(days=1826)


def add_licences(made: SyntheticEnterprise, rng: Random, today: date) -> None:
    """Give an enterprise the licences and persons that its kind has."""
    issued = today - timedelta(days=rng.randint(100, 1200))
    if "licence_expired" in made.flaws:
        issued = today - FIVE_YEARS - timedelta(days=rng.randint(20, 300))
    {
        "cosmetic_maker": _cosmetic_production,
        "drug_maker": _drug_production,
        "device_maker": _device,
        "drug_distributor": _drug_distribution,
    }.get(made.kind, _nothing)(made, rng, issued)
    _persons(made, rng, issued, today)


def _nothing(made: SyntheticEnterprise, rng: Random, issued: date) -> None:
    """Brands and importers hold no production licence."""


def _serial(made: SyntheticEnterprise, digits: int) -> str:
    return f"{made.index % 10**digits + 1:0{digits}d}"


def _add(made: SyntheticEnterprise, subject: str, issued: date, data: dict[str, Any]) -> None:
    made.records.append(Record("licence", subject, issued, issued + FIVE_YEARS, data))


def _cosmetic_production(made: SyntheticEnterprise, rng: Random, issued: date) -> None:
    words = vocabulary()
    address = make_address(rng, made.region_code)
    number = f"{made.province}妆{issued.year - rng.choice((0, 5))}{_serial(made, 4)}"
    units = ["膏霜乳液单元", "一般液态单元", *rng.sample(words["more_units"], k=rng.randint(0, 2))]
    held = {
        "licence_no": number,
        "holder_name": made.name,
        "uscc": made.uscc,
        "legal_rep": made.legal_rep.name,
        "domicile": made.domicile,
        "production_address": address,
        "units": units,
    }
    made.truth |= {"prod_licence_no": number, "manufacturer": {"name": made.name, "address": address}}
    if "old_legal_rep_on_licence" in made.flaws:
        held["legal_rep"] = make_person(rng, made.region_code, issued).name
    if "old_domicile_on_licence" in made.flaws:
        held["domicile"] = make_address(rng, made.region_code)
    if "site_moved_unreported" in made.flaws:
        made.truth["manufacturer"] = {"name": made.name, "address": make_address(rng, made.region_code)}
    if "licence_number_mistyped" in made.flaws:
        held["licence_no"] = number[:-1]
    _add(made, "cosmetic_production", issued, held)


def _drug_production(made: SyntheticEnterprise, rng: Random, issued: date) -> None:
    drug = rng.choice(vocabulary()["drugs"])
    number = f"{made.province}{issued.year}{_serial(made, 4)}"
    _add(made, "drug_production", issued, {"licence_no": number, "holder_name": made.name, "classes": ["Ah"]})
    approval = f"国药准字H{issued.year}{rng.randint(1, 9999):04d}"
    _add(made, "drug_registration", issued, {"approval_no": approval, "holder_name": made.name, **drug})


def _device(made: SyntheticEnterprise, rng: Random, issued: date) -> None:
    device = rng.choice(vocabulary()["devices"])
    number = f"{made.province}药监械生产许{issued.year}{_serial(made, 4)}号"
    _add(made, "device_production", issued, {"licence_no": number, "holder_name": made.name})
    registered = f"{made.province}械注准{issued.year}2{device['code']}{_serial(made, 4)}"
    _add(made, "device_registration", issued, {"registration_no": registered, "product_name": device["name"]})


def _drug_distribution(made: SyntheticEnterprise, rng: Random, issued: date) -> None:
    letter = rng.choice("AB")
    number = f"{made.province}{letter}A{made.region_code[2:6]}{_serial(made, 5)}"
    _add(made, "drug_distribution", issued, {"licence_no": number, "holder_name": made.name})


def _persons(made: SyntheticEnterprise, rng: Random, issued: date, today: date) -> None:
    years = rng.randint(5, 20)
    made.records += [
        _person("legal_representative", made.legal_rep, issued, {}),
        _person("quality_safety_officer", made.officer, issued, {"years": years}),
    ]
    truth = {"name": made.officer.name, "id_number": made.officer.id_number, "years": str(years)}
    if "officer_changed_unreported" in made.flaws:
        fresh = make_person(rng, made.region_code, today)
        truth = {"name": fresh.name, "id_number": fresh.id_number, "years": str(rng.randint(5, 20))}
    made.truth["qs_officer"] = truth


def _person(subject: str, person: Person, as_of: date, more: dict[str, Any]) -> Record:
    return Record(
        "personnel", subject, as_of, None, {"name": person.name, "id_number": person.id_number, **more}
    )
