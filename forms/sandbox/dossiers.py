"""What an enterprise holds item by item: the certificate, the filing it came from, the persons named in it.

Each dossier is a complete filing (``fill_form``) of some time ago, kept as the authority keeps it: without
personal numbers in certificates and filings, persons in records of their own.
"""

from datetime import date, timedelta
from random import Random
from typing import Any

from forms.filing.certificates import kept_values
from forms.items.catalogue import item
from forms.items.form import FieldDefinition, FormDefinition
from forms.records.service import FILING, LICENCE, PERSONNEL
from forms.sandbox.enterprises import make_address, make_person
from forms.sandbox.filled import Holding, fill_form, term_to_renew
from forms.sandbox.numbering import make_number
from forms.sandbox.world import Record, SyntheticEnterprise

HELD: dict[str, tuple[str, ...]] = {
    "cosmetic_maker": ("cosmetic_prod_licence",),
    "drug_maker": ("drug_prod_licence", "drug_change"),
    "device_maker": ("device_prod_licence", "device2_reg_initial", "device1_filing"),
    "drug_distributor": (
        "drug_dist_wholesale",
        "drug_dist_retail",
        "device_dist_class3_licence",
        "device_dist_class2_filing",
        "drug_online_report",
    ),
}
# What a dossier says the same as another one: {item: {key: (other item, its key or @number)}}.
LINKS = {
    "drug_change": {"prod_licence_no": ("drug_prod_licence", "@number")},
    "device2_reg_initial": {"site_addr": ("device_prod_licence", "prod_addr")},
    "device_dist_class2_filing": {
        "class3_licence_no": ("device_dist_class3_licence", "@number"),
        "biz_addr": ("device_dist_class3_licence", "biz_addr"),
    },
}
NAMED_BY = {
    "drug_change": "approval_no"
}  # the field that holds the number of the certificate that is changed
DAYS_OF_YEAR = 365


def add_dossiers(made: SyntheticEnterprise, rng: Random, today: date) -> None:
    """Give an enterprise the dossiers of its kind; the flaws make some records outdated."""
    for code in HELD.get(made.kind, ()):
        _add_dossier(made, code, rng, today)


def _add_dossier(made: SyntheticEnterprise, code: str, rng: Random, today: date) -> None:
    form = item(code).form
    if form is None:
        return
    expires = _expiry(made, form, code, rng, today)
    issued = (expires or today) - timedelta(days=DAYS_OF_YEAR * (form.certificate.validity_years or 3))
    issued = min(issued, today - timedelta(days=60))
    operation = item(code).operations[0]
    number = _number(made, form, code, rng, issued)
    holding = Holding(number, expires)
    facts, values = fill_form(made, code, operation, holding=holding, rng=rng, today=today)
    values |= {**_linked(made, code, values), **made.kept.get(code, {})}
    if code in NAMED_BY:
        values[NAMED_BY[code]] = number
    made.dossiers[code] = Holding(number, expires, {**facts, **values})
    made.truth_of[code] = dict(values)
    data = kept_values(form.fields, values)
    if form.certificate.number_field:
        data[form.certificate.number_field] = number
    filed = Record(FILING, code, issued, {**facts, **data}, number=number, issued_on=issued)
    on_paper = number[:-1] if "licence_number_mistyped" in made.flaws else number
    held = {**_outdated(made, data, rng)}
    if form.certificate.number_field:
        held[form.certificate.number_field] = on_paper
    licence = Record(LICENCE, code, issued, held, number=on_paper, issued_on=issued, expires_on=expires)
    made.records += [licence, filed, *_persons(made, form.fields, values, rng, issued, code)]


def _linked(made: SyntheticEnterprise, code: str, values: dict[str, Any]) -> dict[str, Any]:
    found = {}
    for key, (other, path) in LINKS.get(code, {}).items():
        held = made.dossiers.get(other)
        if held is not None and key in values:
            found[key] = held.number if path == "@number" else held.data[path]
    return found


def _expiry(
    made: SyntheticEnterprise, form: FormDefinition, code: str, rng: Random, today: date
) -> date | None:
    if not form.certificate.validity_years:
        return None
    if "licence_expired" in made.flaws:
        return today - timedelta(days=rng.randint(20, 300))
    if "renewal" in item(code).operations or code == "device2_reg_initial":
        renewable = "device2_reg_renewal" if code == "device2_reg_initial" else code
        return term_to_renew(renewable, today)
    return today + timedelta(days=rng.randint(400, 1500))


def _number(made: SyntheticEnterprise, form: FormDefinition, code: str, rng: Random, issued: date) -> str:
    if code in made.numbers:
        return made.numbers[code]
    if code == "drug_change":
        return make_number("drug_approval_no", made, rng, issued)
    keys = sorted(form.certificate.formats)
    place = {
        "province": made.province,
        "year": issued.year,
        "area": made.region_code[2:6],
        "serial": made.index % 9000 + 1,
        "catalogue": "07",
    }
    return form.certificate.formats[keys[0]].format_map(place)


def _outdated(made: SyntheticEnterprise, data: dict[str, Any], rng: Random) -> dict[str, Any]:
    """Return what the certificate says where the enterprise changed and did not report it."""
    held = dict(data)
    if "old_legal_rep_on_licence" in made.flaws and "legal_rep" in held:
        held["legal_rep"] = make_person(rng, made.region_code, date(2020, 1, 1)).name
    if "old_domicile_on_licence" in made.flaws and "domicile" in held:
        held["domicile"] = make_address(rng, made.region_code)
    return held


def _persons(
    made: SyntheticEnterprise,
    fields: list[FieldDefinition],
    values: dict[str, Any],
    rng: Random,
    issued: date,
    code: str,
) -> list[Record]:
    """Return a record for each post; where somebody new came unreported, the truth is another person."""
    found = []
    for one in fields:
        is_post = any(spec.source == "personnel" for spec in one.prefill) and one.key != "legal_rep_id"
        if not is_post or one.key not in values:
            continue
        found.append(Record(PERSONNEL, code, issued, {one.key: values[one.key]}))
        if "officer_changed_unreported" in made.flaws and one.type == "object":
            fresh = make_person(rng, made.region_code, issued)
            told = {**values[one.key], "name": fresh.name, "id_number": fresh.id_number}
            made.truth_of[code][one.key] = told
            made.unreported.add(one.key)
    return found
