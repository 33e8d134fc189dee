"""What a cosmetics production licence says, and the persons of every enterprise, flaws included."""

from datetime import date, timedelta
from random import Random

from forms.records.service import PERSONNEL
from forms.sandbox.enterprises import make_address, make_person
from forms.sandbox.world import Record, SyntheticEnterprise, vocabulary

FIVE_YEARS = timedelta(days=1826)
PRODUCTION_LICENCE = "cosmetic_prod_licence"


def add_licences(made: SyntheticEnterprise, rng: Random, today: date) -> None:
    """Give an enterprise its persons and, where it makes cosmetics, the licence for it."""
    issued = today - timedelta(days=rng.randint(100, 1200))
    if "licence_expired" in made.flaws:
        issued = today - FIVE_YEARS - timedelta(days=rng.randint(20, 300))
    if made.kind == "cosmetic_maker":
        _cosmetic_production(made, rng, issued)
    _persons(made, rng, issued, today)


def _serial(made: SyntheticEnterprise, digits: int) -> str:
    return f"{made.index % 10**digits + 1:0{digits}d}"


def _cosmetic_production(made: SyntheticEnterprise, rng: Random, issued: date) -> None:
    words = vocabulary()
    address = make_address(rng, made.region_code)
    number = f"{made.province}妆{issued.year - rng.choice((0, 5))}{_serial(made, 4)}"
    units = ["膏霜乳液单元", "一般液态单元", *rng.sample(words["more_units"], k=rng.randint(0, 2))]
    made.kept[PRODUCTION_LICENCE] = {"prod_addr": [address], "units": units}
    made.numbers[PRODUCTION_LICENCE] = number
    made.truth |= {"prod_licence_no": number, "manufacturer": {"name": made.name, "address": address}}
    if "site_moved_unreported" in made.flaws:
        made.truth["manufacturer"] = {"name": made.name, "address": make_address(rng, made.region_code)}
        made.unreported.add("manufacturer")


def _persons(made: SyntheticEnterprise, rng: Random, issued: date, today: date) -> None:
    years = rng.randint(5, 20)
    officer = {"name": made.officer.name, "id_number": made.officer.id_number, "years": str(years)}
    legal = {"legal_rep": made.legal_rep.name, "legal_rep_id": made.legal_rep.id_number}
    made.records += [
        Record(PERSONNEL, "", issued, legal),
        Record(PERSONNEL, "", issued, {"qs_officer": officer}),
    ]
    if made.kind == "cosmetic_maker":
        made.kept[PRODUCTION_LICENCE]["qs_officer"] = officer
    if "officer_changed_unreported" in made.flaws:
        fresh = make_person(rng, made.region_code, today)
        officer = {"name": fresh.name, "id_number": fresh.id_number, "years": str(rng.randint(5, 20))}
        made.unreported.add("qs_officer")
    made.truth["qs_officer"] = officer
