"""What is wrong with a filing is found in one pass, told in both languages; what is right is left alone."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from core import clock, database
from core.database import transaction
from core.database.engine import Database
from core.database.model_modules import load_models
from core.settings import get_settings
from forms import service as forms
from forms.filing.conditions import holds
from forms.items.catalogue import items
from forms.models import HistoricalRecord
from forms.records.service import add_record, new_record
from forms.sandbox.world import Record, SyntheticEnterprise
from forms.service import Deficiency
from tests.integration.forms.every_item import (
    FILINGS,
    LOCALES,
    applicant_of,
    enterprise_for,
    enterprises_for,
    file_completely,
    form_of,
    stored,
    world,
)
from tests.integration.forms.mutations import Mutation, good, of_fields
from tests.integration.forms.mutations_of_checks import ENDED, licences_of, numbered, of_checks
from tests.integration.forms.papers import make_pdf

pytestmark = pytest.mark.timeout(900)  # the first test waits until all mutated filings are looked at
NAMES = [f"{code}-{operation}" for code, operation in FILINGS]
WANTED_SHARE, FEWEST_SEEDED = 0.98, 300
HAN, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{3}")
ANOTHER_PAPER = "这份材料属于别的产品，也没有写企业的名称，是为自动测试而写的。"
every_filing = pytest.mark.parametrize(("code", "operation"), FILINGS, ids=NAMES)
Told = dict[str, list[Deficiency]]


@dataclass(frozen=True)
class Seeded:
    """A mutation and what was told of it, by language; nothing where it was missed."""

    mutation: Mutation
    told: dict[str, Deficiency] = field(default_factory=dict)

    @property
    def is_found(self) -> bool:
        """Whether it was found in every language, in the field and under the rule."""
        return set(self.told) == set(LOCALES)


def outcome(mutation: Mutation, told: Told) -> Seeded:
    hits = {
        locale: next((d for d in found if (d.field, d.rule) == (mutation.field, mutation.rule)), None)
        for locale, found in told.items()
    }
    return Seeded(mutation, {locale: hit for locale, hit in hits.items() if hit is not None})


def checked(mutation: Mutation) -> Seeded:
    """Look at a mutated filing once in each language."""
    code, operation, given = mutation.filing.code, mutation.filing.operation, mutation.filing.given()
    return outcome(
        mutation,
        {locale: forms.precheck(code, given, operation, locale).deficiencies for locale in LOCALES},
    )


def in_a_draft(code: str, operation: str) -> list[Seeded]:
    """What only a draft shows: papers that name something else, and another enterprise's code."""
    applicant, filing = applicant_of(code), good(code, operation)
    filing_id = file_completely(applicant, code, operation, "zh-CN")
    mutations = [
        Mutation("code of another enterprise", "uscc", "differs_from_record", filing, "equals_record")
    ]
    stranger = next(made for made in world() if made.id != enterprise_for(code).id)
    forms.answer_field(applicant, filing_id, "uscc", stranger.uscc, source="web", locale="zh-CN")
    for spec in form_of(code).checks:
        if spec.check == "attachment_mentions" and holds(spec.when, {**filing.facts, **stored(filing_id)}):
            paper, key = BytesIO(make_pdf(ANOTHER_PAPER)), spec.fields[0]
            attached = forms.attach_file(applicant, filing_id, key, "another.pdf", paper)
            if isinstance(attached, forms.Accepted):
                rule = spec.rule or "attachment_differs"
                mutations.append(Mutation("another paper", key, rule, filing, spec.check))
    told = {locale: forms.check_filing(applicant, filing_id, locale) for locale in LOCALES}
    forms.cancel_filing(applicant, filing_id)
    return [outcome(mutation, told) for mutation in mutations]


def put_ended_licences_on_record() -> None:
    """Beside each licence one of its holder that has expired, and one that was revoked."""
    with transaction() as session:
        for made in world():
            for record in licences_of(made, list(items())):
                for status, last in ENDED.items():
                    add_record(session, ended(made, record, status, last))


def ended(made: SyntheticEnterprise, record: Record, status: str, last: str) -> HistoricalRecord:
    is_expired, today = status == "expired", clock.today()
    return new_record(
        enterprise_id=made.id,
        kind="licence",
        service_item_code=record.item,
        number=numbered(record.number, last),
        status="valid" if is_expired else status,
        as_of=today - timedelta(days=2500),
        expires_on=today - timedelta(days=90) if is_expired else None,
        data=record.data,
    )


@pytest.fixture(scope="module")
def results(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], list[Seeded]]:
    """Every mutated filing of every item and operation, looked at once."""
    with pytest.MonkeyPatch.context() as patch:
        place = tmp_path_factory.mktemp("mutated") / "home"
        shutil.copytree(seeded, place)
        patch.setenv("YAOZHENG_HOME", str(place))
        patch.delenv("YAOZHENG_DATABASE_URL", raising=False)
        patch.delenv("YAOZHENG_REDIS_URL", raising=False)
        get_settings.cache_clear()
        load_models()
        drafts = {filing: in_a_draft(*filing) for filing in FILINGS}
        put_ended_licences_on_record()
        found = {filing: [checked(one) for one in mutations_of(*filing)] for filing in FILINGS}
        database.reset()
    get_settings.cache_clear()
    return {filing: [*found[filing], *drafts[filing]] for filing in FILINGS}


def mutations_of(code: str, operation: str) -> Iterator[Mutation]:
    filing = good(code, operation)
    yield from of_fields(filing)
    yield from of_checks(filing)


def is_on_term(mutation: Mutation) -> bool:
    """Whether an end of validity was typed that is not the licence's."""
    certificate = mutation.filing.form.certificate
    return (mutation.check, mutation.field) == ("equals_record", certificate.expiry_field)


def share_of(seeds: list[Seeded]) -> float:
    return sum(one.is_found for one in seeds) / len(seeds)


def test_every_check_of_every_item_has_mutated_filings(
    results: dict[tuple[str, str], list[Seeded]],
) -> None:
    seeded_in = {
        code: {one.mutation.check for name, seeds in results.items() if name[0] == code for one in seeds}
        for code, _ in FILINGS
    }
    for code, found in seeded_in.items():
        assert {spec.check for spec in form_of(code).checks} <= found, code
    assert all(len(results[filing]) > 20 for filing in FILINGS)
    assert sum(map(len, results.values())) >= FEWEST_SEEDED


def test_of_a_hundred_seeded_deficiencies_ninety_eight_are_found(
    results: dict[tuple[str, str], list[Seeded]],
) -> None:
    everything = [one for seeds in results.values() for one in seeds]
    missed = [one.mutation for one in everything if not one.is_found]
    print(f"\nseeded {len(everything)}, found {share_of(everything):.2%}")
    for kind, count in Counter(one.mutation.kind for one in everything).most_common():
        print(f"  {count:5} {kind}")
    for (code, operation), seeds in results.items():
        if share_of(seeds) < 1:
            print(f"  {code} {operation}: {share_of(seeds):.2%} of {len(seeds)}")
    assert share_of(everything) >= WANTED_SHARE, "\n".join(map(str, missed))
    assert [str(one) for one in missed if not is_on_term(one)] == []


@every_filing
def test_what_is_found_says_field_clause_reason_and_remedy_in_both_languages(
    results: dict[tuple[str, str], list[Seeded]], code: str, operation: str
) -> None:
    for one in results[code, operation]:
        if one.is_found:
            chinese, english = one.told["zh-CN"], one.told["en"]
            for told in (chinese, english):
                texts = (told.label, told.clause, told.message, told.fix)
                assert all(text.strip() and "{" not in text for text in texts), one.mutation
                assert not any(text.startswith("forms.") for text in texts), one.mutation
            assert all(HAN.search(text) for text in (chinese.message, chinese.fix, chinese.clause))
            assert all(LATIN.search(text) for text in (english.message, english.fix, english.clause))
            assert not HAN.search(english.label + english.clause), one.mutation


@every_filing
def test_everything_that_is_wrong_is_told_at_once(regulator: Path, code: str, operation: str) -> None:
    filing = good(code, operation)
    ways: dict[str, list[Mutation]] = {}
    for one in of_fields(filing):
        ways.setdefault(one.field, []).append(one)
    chosen = [several[number % len(several)] for number, several in enumerate(ways.values())]
    chosen = [one for one in chosen if one.field not in leading_fields(code)]
    wrong = {one.field: one.filing.values.get(one.field) for one in chosen}
    found = forms.precheck(code, filing.changed(**wrong).given(), operation, "zh-CN").deficiencies
    told = {one.field: one.rule for one in found}
    assert len(chosen) > 8
    assert len({one.rule for one in chosen}) > 1
    assert {one.field: told.get(one.field) for one in chosen} == {one.field: one.rule for one in chosen}


def leading_fields(code: str) -> set[str]:
    """The fields whose value decides what else is asked."""
    return {condition.key for one in form_of(code).fields for condition in one.when}


def lines_of(made: SyntheticEnterprise) -> list[str]:
    """What other offices hold of an enterprise, as they deliver it."""
    return [
        json.dumps(
            {
                "record_id": f"office-{made.index}-{number}",
                "uscc": made.uscc,
                "kind": record.kind,
                "service_item_code": record.item or None,
                "number": record.number or None,
                "status": record.status,
                "issued_on": record.issued_on,
                "expires_on": record.expires_on,
                "as_of": record.as_of,
                "data": record.data,
            },
            default=str,
        )
        for number, record in enumerate(made.records)
    ]


@every_filing
def test_a_right_filing_raises_no_finding(db: Database, code: str, operation: str) -> None:
    holders = enterprises_for(code)
    for made in holders:
        (report,) = forms.import_records(lines_of(made))
        assert report.counts == {"new": len(made.records)}, report.refusals
    for made in holders:
        for locale in LOCALES:
            told = forms.precheck(code, good(code, operation, made).given(), operation, locale)
            assert told.records_held
            assert told.unknown_keys == []
            assert told.deficiencies == [], made.name


TERMS = [
    pytest.param(code, operation, id=f"{code}-{operation}")
    for code, operation in FILINGS
    if any(is_on_term(one) for one in of_checks(good(code, operation)))
]


@pytest.mark.parametrize(("code", "operation"), TERMS)
def test_an_end_of_validity_unlike_the_licence_is_found(regulator: Path, code: str, operation: str) -> None:
    seeds = [one for one in of_checks(good(code, operation)) if is_on_term(one)]
    assert seeds
    assert all(checked(one).is_found for one in seeds)
