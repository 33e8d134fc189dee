"""Profiles of enterprises: always whole, whatever the records lack; nothing of persons."""

from datetime import date, timedelta
from typing import Any

import pytest

from core import clock
from core.database import reading, transaction
from core.database.engine import Database
from forms.models import Enterprise, Filing
from forms.profiles.service import NO_TERM_DAYS, Needed, profile_of, profiles
from forms.records.service import LICENCE, PERSONNEL, add_records, new_record
from tests.integration.forms.conftest import code_of

TODAY = date(2026, 5, 20)
KINDS = frozenset({"drug_distributor", "other"})


def add(number: int = 1, province: str = "沪", profile: dict[str, Any] | None = None) -> str:
    with transaction() as session:
        session.add(
            Enterprise(
                id=f"ent_{number}",
                uscc=code_of(number),
                name="某企业",
                province=province,
                region_code="310115",
                profile=profile if profile is not None else {"kind": "drug_distributor"},
            )
        )
    return f"ent_{number}"


def licence(owner: str, **more: Any) -> None:
    columns = {"enterprise_id": owner, "kind": LICENCE, "service_item_code": "drug_dist_retail"}
    with transaction() as session:
        add_records(session, [new_record(**{**columns, "as_of": TODAY, "data": {}, **more})])


def made(owner: str) -> dict[str, Any]:
    with reading() as session:
        found = profile_of(session, owner, TODAY, KINDS)
    assert found is not None
    return found


def test_an_enterprise_of_which_nothing_is_known_has_a_whole_profile(db: Database) -> None:
    assert made(add(province="??", profile={"kind": 7, "registered_on": "soon"})) == {
        "enterprise_type": "other",
        "province": "",
        "region_code": "310115",
        "years_registered": 0,
        "licences": [],
        "filings": [],
    }


@pytest.mark.parametrize(
    ("since", "years"), [("2016-05-20", 10), ("2016-05-21", 9), ("2026-05-21", 0), ("2030-01-01", 0)]
)
def test_years_are_full_years(db: Database, since: str, years: int) -> None:
    assert made(add(profile={"registered_on": since}))["years_registered"] == years


@pytest.mark.parametrize(
    ("more", "in_force", "has_term", "days_left"),
    [
        ({"expires_on": TODAY}, True, True, 0),
        ({"expires_on": TODAY - timedelta(days=1)}, False, True, -1),
        ({}, True, False, NO_TERM_DAYS),
        ({"expires_on": TODAY + timedelta(days=9), "status": "revoked"}, False, True, 9),
    ],
)
def test_a_licence_tells_its_term(
    db: Database, more: dict[str, Any], in_force: bool, has_term: bool, days_left: int
) -> None:
    owner = add()
    licence(owner, issued_on=TODAY - timedelta(days=30), **more)
    (found,) = made(owner)["licences"]
    assert (found["in_force"], found["has_term"], found["days_left"]) == (in_force, has_term, days_left)
    assert (found["domain"], found["days_held"]) == ("drug", 30)


def test_replaced_licences_unknown_items_and_persons_are_left_out(db: Database) -> None:
    owner = add()
    licence(owner, status="superseded")
    licence(owner, service_item_code="no_such_item")
    licence(owner, kind=PERSONNEL, service_item_code="", data={"legal_rep": "某人"})
    assert made(owner)["licences"] == []
    assert "某人" not in str(made(owner))


def test_all_are_gone_through_in_batches_with_what_is_needed(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forms.profiles.service.BATCH", 2)
    for number in range(5):
        licence(add(number))
    moment = clock.now()
    with transaction() as session:
        session.add(
            Filing(
                id="fil_1",
                item_code="drug_dist_retail",
                enterprise_id="ent_4",
                account_id="a",
                channel="web",
                state="draft",
                answers={},
                facts={},
                start_key="1",
                created_at=moment,
                updated_at=moment,
            )
        )
    with reading() as session:
        batches = list(profiles(session, TODAY, KINDS))
        bare = list(profiles(session, TODAY, KINDS, needed=Needed(())))
    assert [len(one) for one in batches] == [2, 2, 1]
    last = batches[-1][0].profile
    assert len(last["licences"]) == 1
    assert last["filings"][0]["is_open"]
    assert all(not one.profile["licences"] for batch in bare for one in batch)


def test_an_absent_enterprise_has_no_profile(db: Database) -> None:
    with reading() as session:
        assert profile_of(session, "ent_absent", TODAY, KINDS) is None
