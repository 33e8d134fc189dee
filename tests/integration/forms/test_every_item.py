"""Every operation of every item from the first question to the certificate, and what comes back from it."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core import clock
from core.database import reading
from forms import service as forms
from forms.items.catalogue import item
from forms.models import HistoricalRecord
from forms.service import CertificateView, FilingView
from tests.integration.forms.every_item import (
    FILINGS,
    LOCALES,
    applicant_of,
    decide,
    enterprise_for,
    file_completely,
    form_of,
    good_values,
    hand_in,
    officer_for,
    start,
    stored,
)

NAMES = [f"{code}-{operation}" for code, operation in FILINGS]
PATH = ["submitted", "accepted", "in_review", "approved"]
# What the enterprise does next with what was issued, where that is an item of its own.
FIRST_AFTER = {"device2_reg_initial": ("device2_reg_change", "change")}
KEEPS_TERM = ("change", "replacement", "cancellation")
every_filing = pytest.mark.parametrize(("code", "operation"), FILINGS, ids=NAMES)


def licences(code: str, number: str) -> dict[str, HistoricalRecord]:
    """What the authority holds under a number of the item's family, by record id."""
    with reading() as session:
        query = select(HistoricalRecord).where(
            HistoricalRecord.enterprise_id == enterprise_for(code).id,
            HistoricalRecord.kind == "licence",
            HistoricalRecord.number == number,
            HistoricalRecord.service_item_code.in_(item(code).family),
        )
        return {row.id: row for row in session.scalars(query)}


def years_later(day: date, years: int) -> date:
    last_of_february = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if last_of_february and years % 4 else day.day)


def expected_term(code: str, operation: str, earlier: date | None) -> date | None:
    years = form_of(code).certificate.validity_years
    if operation in KEEPS_TERM and earlier is not None:
        return earlier
    if years is None:
        return None
    return years_later(earlier if operation == "renewal" and earlier else clock.today(), years)


def expected_number(code: str, operation: str, values: dict[str, Any]) -> str:
    """The number on record where it is kept, else the shape of a new one, as a regular expression."""
    certificate = form_of(code).certificate
    if keeps_number(code, operation):
        return re.escape(str(values[certificate.number_field]))
    made = enterprise_for(code)
    kinds = [shape for kind, shape in certificate.formats.items() if kind == values.get(certificate.fact)]
    shape = kinds[0] if kinds else next(iter(certificate.formats.values()))
    place = {"province": made.province, "year": clock.today().year, "area": made.region_code[2:6]}
    catalogue = str(values.get("catalog_code", ""))[:2]
    filled = re.sub(r"\{serial:0(\d)d\}", r"<\1>", shape).format(**place, catalogue=catalogue)
    return re.sub(r"<(\d)>", r"[0-9]{\1}", re.escape(filled))


def keeps_number(code: str, operation: str) -> bool:
    """Whether a certificate with its number was there before."""
    return operation != "initial" and bool(form_of(code).certificate.number_field)


def following(code: str, operation: str) -> tuple[str, str]:
    """What comes next: what was begun is changed or renewed, what was cancelled begun anew."""
    others = [name for name in item(code).operations if name not in ("initial", "cancellation")]
    if operation == "initial":
        return FIRST_AFTER.get(code) or (code, others[0])
    return code, item(code).operations[0] if operation == "cancellation" else operation


def assert_on_record(given: CertificateView, code: str, operation: str, before: dict[str, Any]) -> None:
    """The certificate has the number and the term that its form says."""
    certificate = form_of(code).certificate
    assert re.fullmatch(expected_number(code, operation, before), given.number), given.number
    assert given.issued_on == clock.today()
    assert given.state == ("revoked" if operation == "cancellation" else "valid")
    assert given.enterprise_id == enterprise_for(code).id
    kept = licences(code, given.number)[given.id]
    assert kept.service_item_code == code
    assert kept.data.get(certificate.number_field, given.number) == given.number
    if certificate.expiry_field and given.expires_on:
        assert kept.data[certificate.expiry_field] == given.expires_on.isoformat()


def assert_prefilled_from(given: CertificateView, filing: FilingView, before: dict[str, Any]) -> None:
    """A new filing takes up what the certificate says, with a receipt that names it."""
    form = form_of(filing.item_code)
    taken = {
        one.key: one
        for one in filing.fields
        if one.status == "proposed" and one.receipt and one.receipt.record_id == given.id
    }
    assert taken, "nothing comes from the certificate"
    proposed = stored(filing.id)
    term = given.expires_on.isoformat() if given.expires_on else None
    own = {form.certificate.number_field: given.number, form.certificate.expiry_field: term}
    said = {**before, **own, "@number": given.number, "@expires_on": term}
    for key, one in taken.items():
        assert "stale" not in one.problems, key
        assert proposed[key] in [said.get(path) for path in read_under(filing.item_code, key)], key
    asked = {one.key for one in filing.fields}
    assert {key for key in own if key in asked and own[key]} <= set(taken), (
        "number or term comes from elsewhere"
    )


def read_under(code: str, key: str) -> list[str]:
    """Where on a certificate a field may find its value: under its own key, or where its sources say."""
    field = form_of(code).field(key)
    assert field is not None
    return [key, *(spec.path for spec in field.prefill if spec.path)]


def assert_nothing_sure_from(given: CertificateView, filing: FilingView) -> None:
    """What a revoked certificate said is doubtful wherever it is put forward."""
    taken = [one for one in filing.fields if one.receipt and one.receipt.record_id == given.id]
    assert all("stale" in one.problems for one in taken), [one.key for one in taken]


@pytest.mark.parametrize("locale", LOCALES)
@every_filing
def test_an_enterprise_files_the_officer_approves_and_the_next_filing_knows_it(
    regulator: Path, code: str, operation: str, locale: str
) -> None:
    applicant = applicant_of(code)
    filing_id = file_completely(applicant, code, operation, locale, by_proxy=locale == "en")
    for one in LOCALES:
        assert [found.rule for found in forms.check_filing(applicant, filing_id, one)] == ["declaration"]
    facts, _ = good_values(code, operation)
    before = {**facts, **stored(filing_id)}
    number = str(before.get(form_of(code).certificate.number_field))
    earlier = licences(code, number) if operation != "initial" else {}
    done = hand_in(applicant, filing_id, locale)
    decide(officer_for(code), filing_id)
    status = forms.filing_status(applicant, done.filing_no, locale)
    assert [event.state for event in status.history][-4:] == PATH
    given = status.certificate
    assert given is not None
    assert_on_record(given, code, operation, before)
    term = next((row.expires_on for row in earlier.values()), None)
    assert given.expires_on == expected_term(code, operation, term)
    assert {licences(code, given.number)[key].status for key in earlier} <= {"superseded"}
    assert bool(earlier) is keeps_number(code, operation)
    filing = start(applicant, *following(code, operation), key="next")
    if operation == "cancellation":
        assert_nothing_sure_from(given, filing)
    else:
        assert_prefilled_from(given, filing, before)
