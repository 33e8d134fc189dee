"""Records of other offices: brought in line by line, kept apart, found in order, superseded."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.database import reading, transaction
from core.database.engine import Database
from core.errors import NotAvailable
from core.identity import Actor, Role
from forms import service as forms
from forms.models import Enterprise, HistoricalRecord, HistoricalValue
from forms.records import importing
from forms.records.service import (
    KINDS,
    LICENCE,
    MOST_READ,
    REGISTRY,
    STATUSES,
    VALID,
    Records,
    RecordView,
    add_record,
    enterprise_of,
    new_record,
    records_of,
    supersede,
)
from i18n.service import translate
from tests.integration.forms.conftest import code_of, enterprise_coded, import_lines, record_line
from web.command_line.main import main

TODAY = date(2026, 11, 25)
OURS, THEIRS = code_of(1), code_of(2)
REGISTERED = {"ent_name": "甲制药有限公司", "region_code": "440106"}


def _registry(uscc: str, record_id: str = "reg", **more: Any) -> dict[str, Any]:
    return record_line(uscc, record_id, **{"kind": REGISTRY, "data": dict(REGISTERED), **more})


def _records(uscc: str = OURS, today: date = TODAY) -> Iterator[Records]:
    enterprise_id = enterprise_coded(uscc).id
    with reading() as session:
        yield Records(session, enterprise_id, today)


def _ids(found: list[RecordView]) -> list[str]:
    return [record.id for record in found]


def _newest(kind: str = LICENCE, items: list[str] | None = None, uscc: str = OURS) -> list[str]:
    return next(_ids(records.newest(kind, items)) for records in _records(uscc))


def _holding(key: str, text: str | None = None, uscc: str = OURS, kind: str = LICENCE) -> list[str]:
    return next(_ids(records.holding(kind, key, text)) for records in _records(uscc))


def _kept() -> dict[str, tuple[Any, ...]]:
    with reading() as session:
        rows = session.scalars(select(HistoricalRecord))
        return {r.id: (r.enterprise_id, r.kind, r.number, r.status, r.as_of, r.data) for r in rows}


def test_a_file_is_taken_and_taking_it_again_changes_nothing(each_database: Database) -> None:
    lines = [
        _registry(OURS),
        record_line(
            OURS,
            "lic",
            service_item_code="drug_prod_licence",
            number="沪20200001",
            issued_on="2020-01-01",
            expires_on="2030-01-01",
            data={
                "ent_name": "甲制药有限公司",
                "prod_addr": ["一路1号", "二路2号"],
                "staff": {"name": "张三"},
            },
        ),
        record_line(OURS, "per", kind="personnel", data={"quality_head": {"name": "李四"}}),
        record_line(THEIRS, "fil", kind="filing", service_item_code="cosmetic_filing", number=None),
    ]
    first = import_lines(*lines)
    assert (dict(first.counts), first.enterprises, first.refusals) == ({"new": 4}, 2, [])
    held = _kept()
    assert held["lic"][-1] == lines[1]["data"]
    again = import_lines(*lines)
    assert (dict(again.counts), again.enterprises) == ({"unchanged": 4}, 0)
    assert _kept() == held


@pytest.mark.parametrize(
    "changed",
    [
        {"data": {"ent_name": "乙"}},
        {"data": {}},
        {"number": "沪20200002"},
        {"status": "revoked"},
        {"as_of": "2026-01-02"},
        {"issued_on": "2020-01-01"},
        {"expires_on": "2031-01-01"},
        {"kind": "filing"},
        {"service_item_code": "drug_prod_licence"},
    ],
    ids=str,
)
def test_a_record_that_comes_again_with_other_content_replaces_what_was_held(
    db: Database, changed: dict[str, Any]
) -> None:
    line = record_line(OURS, "lic", data={"ent_name": "甲", "domicile": "一路1号"})
    import_lines(line)
    assert dict(import_lines({**line, **changed}).counts) == {"changed": 1}
    assert dict(import_lines({**line, **changed}).counts) == {"unchanged": 1}
    assert len(_kept()) == 1


def test_a_replaced_record_is_found_by_what_it_says_now_alone(each_database: Database) -> None:
    import_lines(record_line(OURS, "lic", data={"ent_name": "甲", "domicile": "一路1号"}))
    import_lines(record_line(OURS, "lic", data={"ent_name": "乙", "tel": "1", "empty": "", "none": None}))
    assert _holding("ent_name", "乙") == _holding("tel") == ["lic"]
    assert _holding("ent_name", "甲") == _holding("domicile") == _holding("empty") == _holding("none") == []


def test_the_last_of_two_lines_with_one_id_counts(db: Database) -> None:
    line = record_line(OURS, "lic", data={"ent_name": "甲"})
    report = import_lines(line, {**line, "data": {"ent_name": "乙"}}, {**line, "data": {"ent_name": "乙"}})
    assert dict(report.counts) == {"new": 1, "changed": 1, "unchanged": 1}
    assert _kept()["lic"][-1] == {"ent_name": "乙"}


GOOD = record_line(OURS, "lic")
FIELD = "forms.records.wrong_field"
REFUSED: list[tuple[str, dict[str, Any] | str, str, dict[str, str]]] = [
    ("half a line", '{"record_id": "x", ', "forms.records.no_json", {}),
    ("words", "record 1: 甲公司", "forms.records.no_json", {}),
    ("nested", "[" * 100_000, "forms.records.no_json", {}),
    ("digits", "1" * 5_000, "forms.records.no_json", {}),
    ("huge", "x" * (importing.LONGEST_LINE + 1), "forms.records.too_long", {}),
    ("NUL", {**GOOD, "data": {"note": ["甲\0"]}}, "forms.records.unstorable", {}),
    ("half a character", {**GOOD, "data": {"a\ud800": 1}}, "forms.records.unstorable", {}),
    ("number with NUL", {**GOOD, "number": "\0"}, "forms.records.unstorable", {}),
    ("a list", "[1]", FIELD, {"place": "-"}),
    ("a number", "5", FIELD, {"place": "-"}),
    ("nothing", "null", FIELD, {"place": "-"}),
    ("empty", "{}", FIELD, {"place": "record_id"}),
    ("no id", {**GOOD, "record_id": ""}, FIELD, {"place": "record_id"}),
    ("long id", {**GOOD, "record_id": "x" * 81}, FIELD, {"place": "record_id"}),
    ("kind", {**GOOD, "kind": "rumour"}, FIELD, {"place": "kind"}),
    ("status", {**GOOD, "status": "maybe"}, FIELD, {"place": "status"}),
    ("as of", {**GOOD, "as_of": "2026-02-30"}, FIELD, {"place": "as_of"}),
    ("no as of", {k: v for k, v in GOOD.items() if k != "as_of"}, FIELD, {"place": "as_of"}),
    ("issued", {**GOOD, "issued_on": "yesterday"}, FIELD, {"place": "issued_on"}),
    ("expires", {**GOOD, "expires_on": []}, FIELD, {"place": "expires_on"}),
    ("data", {**GOOD, "data": ["甲"]}, FIELD, {"place": "data"}),
    ("number", {**GOOD, "number": "9" * 81}, FIELD, {"place": "number"}),
    ("uscc type", {**GOOD, "uscc": 5}, FIELD, {"place": "uscc"}),
    ("surplus", {**GOOD, "colour": "red"}, FIELD, {"place": "colour"}),
    ("uscc", {**GOOD, "uscc": f"{OURS[:-1]}?"}, "forms.records.wrong_uscc", {"uscc": f"{OURS[:-1]}?"}),
    ("case", {**GOOD, "uscc": OURS.lower()}, "forms.records.wrong_uscc", {"uscc": OURS.lower()}),
    ("long uscc", {**GOOD, "uscc": "9" * 99}, "forms.records.wrong_uscc", {"uscc": "9" * 40}),
    ("item", {**GOOD, "service_item_code": "gone"}, "forms.records.unknown_item", {"item": "gone"}),
    (
        "term",
        {**GOOD, "issued_on": "2026-01-02", "expires_on": "2026-01-01"},
        "forms.records.ends_before_start",
        {},
    ),
    ("another's", {**GOOD, "record_id": "theirs"}, "forms.records.of_another", {"record": "theirs"}),
]


@pytest.mark.parametrize(
    ("line", "code", "params"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_wrong_line_is_refused_with_number_and_reason_and_the_others_are_taken(
    db: Database, line: dict[str, Any] | str, code: str, params: dict[str, str]
) -> None:
    import_lines(record_line(THEIRS, "theirs"))
    before = _kept()
    report = import_lines(record_line(OURS, "a"), "", "  \t\n", line, record_line(OURS, "b"))
    assert dict(report.counts) == {"new": 2, "refused": 1}
    (refusal,) = report.refusals
    assert (refusal.line, refusal.code) == (4, code)
    assert params.items() <= refusal.params.items()
    assert {name: kept for name, kept in _kept().items() if name not in ("a", "b")} == before
    for locale in ("zh-CN", "en"):
        said = translate(refusal.code, locale, **refusal.params)
        assert all(value in said for value in params.values())
        assert len(said) < 400


def test_every_reason_for_a_refusal_is_tried_here() -> None:
    source = Path(importing.__file__).read_text(encoding="utf-8")
    tried = {case[2] for case in REFUSED}
    assert {code for code in tried if f'"{code}"' in source} == tried
    assert source.count("Refusal(number, ") == len(tried)


@pytest.mark.parametrize("character", ["\\ud800", "\\u0000"])
@pytest.mark.parametrize("key", ["ent_name", "note"])
def test_a_line_that_no_database_can_hold_is_refused_alone(
    each_database: Database, character: str, key: str
) -> None:
    broken = json.dumps(record_line(OURS, "x", data={key: "甲?"}), ensure_ascii=False).replace("?", character)
    report = import_lines(record_line(OURS, "a"), broken, record_line(OURS, "b"))
    assert [refusal.line for refusal in report.refusals] == [2]
    assert set(_kept()) == {"a", "b"}


@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"a":', "}")])
def test_a_line_that_is_nested_deep_costs_itself_alone(db: Database, opened: str, closed: str) -> None:
    for depth in (300, 600, 800):
        deep = f"{opened * depth}1{closed * depth}"
        line = json.dumps(record_line(OURS, "x", data={"a": "deep"})).replace('"deep"', deep)
        report = import_lines(record_line(OURS, "a"), line, record_line(OURS, "b"))
        assert report.counts["refused"] <= 1
        assert {"a", "b"} <= set(_kept())


def test_a_record_never_moves_to_another_enterprise(each_database: Database) -> None:
    import_lines(_registry(THEIRS, "theirs"), _registry(OURS, "ours"))
    held = _kept()
    report = import_lines(_registry(OURS, "theirs", data={"ent_name": "甲", "secret": "x"}))
    assert [refusal.code for refusal in report.refusals] == ["forms.records.of_another"]
    assert _kept() == held
    assert _newest(REGISTRY, uscc=OURS) == ["ours"]


def test_an_enterprise_is_made_from_its_registry_entry(each_database: Database) -> None:
    assert import_lines(_registry(OURS)).enterprises == 1
    made = enterprise_coded(OURS)
    assert (made.name, made.region_code, made.province) == ("甲制药有限公司", "440106", "粤")
    assert not made.is_synthetic
    stranger = Actor("acct", Role.APPLICANT)
    with reading() as session, pytest.raises(NotAvailable):
        enterprise_of(session, stranger, made.id)


@pytest.mark.parametrize(
    ("data", "name", "region", "province"),
    [
        ({}, OURS, "310115", "沪"),
        ({"ent_name": "甲", "region_code": "999999"}, "甲", "310115", "沪"),
        ({"ent_name": "", "region_code": 440106}, OURS, "310115", "沪"),
        ({"ent_name": "甲" * 300, "region_code": ["440106"]}, "甲" * 120, "310115", "沪"),
    ],
)
def test_an_enterprise_without_a_whole_registry_entry_takes_its_place_from_its_code(
    db: Database, data: dict[str, Any], name: str, region: str, province: str
) -> None:
    import_lines(record_line(OURS, "lic", data=data))
    made = enterprise_coded(OURS)
    assert (made.name, made.region_code, made.province) == (name, region, province)


def test_a_code_of_no_division_makes_an_enterprise_without_province(db: Database) -> None:
    nowhere = code_of(3, "999999")
    import_lines(record_line(nowhere, "lic"))
    made = enterprise_coded(nowhere)
    assert (made.region_code, made.province) == ("000000", "")


def test_a_registry_entry_in_force_renames_and_moves_the_enterprise(db: Database) -> None:
    import_lines(record_line(OURS, "lic", data={"ent_name": "旧名"}))
    import_lines(_registry(OURS))
    made = enterprise_coded(OURS)
    assert (made.name, made.province) == ("甲制药有限公司", "粤")
    import_lines(record_line(OURS, "lic2", data={"ent_name": "执照上的名称"}))
    import_lines(_registry(OURS, "old", status="superseded", data={"ent_name": "更旧的名称"}))
    assert enterprise_coded(OURS).name == "甲制药有限公司"


def test_an_older_registry_entry_does_not_take_the_new_name_back(db: Database) -> None:
    import_lines(_registry(OURS, "new", as_of="2026-01-01"))
    import_lines(_registry(OURS, "old", as_of="2019-01-01", data={"ent_name": "旧名"}))
    assert enterprise_coded(OURS).name == "甲制药有限公司"


def test_long_files_are_taken_in_batches_and_what_was_taken_stays(db: Database) -> None:
    lines = [json.dumps(record_line(OURS, f"r{n}")) for n in range(1_200)]

    def breaking_off() -> Iterator[str]:
        yield from lines[:700]
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="gone"):
        list(forms.import_records(breaking_off()))
    assert len(_kept()) == importing.BATCH
    seen = [sum(report.counts.values()) for report in forms.import_records(lines)]
    assert seen == [500, 1_000, 1_200]
    assert dict(import_lines(*lines).counts) == {"unchanged": 1_200}


def test_a_file_with_byte_order_mark_blank_lines_and_windows_line_ends_is_read(
    home: Path, tmp_path: Path
) -> None:
    rows = [json.dumps(_registry(OURS), ensure_ascii=False), "", json.dumps(record_line(OURS, "b")), "{"]
    file = tmp_path / "records.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(rows).encode() + b"\r\n\xff\xfe\r\n")
    done = CliRunner().invoke(main, ["records", "import", str(file), "--json"])
    body = json.loads(done.output)
    assert done.exit_code == 1
    assert (body["new"], body["refused"], body["enterprises"]) == (2, 2, 1)
    assert [refusal["line"] for refusal in body["refusals"]] == [4, 5]
    assert enterprise_coded(OURS).name == "甲制药有限公司"


def _add(record_id: str, enterprise_id: str, **columns: Any) -> None:
    made = {"kind": LICENCE, "as_of": date(2026, 1, 1), "data": {"key": "x"}, **columns}
    with transaction() as session:
        add_record(session, new_record(id=record_id, enterprise_id=enterprise_id, **made))


@pytest.fixture
def ours(db: Database) -> str:
    import_lines(_registry(OURS), _registry(THEIRS, "their-reg"))
    return enterprise_coded(OURS).id


@pytest.mark.parametrize(
    ("status", "ends_in", "is_in_force"),
    [
        ("valid", None, True),
        ("valid", 1, True),
        ("valid", 0, True),
        ("valid", -1, False),
        ("expired", 100, False),
        ("revoked", None, False),
        ("superseded", 100, False),
    ],
)
def test_a_record_is_in_force_while_valid_and_its_term_runs(
    ours: str, status: str, ends_in: int | None, is_in_force: bool
) -> None:
    ends = None if ends_in is None else TODAY + timedelta(days=ends_in)
    _add("asked", ours, status=status, expires_on=ends, as_of=date(2026, 6, 1))
    _add("standing", ours)
    assert _newest() == (["asked", "standing"] if is_in_force else ["standing", "asked"])
    found = next(records.newest(LICENCE) for records in _records())
    assert {record.id: record.is_in_force(TODAY) for record in found}["asked"] is is_in_force


ROWS = st.lists(
    st.tuples(
        st.sampled_from(STATUSES),
        st.sampled_from([None, -400, -1, 0, 1, 400]),
        st.integers(0, 3),
        st.sampled_from(["", "drug_prod_licence", "cosmetic_filing"]),
        st.sampled_from(["x", "y", ""]),
        st.booleans(),
    ),
    max_size=12,
)


@given(ROWS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_records_come_in_force_first_then_newest_first_and_only_the_enterprises_own(
    db: Database, rows: list[tuple[str, int | None, int, str, str, bool]]
) -> None:
    with transaction() as session:
        for table in (HistoricalValue, HistoricalRecord, Enterprise):
            session.query(table).delete()
    import_lines(_registry(OURS), _registry(THEIRS, "their-reg"))
    owners = {True: enterprise_coded(OURS).id, False: enterprise_coded(THEIRS).id}
    expected: list[tuple[bool, int, str, str, str]] = []
    for number, (status, ends_in, day, code, said, is_own) in enumerate(rows):
        ends = None if ends_in is None else TODAY + timedelta(days=ends_in)
        columns = {"status": status, "expires_on": ends, "service_item_code": code, "data": {"key": said}}
        _add(f"r{number:02d}", owners[is_own], as_of=date(2026, 1, 1 + day), **columns)
        if is_own:
            is_open = status == VALID and (ends is None or ends >= TODAY)
            expected.append((not is_open, -day, f"r{number:02d}", code, said))
    expected.sort()
    assert _newest() == [row[2] for row in expected]
    wanted = ["drug_prod_licence", ""]
    assert _newest(items=wanted) == [row[2] for row in expected if row[3] in wanted]
    for text in (None, "x", "y"):
        holding = [row for row in expected if row[4] and text in (None, row[4])]
        assert _holding("key", text) == [row[2] for row in holding]


def test_only_the_kind_and_the_key_that_are_asked_for_are_found(ours: str) -> None:
    for kind in KINDS[1:]:
        _add(f"a-{kind}", ours, kind=kind, data={kind: "x", "long": "字" * 300})
    for kind in KINDS[1:]:
        assert _newest(kind) == [f"a-{kind}"]
        assert _holding(kind, kind=kind) == _holding("long", "字" * 300, kind=kind) == [f"a-{kind}"]
        assert _holding("nothing", kind=kind) == _holding("long", "x", kind=kind) == []
    assert _newest("rumour") == []


def test_of_thousands_the_newest_in_force_are_read(ours: str) -> None:
    with transaction() as session:
        for n in range(300):
            status, day = ("valid", 0) if n % 10 == 0 else ("revoked", n)
            as_of = date(2020, 1, 1) + timedelta(days=day)
            columns = {"id": f"r{n:03d}", "status": status, "as_of": as_of, "data": {"key": "x"}}
            add_record(session, new_record(enterprise_id=ours, kind=LICENCE, **columns))
    found = _newest()
    assert len(found) == MOST_READ
    assert found[:30] == [f"r{n:03d}" for n in range(0, 300, 10)]
    assert found[30] == "r299"
    assert _holding("key") == found


def test_many_terms_that_ran_out_do_not_hide_the_one_in_force(ours: str) -> None:
    for n in range(MOST_READ + 1):
        _add(f"old{n}", ours, expires_on=TODAY - timedelta(days=1), as_of=date(2026, 6, 1))
    _add("standing", ours, expires_on=TODAY, as_of=date(2026, 1, 1))
    assert _newest()[0] == "standing"
    assert _holding("key")[0] == "standing"


def test_records_are_opened_for_the_enterprises_own_people_alone(ours: str) -> None:
    own = Actor("acct", Role.APPLICANT, enterprise_ids=frozenset({ours}))
    with reading() as session:
        assert _ids(records_of(session, own, ours, TODAY).newest(REGISTRY)) == ["reg"]
        for other in (enterprise_coded(THEIRS).id, "ent_none"):
            with pytest.raises(NotAvailable):
                records_of(session, own, other, TODAY)


def test_a_newer_licence_supersedes_earlier_ones_of_its_number(ours: str) -> None:
    theirs, code = enterprise_coded(THEIRS).id, "drug_prod_licence"
    mine = {"number": "沪20200001", "service_item_code": code}
    _add("old", ours, **mine)
    _add("new", ours, **mine)
    untouched = {
        "theirs": (theirs, mine),
        "another-number": (ours, {**mine, "number": "沪20200002"}),
        "another-item": (ours, {**mine, "service_item_code": "cosmetic_filing"}),
        "a-filing": (ours, {**mine, "kind": "filing"}),
        "revoked": (ours, {**mine, "status": "revoked"}),
    }
    for record_id, (owner, columns) in untouched.items():
        _add(record_id, owner, **columns)
    held = _kept()
    with transaction() as session:
        supersede(session, ours, [code, "device_prod_licence"], "沪20200001", "new")
    now = _kept()
    assert now["old"][3] == "superseded"
    assert {name: row for name, row in now.items() if name != "old"} == {
        name: row for name, row in held.items() if name != "old"
    }
    assert set(_holding("key")[:3]) == {"new", "another-number", "another-item"}
    assert _holding("key")[3:] == ["old", "revoked"]
    with reading() as session:
        valid = select(func.count()).where(HistoricalValue.record_id == "old", HistoricalValue.is_valid)
        assert session.scalar(valid) == 0
