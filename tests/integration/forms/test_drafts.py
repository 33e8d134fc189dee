"""Filling a draft: pre-filled with receipts, one question at a time, nothing lost, nobody else sees it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from core.database import transaction
from core.database.engine import Database
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor
from forms import service as forms
from forms.records.service import add_record, new_record
from forms.service import Accepted, Rejected
from tests.integration.forms.conftest import applicant_for, enterprise_of_kind, fill, start


def _values(actor: Actor, filing_id: str) -> dict[str, object]:
    return {field.key: field.value for field in forms.get_filing(actor, filing_id, "zh-CN").fields}


def test_a_returning_enterprise_finds_what_the_authority_knows_with_receipts(maker: Actor) -> None:
    filing = start(maker)
    fields = {field.key: field for field in filing.fields}
    for key in ("ent_name", "uscc", "legal_rep", "domicile", "manufacturer", "prod_licence_no", "qs_officer"):
        assert fields[key].status == "proposed", key
        receipt = fields[key].receipt
        assert receipt is not None
        assert receipt.record_id
        assert receipt.as_of
        assert not receipt.confirmed_by
    assert filing.prefilled >= 12
    assert filing.unconfirmed == filing.prefilled


def test_the_declaration_is_never_proposed(maker: Actor) -> None:
    filing = start(maker)
    declaration = next(field for field in filing.fields if field.set_by == "declaration")
    assert declaration.status == "empty"
    result = forms.answer_field(maker, filing.id, declaration.key, "是", source="chat", locale="zh-CN")
    assert isinstance(result, Rejected)


def test_sensitive_values_never_leave_whole(maker: Actor) -> None:
    filing = start(maker)
    shown = next(field for field in filing.fields if field.key == "legal_rep_id")
    assert shown.value is None
    assert "*" in shown.display
    officer = next(field for field in filing.fields if field.key == "qs_officer")
    assert "*" in officer.value["id_number"]


def test_starting_again_returns_the_open_draft(maker: Actor) -> None:
    first = start(maker)
    second = start(maker, key="another")
    assert second.id == first.id
    assert second.is_resumed


def test_a_key_serves_one_start_only(maker: Actor) -> None:
    start(maker)
    (enterprise_id,) = maker.enterprise_ids
    with pytest.raises(InvalidInput, match="start_key_used"):
        forms.start_filing(
            maker,
            enterprise_id=enterprise_id,
            item_code="drug_dist_retail",
            answers={},
            idempotency_key="start-1",
            origin=forms.Origin("web"),
        )


def test_questions_come_in_form_order_until_nothing_is_left(maker: Actor) -> None:
    filing = start(maker)
    fill(maker, filing.id)
    assert forms.next_question(maker, filing.id, "zh-CN") is None
    assert {d.rule for d in forms.check_filing(maker, filing.id, "zh-CN")} == {"declaration"}


def test_naming_a_product_filed_before_brings_its_formula(maker: Actor) -> None:
    filing = start(maker)
    from sqlalchemy import select

    from core.database import reading
    from forms.models import HistoricalRecord

    (enterprise_id,) = maker.enterprise_ids
    with reading() as session:
        query = select(HistoricalRecord).where(
            HistoricalRecord.enterprise_id == enterprise_id, HistoricalRecord.kind == "filing"
        )
        earlier = session.scalars(query.order_by(HistoricalRecord.as_of.desc())).first()
    assert earlier is not None
    name = earlier.data["product_name_zh"]
    forms.answer_field(maker, filing.id, "product_name_zh", name, source="chat", locale="zh-CN")
    values = _values(maker, filing.id)
    assert values["formula"] == earlier.data["formula"]
    assert values["efficacy"] == earlier.data["efficacy"]


def test_choosing_the_parts_gives_the_classification_code(maker: Actor) -> None:
    filing = start(maker)
    for key, typed in (
        ("efficacy", "保湿"),
        ("body_part", "面部"),
        ("users", "普通人群"),
        ("form_dosage", "膏霜乳"),
        ("use_method", "驻留"),
    ):
        assert isinstance(
            forms.answer_field(maker, filing.id, key, typed, source="web", locale="zh-CN"), Accepted
        )
    assert _values(maker, filing.id)["class_code"] == "11-05-03-01-02"


def test_an_edit_takes_the_declaration_back(maker: Actor) -> None:
    filing = start(maker)
    fill(maker, filing.id)
    forms.confirm_declaration(maker, filing.id, True)
    assert forms.check_filing(maker, filing.id, "zh-CN") == []
    forms.answer_field(maker, filing.id, "product_name_zh", "另一个名字", source="web", locale="zh-CN")
    view = forms.get_filing(maker, filing.id, "zh-CN")
    assert not view.is_declared
    assert view.state == "draft"


def test_a_stale_screen_may_not_overwrite(maker: Actor) -> None:
    filing = start(maker)
    forms.answer_field(maker, filing.id, "product_name_zh", "甲面霜", source="web", locale="zh-CN")
    with pytest.raises(Conflict):
        forms.answer_field(
            maker,
            filing.id,
            "product_name_zh",
            "乙面霜",
            source="web",
            locale="zh-CN",
            expected_version=filing.version,
        )


def test_another_enterprises_person_finds_nothing(maker: Actor) -> None:
    filing = start(maker)
    stranger = applicant_for(enterprise_of_kind("importer"))
    calls = [
        lambda: forms.get_filing(stranger, filing.id, "zh-CN"),
        lambda: forms.answer_field(stranger, filing.id, "uscc", "x", source="web", locale="zh-CN"),
        lambda: forms.confirm_prefilled(stranger, filing.id, None),
        lambda: forms.skip_field(stranger, filing.id, "uscc"),
        lambda: forms.check_filing(stranger, filing.id, "zh-CN"),
        lambda: forms.cancel_filing(stranger, filing.id),
        lambda: forms.confirm_declaration(stranger, filing.id, True),
        lambda: forms.submit_filing(stranger, filing.id, expected_version=None, idempotency_key="k"),
        lambda: forms.document(stranger, filing.id),
        lambda: forms.get_filing(stranger, "fil_none", "zh-CN"),
    ]
    for call in calls:
        with pytest.raises(NotAvailable):
            call()


def test_an_item_that_does_not_exist_cannot_be_started(maker: Actor) -> None:
    (enterprise_id,) = maker.enterprise_ids
    with pytest.raises(NotAvailable):
        forms.start_filing(
            maker,
            enterprise_id=enterprise_id,
            item_code="no_such_item",
            answers={},
            idempotency_key="k",
            origin=forms.Origin("web"),
        )


NAMES = st.sampled_from(["甲面霜", "乙乳液", "丙精华"])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["answer", "confirm_all", "confirm_one", "skip"]),
        st.sampled_from(["product_name_zh", "ent_name", "domicile", "efficacy", "legal_rep"]),
        NAMES,
    ),
    min_size=1,
    max_size=8,
)


@given(STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_prefill_never_overwrites_a_value_that_a_person_typed(
    maker: Actor, steps: list[tuple[str, str, str]]
) -> None:
    filing = start(maker, key=str(steps))
    typed: dict[str, object] = {}
    for action, key, text in steps:
        if action == "answer" and key != "efficacy":
            found = forms.answer_field(maker, filing.id, key, text, source="web", locale="zh-CN")
            assert isinstance(found, Accepted | Rejected)
            if isinstance(found, Accepted):
                typed[key] = found.value
        elif action == "skip":
            forms.skip_field(maker, filing.id, key)
            typed[key] = None
        else:
            forms.confirm_prefilled(maker, filing.id, None if action == "confirm_all" else [key])
        values = _values(maker, filing.id)
        assert {k: values[k] for k in typed} == typed
    forms.cancel_filing(maker, filing.id)


def test_expired_and_differing_records_are_shown_side_by_side(sandbox: Database) -> None:
    found: dict[str, set[str]] = {}
    shown: dict[str, bool] = {}
    for number in range(6):
        try:
            actor = applicant_for(enterprise_of_kind("maker", number))
        except IndexError:
            break
        for field in start(actor, key=f"flaws-{number}").fields:
            found.setdefault(field.key, set()).update(field.problems)
            shown[field.key] = shown.get(field.key, False) or bool(field.alternatives)
            assert all(one.source_label for one in field.alternatives)
            if "conflict" in field.problems:
                assert field.alternatives
    assert "stale" in found["prod_licence_no"]
    assert shown["legal_rep"] or shown["domicile"]


def test_two_records_in_force_that_differ_are_a_conflict(maker: Actor) -> None:
    (enterprise_id,) = maker.enterprise_ids
    with transaction() as session:
        data = {"ent_name": "另一个名称有限公司", "licence_no": "沪妆20209999"}
        record = new_record(
            enterprise_id=enterprise_id,
            kind="licence",
            service_item_code="cosmetic_filing",
            as_of=clock.today(),
            data=data,
        )
        add_record(session, record)
    field = next(f for f in start(maker).fields if f.key == "ent_name")
    assert field.problems == ["conflict"]
    assert field.origin == "registry"
    assert [one.value for one in field.alternatives] == ["另一个名称有限公司"]
