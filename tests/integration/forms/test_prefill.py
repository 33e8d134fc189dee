"""Pre-filling: each outcome with its receipt, only the enterprise's own records, one broken source alone."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from core import clock
from core.database import reading, transaction
from core.database.engine import Database
from core.errors import InvalidInput, NotAvailable
from core.identity import Actor, Role
from forms import service as forms
from forms.filing.outcomes import Rejected
from forms.filing.parsing import parse
from forms.filing.validation import invalid
from forms.items.catalogue import items
from forms.items.form import FieldDefinition, FormDefinition, PrefillSpec
from forms.items.patterns import shape
from forms.models import Enterprise, FilingValue, HistoricalRecord, HistoricalValue
from forms.prefill.base import PrefillContext, Proposal
from forms.prefill.registry import SOURCES
from forms.prefill.service import context_for, propose
from forms.records.service import FILING, LICENCE, PERSONNEL, REGISTRY
from forms.sandbox.filled import routing_answers
from forms.service import FieldPrefill, Preview
from tests.integration.forms.conftest import code_of, enterprise_coded, import_lines, record_line

CODE = "drug_prod_licence"
OURS, THEIRS = code_of(1), code_of(2)
TODAY = clock.today()
YESTERDAY = (TODAY - timedelta(days=1)).isoformat()
TOMORROW = (TODAY + timedelta(days=1)).isoformat()
RECORDS = {"registry": REGISTRY, "licence": LICENCE, "filing": FILING, "personnel": PERSONNEL}
PERSON = {"name": "张三", "id_number": "11010519491231002X", "qualification": "执业药师"}


def _registry(**data: Any) -> dict[str, Any]:
    return record_line(OURS, "reg", kind=REGISTRY, data=data)


def _licence(
    record_id: str = "lic", uscc: str = OURS, *, data: dict[str, Any], **more: Any
) -> dict[str, Any]:
    return record_line(uscc, record_id, **{"service_item_code": CODE, "data": data, **more})


def _preview(code: str = CODE, operation: str | None = None, uscc: str = OURS) -> Preview:
    return forms.preview(code, uscc, operation, "zh-CN")


def _field(key: str, code: str = CODE, operation: str | None = None) -> FieldPrefill:
    return next(one for one in _preview(code, operation).fields if one.key == key)


def _form(code: str) -> FormDefinition:
    form = items()[code].form
    assert form is not None
    return form


def _from(receipt: dict[str, Any] | None) -> str:
    return receipt["record_id"] if receipt else ""


def test_what_the_registry_holds_is_filled_in_with_a_receipt(db: Database) -> None:
    import_lines(_registry(ent_name="甲公司"), _licence(data={"ent_name": "甲公司", "vaccine": True}))
    found = _field("ent_name")
    assert (found.value, found.outcome, found.alternatives, found.problems) == ("甲公司", "filled", [], [])
    assert found.receipt == {
        "record_id": "reg",
        "source": "registry",
        "as_of": "2026-01-01",
        "transformation": "copied",
        "confidence": 1.0,
        "is_stale": False,
    }
    assert _field("vaccine").value is True


def test_sources_in_force_that_differ_are_a_conflict_shown_side_by_side(db: Database) -> None:
    import_lines(_registry(ent_name="甲公司"), _licence(data={"ent_name": "旧公司"}))
    found = _field("ent_name")
    assert (found.value, found.outcome, _from(found.receipt)) == ("甲公司", "conflict", "reg")
    assert [(one["value"], _from(one["receipt"])) for one in found.alternatives] == [("旧公司", "lic")]


@pytest.mark.parametrize(
    "more",
    [
        {"expires_on": YESTERDAY},
        {"status": "expired"},
        {"status": "revoked", "expires_on": TOMORROW},
        {"status": "superseded"},
    ],
    ids=str,
)
def test_a_licence_that_is_no_longer_in_force_fills_in_as_stale(db: Database, more: dict[str, Any]) -> None:
    import_lines(_licence(data={"ent_name": "甲公司"}, number="沪20200001", **more))
    for found, value in (
        (_field("ent_name"), "甲公司"),
        (_field("licence_no", operation="change"), "沪20200001"),
    ):
        assert (found.value, found.outcome, _from(found.receipt)) == (value, "stale", "lic")
        assert found.receipt is not None
        assert found.receipt["is_stale"] is True


@pytest.mark.parametrize("expires_on", [None, TOMORROW, TODAY.isoformat()])
def test_a_licence_is_good_to_its_last_day(db: Database, expires_on: str | None) -> None:
    import_lines(_licence(data={"ent_name": "甲公司"}, expires_on=expires_on))
    assert _field("ent_name").outcome == "filled"


@pytest.mark.parametrize(
    ("key", "held", "operation"),
    [
        ("uscc", f"{OURS[:-1]}?", None),
        ("region_code", "999999", None),
        ("ent_name", "甲" * 121, None),
        ("legal_rep", "！？", None),
    ],
)
def test_a_value_that_breaks_todays_rules_is_shown_as_stale(
    db: Database, key: str, held: str, operation: str | None
) -> None:
    import_lines(_registry(**{key: held}))
    found = _field(key, operation=operation)
    assert (found.value, found.outcome, found.problems) == (held, "stale", ["invalid"])


def test_a_sound_value_goes_before_one_that_breaks_the_rules(db: Database) -> None:
    import_lines(_registry(ent_name="！"), _licence(data={"ent_name": "甲公司"}))
    found = _field("ent_name")
    assert (found.value, found.outcome, _from(found.receipt)) == ("甲公司", "filled", "lic")
    assert [one["value"] for one in found.alternatives] == ["！"]


@pytest.mark.parametrize(("held", "value"), [("20301231", "2030-12-31"), ("2030年12月31日", "2030-12-31")])
def test_a_date_is_filled_in_as_the_form_stores_it(db: Database, held: str, value: str) -> None:
    import_lines(_licence(data={"valid_to": held}, expires_on="2030-12-31"))
    found = _field("valid_to", operation="renewal")
    assert (found.value, found.outcome) == (value, "filled")


def test_history_is_a_suggestion_where_no_source_is_named(db: Database) -> None:
    area = {"total": "2000", "clean": "500"}
    code = "device_prod_licence"
    import_lines(record_line(OURS, "fil", kind=FILING, service_item_code=code, data={"area": area}))
    found = _field("area", code)
    assert (found.value, found.outcome, _from(found.receipt)) == (area, "suggested", "fil")
    assert found.receipt is not None
    assert found.receipt["transformation"] == "copied_from_filing"


def test_what_no_record_holds_is_absent(db: Database) -> None:
    import_lines(_registry(ent_name="甲公司", domicile="", legal_rep=None))
    found = _preview()
    assert [one.key for one in found.fields if one.outcome != "absent"] == ["ent_name"]
    assert {one.value for one in found.fields if one.outcome == "absent"} == {None}
    assert all(one.receipt is None and not one.alternatives for one in found.fields[1:])
    assert 0 < found.share < 0.1
    assert "truth_commit" not in {one.key for one in found.fields}


def test_the_newest_record_in_force_wins_and_the_others_stand_beside_it(db: Database) -> None:
    import_lines(
        *(_licence(name, data={"ent_name": name}, as_of=day) for name, day in
          [("二公司", "2025-01-01"), ("三公司", "2026-01-01"), ("一公司", "2024-01-01")]),
        _licence("去公司", data={"ent_name": "去公司"}, as_of="2026-06-01", expires_on=YESTERDAY),
    )  # fmt: skip
    found = _field("ent_name")
    assert (found.value, found.outcome) == ("三公司", "conflict")
    assert [one["value"] for one in found.alternatives] == ["二公司", "一公司"]


def test_of_records_that_all_ran_out_the_newest_is_shown(db: Database) -> None:
    import_lines(
        _licence("old", data={"ent_name": "旧公司"}, expires_on="2020-01-01", as_of="2015-01-01"),
        _licence("new", data={"ent_name": "新公司"}, expires_on="2025-01-01", as_of="2020-01-01"),
    )
    assert (_field("ent_name").value, _field("ent_name").outcome) == ("新公司", "stale")


NUMBERS = [
    (code, field.key)
    for code, one in items().items()
    for field in (one.form.fields if one.form else [])
    if field.type == "string" and any(spec.path == "@number" for spec in field.prefill)
]


@pytest.mark.parametrize(("code", "key"), NUMBERS)
def test_a_licence_of_another_item_never_fills_a_number(db: Database, code: str, key: str) -> None:
    field = _form(code).field(key)
    assert field is not None
    number = shape(field.patterns[0], "en")[1] if field.pattern else "沪20200001"
    own = {name for spec in field.prefill for name in (spec.items or items()[code].family)}
    others = sorted(set(items()) - own)
    import_lines(*(_licence(o, data={}, number=number, service_item_code=o) for o in others))
    for operation in items()[code].operations:
        shown = [one for one in _preview(code, operation).fields if one.key == key]
        assert [one.value for one in shown if one.outcome != "absent"] == [], operation
    import_lines(*(_licence(f"own-{o}", data={}, number=number, service_item_code=o) for o in own))
    is_asked = any(spec.path == "@number" and not spec.when for spec in field.prefill)
    filled = [one for one in _all_of(code) if one.key == key and _from(one.receipt).startswith("own-")]
    assert bool(filled) >= is_asked


def _all_of(code: str) -> list[FieldPrefill]:
    return [one for operation in items()[code].operations for one in _preview(code, operation).fields]


def test_another_enterprises_records_never_appear(db: Database) -> None:
    for name, uscc in (("甲", OURS), ("乙", THEIRS)):
        data = {field.key: f"{name}的值" for field in _form(CODE).fields}
        lines = [
            _licence(f"{name}{k}", uscc, data=data, kind=k, number=f"{name}号") for k in RECORDS.values()
        ]
        import_lines(*lines)
    for uscc, own, other in ((OURS, "甲", "乙"), (THEIRS, "乙", "甲")):
        shown = json.dumps([vars(one) for one in _preview(uscc=uscc).fields], ensure_ascii=False)
        assert own in shown
        assert other not in shown


SETS = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from(sorted(RECORDS.values())),
        st.sampled_from(["valid", "valid", "expired", "superseded"]),
        st.sampled_from([None, YESTERDAY, TOMORROW]),
        st.sampled_from(["2024-01-01", "2025-01-01"]),
        st.sets(st.integers(0, 60), max_size=20),
    ),
    min_size=1,
    max_size=10,
)


@given(
    st.sampled_from([(code, name) for code, one in sorted(items().items()) for name in one.operations]), SETS
)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_value_shown_comes_from_a_record_of_that_enterprise(
    db: Database,
    filing: tuple[str, str],
    rows: list[tuple[bool, str, str, str | None, str, set[int]]],
) -> None:
    code, operation = filing
    owners, keys = {True: OURS, False: THEIRS}, [field.key for field in _form(code).fields]
    with transaction() as session:
        for table in (HistoricalValue, HistoricalRecord, Enterprise):
            session.query(table).delete()
    import_lines(*(record_line(uscc, f"registry-{owner}", kind=REGISTRY) for owner, uscc in owners.items()))
    held: dict[str, list[str]] = {"registry-True": []}
    for number, (is_own, kind, status, expires_on, as_of, chosen) in enumerate(rows):
        name = f"{number}-{is_own}"
        data = {keys[n % len(keys)]: f"值{name}-" for n in chosen}
        more = {
            "kind": kind,
            "status": status,
            "expires_on": expires_on,
            "as_of": as_of,
            "number": f"号{name}-",
        }
        import_lines(_licence(name, owners[is_own], data=data, service_item_code=code, **more))
        held[name] = [f"值{name}-", f"号{name}-", expires_on or "-"]
    for one in _preview(code, operation).fields:
        shown = [(one.value, one.receipt), *((o["value"], o["receipt"]) for o in one.alternatives)]
        for value, receipt in shown:
            if receipt is not None and receipt["source"] in RECORDS:
                assert receipt["record_id"].endswith("-True"), (one.key, receipt)
                text = json.dumps(value, ensure_ascii=False)
                assert any(own in text for own in held[receipt["record_id"]]), (one.key, value)


@pytest.mark.parametrize("source", sorted(RECORDS))
def test_a_source_that_breaks_is_named_and_costs_only_its_own_fields(db: Database, source: str) -> None:
    lines = [
        _registry(ent_name="甲公司", ent_type="有限责任公司"),
        _licence(data={"ent_name": "甲公司", "class_code": "Ah"}),
        _licence("fil", kind=FILING, data={"delivery": "electronic"}),
        _licence("per", kind=PERSONNEL, data={"qp": PERSON}),
    ]
    only = {"registry": "ent_type", "licence": "class_code", "filing": "delivery", "personnel": "qp"}
    import_lines(*lines)
    assert _preview().failed_sources == []
    whole = {one.key: one.value for one in _preview().fields}
    assert all(whole[key] for key in only.values())
    with transaction() as session:
        damaged = update(HistoricalRecord).where(HistoricalRecord.kind == RECORDS[source])
        session.execute(damaged.values(data=["not", "an", "object"]))
    found = _preview()
    assert found.failed_sources == [source]
    left = {one.key: one.value for one in found.fields if one.outcome != "absent"}
    assert left == {key: value for key, value in whole.items() if value is not None and key != only[source]}
    assert _started(CODE, OURS, "initial")["ent_name"].value == "甲公司"


class Broken:
    """A source that never answers."""

    def __init__(self, name: str) -> None:
        self.name = name

    def propose(self, spec: PrefillSpec, field: FieldDefinition, context: PrefillContext) -> list[Proposal]:
        raise TimeoutError


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_any_source_may_fail_and_the_next_one_is_asked(db: Database, name: str) -> None:
    import_lines(_registry(ent_name="甲公司"))
    field = _form(CODE).field("ent_name")
    assert field is not None
    asked = field.model_copy(update={"prefill": [PrefillSpec(source=name), PrefillSpec(source="registry")]})
    failed: set[str] = set()
    with reading() as session:
        context = context_for(session, _actor(OURS), enterprise_coded(OURS).id, items()[CODE], {})
        found = propose(asked, context, {**SOURCES, name: Broken(name)}, failed)
    assert failed == {name}
    assert (found.value if found else None) == (None if name == "registry" else "甲公司")


def test_personal_numbers_and_what_is_this_filings_own_are_never_suggested(db: Database) -> None:
    apart = 0
    for code in items():
        own = [f for f in _form(code).fields if f.sensitive or f.is_own]
        asked = {f.key for f in own if not {spec.source for spec in f.prefill} & RECORDS.keys()}
        data = {field.key: field.example or PERSON["id_number"] for field in own}
        import_lines(
            *(_licence(f"{code}-{k}", data=data, kind=k, service_item_code=code) for k in (LICENCE, FILING))
        )
        for one in _all_of(code):
            apart += one.key in asked
            assert one.outcome == "absent" or one.key not in asked, (code, one.key)
            assert one.outcome != "suggested" or not one.is_sensitive, (code, one.key)
    assert apart > 100


def test_reasons_and_lists_of_changes_of_an_earlier_filing_are_never_suggested(db: Database) -> None:
    one_time = ("change_items", "change_date", "late_reason", "cancel_reason", "stop_reason", "stop_date")
    suggested = []
    for code in items():
        fields = [field for key in one_time if (field := _form(code).field(key)) is not None]
        data = {field.key: field.options[0].value if field.options else field.example for field in fields}
        import_lines(_licence(f"fil-{code}", kind=FILING, data=data, service_item_code=code))
        suggested += [
            (code, one.key) for one in _all_of(code) if one.key in one_time and one.outcome != "absent"
        ]
    assert suggested == []


NONSENSE: list[Any] = [
    5,
    1.5,
    True,
    "x",
    "",
    [],
    {},
    ["x"],
    [5],
    [None],
    [["x"]],
    [{"q": [1]}],
    {"a": {"b": 1}},
]


def _spoil(code: str, bad: Any) -> None:
    data = {field.key: bad for field in _form(code).fields}
    import_lines(
        *(_licence(f"{code}-{k}", data=data, kind=k, service_item_code=code) for k in RECORDS.values())
    )


@pytest.mark.parametrize("bad", NONSENSE, ids=str)
def test_a_record_of_the_wrong_shape_is_shown_and_marked(db: Database, bad: Any) -> None:
    for code in items():
        _spoil(code, bad)
        for one in _all_of(code):
            field = _field_of(code, one.key)
            is_read = (
                not isinstance(parse(field, bad, "zh-CN"), Rejected) or invalid(field, bad, "en") is None
            )
            is_read |= field.type == "file" and isinstance(bad, str)
            assert one.outcome in ("absent", "stale") or is_read, (code, one.key)
            assert one.outcome == "absent" or (one.receipt is not None and bad not in ("", [], {}))


@pytest.mark.parametrize("bad", [5, True, "x", ["x"], [5], [["x"]], [{"q": [1]}], {"a": {"b": 1}}], ids=str)
def test_a_record_of_the_wrong_shape_does_not_keep_a_filing_from_being_started(
    db: Database, bad: Any
) -> None:
    for code in items():
        _spoil(code, bad)
        assert _started(code, OURS, items()[code].operations[0])


def _actor(uscc: str) -> Actor:
    return Actor("acct_of_nobody", Role.APPLICANT, enterprise_ids=frozenset({enterprise_coded(uscc).id}))


def _started(code: str, uscc: str, operation: str) -> dict[str, FilingValue]:
    actor = _actor(uscc)
    filing = forms.start_filing(
        actor,
        enterprise_id=enterprise_coded(uscc).id,
        item_code=code,
        answers=routing_answers(code, operation),
        idempotency_key=f"{uscc}-{code}-{operation}",
        origin=forms.Origin("web"),
    )
    forms.cancel_filing(actor, filing.id)
    with reading() as session:
        rows = session.scalars(select(FilingValue).where(FilingValue.filing_id == filing.id)).all()
    return {row.key: row for row in rows}


@pytest.mark.parametrize("code", sorted(items()))
def test_a_preview_shows_what_starting_the_filing_proposes(regulator: Path, code: str) -> None:
    with reading() as session:
        codes = session.scalars(select(Enterprise.uscc).order_by(Enterprise.id)).all()
    compared = 0
    for uscc in codes[::3]:
        for operation in items()[code].operations:
            compared += _compare(code, uscc, operation)
    assert compared > 20


def _compare(code: str, uscc: str, operation: str) -> int:
    shown = {one.key: one for one in _preview(code, operation, uscc).fields}
    rows = _started(code, uscc, operation)
    known = {key: row for key, row in rows.items() if row.receipt.get("source") in RECORDS and key in shown}
    sure = {key for key, one in shown.items() if one.receipt and one.receipt["source"] in RECORDS}
    assert {key for key in sure - set(rows) if not _waits(_field_of(code, key))} == set(), (code, operation)
    for key, row in known.items():
        one, field = shown[key], _field_of(code, key)
        if one.receipt is None or (_waits(field) and row.receipt["record_id"] != one.receipt["record_id"]):
            assert _waits(field), (code, operation, key)
            continue
        assert row.receipt.items() >= one.receipt.items(), (code, operation, key)
        assert row.value in (one.value, parse(field, one.value, "zh-CN")), (code, operation, key)
        assert row.problems == one.problems or _waits(field), (code, operation, key)
        assert len(row.alternatives) == len(one.alternatives) or _waits(field)
    return len(known)


def _waits(field: FieldDefinition) -> bool:
    """Whether a source of the field is asked only for certain answers, which a preview does not have."""
    return any(spec.when or "match" in spec.params for spec in field.prefill)


def _field_of(code: str, key: str) -> FieldDefinition:
    field = _form(code).field(key)
    assert field is not None
    return field


@pytest.mark.parametrize(
    ("code", "uscc", "operation", "error"),
    [
        ("gone", OURS, None, NotAvailable),
        (CODE, THEIRS, None, NotAvailable),
        (CODE, "", None, NotAvailable),
        (CODE, OURS, "sale", InvalidInput),
        ("device2_reg_renewal", OURS, "cancellation", InvalidInput),
    ],
)
def test_a_preview_of_what_does_not_exist_is_refused(
    db: Database, code: str, uscc: str, operation: str | None, error: type[Exception]
) -> None:
    import_lines(_registry(ent_name="甲公司"))
    with pytest.raises(error):
        forms.preview(code, uscc, operation, "en")
