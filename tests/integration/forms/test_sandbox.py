"""The synthetic regulator: large enough, valid in every number, marked, the same from the same seed."""

from datetime import date

import pytest
from sqlalchemy import func, select

from core.database import reading
from core.database.engine import Database
from core.errors import InvalidInput
from core.identity import Role
from core.identity.models import Account
from core.identity.service import sign_in
from forms.items.patterns import matches
from forms.models import Enterprise, HistoricalRecord
from forms.sandbox.generator import build_world
from forms.sandbox.seed import seed_sandbox

TODAY = date(2026, 11, 25)
LICENCE_PATTERNS = {"cosmetic_prod_licence": "cosmetic_production_licence_no"}


def test_two_hundred_and_forty_enterprises_have_valid_numbers_and_say_that_they_are_invented() -> None:
    world = build_world(240, 20260515, TODAY)
    assert len({made.uscc for made in world}) == 240
    assert all(matches("uscc", made.uscc) for made in world)
    assert all(made.name.endswith("（演示）") for made in world)
    persons = [person for made in world for person in (made.legal_rep, made.officer, made.proxy)]
    assert all(matches("id_cn", person.id_number) for person in persons)
    assert all(matches("mobile_cn", person.mobile) for person in persons)
    for made in world:
        for record in made.records:
            if record.kind == "filing" and record.item == "cosmetic_filing":
                assert matches("cosmetic_filing_no", record.data["filing_no"])
            if record.item in LICENCE_PATTERNS and "licence_number_mistyped" not in made.flaws:
                assert record.kind != "licence" or matches(LICENCE_PATTERNS[record.item], record.number)


def test_the_same_seed_gives_the_same_regulator() -> None:
    first, second = build_world(40, 7, TODAY), build_world(40, 7, TODAY)
    assert [made.records for made in first] == [made.records for made in second]
    assert build_world(40, 8, TODAY)[0].uscc != first[0].uscc


def test_seeding_makes_the_staff_and_applicants_once(db: Database) -> None:
    accounts = seed_sandbox(24)
    roles = [account.role for account in accounts if account.role != Role.APPLICANT.value]
    assert sorted(roles) == sorted(
        ["officer", "officer", "officer", "supervisor", "editor", "administrator", "auditor"]
    )
    assert all(account.password for account in accounts)
    again = seed_sandbox(24)
    assert all(account.password == "" for account in again)
    with reading() as session:
        assert session.scalar(select(func.count(Enterprise.id))) == 24
        assert (
            session.scalar(select(func.count(HistoricalRecord.id)).where(~HistoricalRecord.is_synthetic)) == 0
        )


def test_demo_accounts_sign_in_and_legal_representatives_without_login_cannot(db: Database) -> None:
    accounts = seed_sandbox(20)
    chosen = next(account for account in accounts if account.role == Role.APPLICANT.value)
    assert sign_in(chosen.login, chosen.password).actor.enterprise_ids
    with reading() as session:
        inactive = session.scalars(select(Account.login).where(~Account.is_active)).first()
    assert inactive is not None
    with pytest.raises(InvalidInput):
        sign_in(inactive, "")
