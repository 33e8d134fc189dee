"""再来一单, several filings of one matter, and what an enterprise holds."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from core import clock
from core.database import reading, transaction
from core.errors import InvalidInput, NotAvailable
from core.identity import Actor
from forms import service as forms
from forms.models import FilingValue
from forms.records.service import LICENCE, add_records, new_record
from forms.sandbox.filled import routing_answers
from forms.service import FilingView, Move
from tests.integration.forms.complete import (
    FILED,
    RETAIL,
    Opened,
    declare_and_submit,
    enterprise,
    handed_in,
    member,
    move,
    officer,
    open_complete,
    view_of,
)
from tests.integration.forms.conftest import PDF

DISTRIBUTOR = "drug_distributor"
ONLINE = "drug_online_report"
BUNDLE = "bdl_test"


def copied(opened: Opened, key: str = "copy-1") -> FilingView:
    return forms.copy_filing(opened.actor, opened.id, idempotency_key=key, channel="web", locale="zh-CN")


def stored(filing_id: str) -> dict[str, object]:
    with reading() as session:
        rows = session.scalars(select(FilingValue).where(FilingValue.filing_id == filing_id))
        return {row.key: row.value for row in rows}


def type_in(actor: Actor, filing_id: str, key: str, raw: object) -> None:
    result = forms.answer_field(actor, filing_id, key, raw, source="web", locale="zh-CN")
    assert isinstance(result, forms.Accepted), result


# 再来一单


def test_a_copy_begins_with_the_routing_and_the_values_of_the_filing(regulator: Path) -> None:
    opened = handed_in(FILED, "change")
    found = copied(opened)
    assert (found.operation, found.state, found.filing_no) == ("change", "draft", "")
    values, kept = stored(found.id), stored(opened.id)
    for key in ("number", "scope", "warehouse", "biz_addr", "mode"):
        assert values[key] == kept[key], key
    assert all(one.status == "proposed" for one in found.fields if one.key in ("scope", "warehouse"))
    assert not {one.key for one in found.changes} & {"scope", "warehouse", "biz_addr", "mode"}


def test_what_a_person_must_give_anew_stays_empty_in_a_copy(regulator: Path) -> None:
    opened = handed_in(FILED, "initial")
    values = stored(copied(opened).id)
    assert not {"truth_commit", "contact_id", "contact_mobile"} & values.keys()


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_a_copy_shows_every_value_that_was_changed_with_the_clause(regulator: Path, locale: str) -> None:
    opened = handed_in(FILED, "change")
    draft = copied(opened)
    before = {one.key for one in draft.changes}
    type_in(opened.actor, draft.id, "scope", "07，6821，6840，6866")
    type_in(opened.actor, draft.id, "biz_addr", opened.values["biz_addr"])
    changes = forms.get_filing(opened.actor, draft.id, locale).changes
    (change,) = [one for one in changes if one.key not in before]
    assert change.key == "scope"
    assert "6866" in change.after
    assert "6866" not in change.before
    assert all((change.label, change.clause))
    type_in(opened.actor, draft.id, "scope", opened.values["scope"])
    assert {one.key for one in forms.get_filing(opened.actor, draft.id, locale).changes} == before


def test_a_changed_person_is_shown_without_the_identity_number(regulator: Path) -> None:
    opened = handed_in(FILED, "change")
    draft = copied(opened)
    number = "11010519491231002X"
    type_in(opened.actor, draft.id, "quality_head", f"新质量；{number}；生物医学工程本科")
    changes = forms.get_filing(opened.actor, draft.id, "zh-CN").changes
    change = next(one for one in changes if one.key == "quality_head")
    assert "新质量" in change.after
    assert number not in change.before + change.after


@pytest.mark.parametrize("state", ["draft", "returned", "withdrawn"])
def test_what_was_not_handed_in_cannot_be_copied(regulator: Path, state: str) -> None:
    opened = open_complete(enterprise(DISTRIBUTOR), RETAIL, "renewal")
    if state != "draft":
        declare_and_submit(opened.actor, opened.id)
    if state == "returned":
        move(opened.id, "returned_for_correction")
    if state == "withdrawn":
        forms.cancel_filing(opened.actor, opened.id)
    with pytest.raises(InvalidInput) as caught:
        copied(opened)
    assert caught.value.code == "forms.nothing_to_copy"


def test_another_enterprises_filing_cannot_be_copied(regulator: Path) -> None:
    opened = handed_in(FILED, "initial")
    stranger = member(enterprise("drug_maker"), "acct_stranger")
    for filing_id in (opened.id, "fil_none"):
        with pytest.raises(NotAvailable):
            forms.copy_filing(stranger, filing_id, idempotency_key="c", channel="web", locale="zh-CN")


def test_copying_twice_gives_the_same_draft(regulator: Path) -> None:
    opened = handed_in(FILED, "initial")
    first, second = copied(opened), copied(opened)
    assert (second.id, second.is_resumed) == (first.id, True)
    assert copied(opened, "copy-2").id == first.id


def test_a_copy_keeps_the_filings_own_value_where_another_record_merely_suggests_one(regulator: Path) -> None:
    opened = handed_in(FILED, "initial")
    assert stored(copied(opened).id)["warehouse"] == opened.values["warehouse"]


def test_an_approved_change_still_shows_what_it_changed(regulator: Path) -> None:
    opened = open_complete(enterprise(DISTRIBUTOR), RETAIL, "change")
    type_in(opened.actor, opened.id, "biz_addr", "厦门市思明区新路9号一层")
    declare_and_submit(opened.actor, opened.id)
    shown = view_of(opened).changes
    assert [one.key for one in shown] == ["biz_addr"]
    move(opened.id, "accepted", "in_review", "approved")
    assert view_of(opened).changes == shown


def test_a_first_filing_after_a_change_asks_nothing_of_the_change(regulator: Path) -> None:
    handed_in(FILED, "change")
    made = enterprise(DISTRIBUTOR)
    filing = begin(member(made), made.id, FILED, "initial", "start-2")
    asked = {one.key for one in filing.fields}
    assert not asked & {"scope_before", "warehouse_before", "new_site_docs", "new_business_docs"}


def field(filing: FilingView, key: str) -> forms.FieldView:
    return next(one for one in filing.fields if one.key == key)


# 高效办成一件事


def begin(
    actor: Actor, enterprise_id: str, item_code: str, operation: str, key: str, bundle_id: str | None = None
) -> FilingView:
    """Open a draft that nobody has filled in yet."""
    answers = routing_answers(item_code, operation)
    if item_code == ONLINE:
        answers = {**answers, "seller_type": "单体零售"}
    return forms.start_filing(
        actor,
        enterprise_id=enterprise_id,
        item_code=item_code,
        answers=answers,
        idempotency_key=key,
        origin=forms.Origin("web", bundle_id=bundle_id),
    )


@pytest.mark.parametrize("item_code", [FILED, ONLINE])
def test_what_the_filings_of_a_matter_share_is_told_once(regulator: Path, item_code: str) -> None:
    made = enterprise(DISTRIBUTOR)
    first = open_complete(made, RETAIL, "initial", bundle_id=BUNDLE)
    address = "厦门市思明区只说一次路9号"
    type_in(first.actor, first.id, "biz_addr", address)
    second = begin(first.actor, made.id, item_code, "initial", "start-2", BUNDLE)
    shared = set(forms.get_bundle("open_pharmacy").shared)
    told = {
        one.key: one for one in second.fields if one.receipt and one.receipt.transformation == "told_once"
    }
    assert {"ent_name", "legal_rep", "contact_name", "contact_mobile", "delivery"} <= told.keys() <= shared
    assert {one.receipt.record_id for one in told.values() if one.receipt} == {first.id}
    assert {one.status for one in told.values()} == {"proposed"}
    assert all(one.alternatives for one in told.values() if one.problems == ["conflict"])
    assert all(one.problems in ([], ["conflict"]) for one in told.values())
    values = stored(second.id)
    assert values["contact_mobile"] == first.values["contact_mobile"]
    if item_code == FILED:
        assert values["biz_addr"] == address


def test_a_list_told_once_is_read_into_the_columns_of_the_other_form(regulator: Path) -> None:
    made = enterprise(DISTRIBUTOR)
    first = open_complete(made, RETAIL, "initial", bundle_id=BUNDLE)
    second = begin(first.actor, made.id, ONLINE, "initial", "start-2", BUNDLE)
    assert field(second, "pharmacists").value == [
        {"name": one["name"], "title": one["title"], "certificate_no": one["cert_no"]}
        for one in first.values["pharmacists"]
    ]


def test_an_attachment_that_is_told_once_can_be_read_in_the_other_filing(regulator: Path) -> None:
    made = enterprise(DISTRIBUTOR)
    first = open_complete(made, RETAIL, "initial", bundle_id=BUNDLE)
    forms.attach_file(first.actor, first.id, "contact_auth", "a.pdf", BytesIO(PDF))
    second = begin(first.actor, made.id, FILED, "initial", "start-2", BUNDLE)
    told = field(second, "contact_auth").value
    assert told["name"] == "a.pdf"
    assert forms.read_attachment(first.actor, second.id, told["file_id"])[2] == PDF


def test_telling_goes_on_while_both_are_open_until_a_person_answers_there(regulator: Path) -> None:
    made = enterprise(DISTRIBUTOR)
    first = open_complete(made, RETAIL, "initial", bundle_id=BUNDLE)
    second = begin(first.actor, made.id, FILED, "initial", "start-2", BUNDLE)
    type_in(first.actor, second.id, "biz_addr", "厦门市思明区第二路2号")
    type_in(first.actor, first.id, "biz_addr", "厦门市思明区第一路1号")
    type_in(first.actor, second.id, "contact_mobile", "13900139000")
    values = stored(second.id)
    assert (values["biz_addr"], values["contact_mobile"]) == ("厦门市思明区第二路2号", "13900139000")
    assert stored(first.id)["contact_mobile"] == first.values["contact_mobile"]


@pytest.mark.parametrize(
    "why", ["another bundle", "no bundle", "another account", "withdrawn", "unconfirmed"]
)
def test_nothing_is_told_across_what_does_not_belong_together(regulator: Path, why: str) -> None:
    made = enterprise(DISTRIBUTOR)
    actor = member(made)
    if why == "unconfirmed":
        begin(actor, made.id, RETAIL, "initial", "start-1", BUNDLE)
    else:
        first = open_complete(made, RETAIL, "initial", bundle_id=BUNDLE)
        if why == "withdrawn":
            forms.cancel_filing(actor, first.id)
    bundle_id = {"another bundle": "bdl_other", "no bundle": None}.get(why, BUNDLE)
    who = member(made, "acct_other") if why == "another account" else actor
    second = begin(who, made.id, FILED, "initial", "start-2", bundle_id)
    assert {one.receipt.transformation for one in second.fields if one.receipt} - {"told_once"}
    assert "told_once" not in {one.receipt.transformation for one in second.fields if one.receipt}
    assert field(second, "contact_mobile").status == "empty"


def test_the_filings_of_a_matter_are_listed_without_those_withdrawn(regulator: Path) -> None:
    made = enterprise(DISTRIBUTOR)
    actor = member(made)
    ids = [begin(actor, made.id, code, "initial", code, BUNDLE).id for code in (RETAIL, FILED, ONLINE)]
    begin(actor, made.id, "device_dist_class3_licence", "initial", "apart")
    forms.cancel_filing(actor, ids[1])
    found = forms.filings_of_bundle(actor, BUNDLE, "zh-CN")
    assert {one.id for one in found} == {ids[0], ids[2]}
    stranger = member(enterprise("drug_maker"), "acct_stranger")
    assert forms.filings_of_bundle(stranger, BUNDLE, "zh-CN") == []
    assert forms.filings_of_bundle(Actor(), BUNDLE, "zh-CN") == []


# What an enterprise holds


def keep_licences(enterprise_id: str, count: int, item_code: str = RETAIL, **columns: object) -> None:
    """Put so many licences on record."""
    with transaction() as session:
        made = [
            new_record(
                id=f"lic_{item_code}_{columns.get('status', 'valid')}_{number}",
                enterprise_id=enterprise_id,
                kind=LICENCE,
                service_item_code=item_code,
                number=f"闽{number:04d}",
                as_of=clock.today(),
                data={"biz_addr": "测试路1号"},
                **columns,
            )
            for number in range(count)
        ]
        add_records(session, made)


def test_certificates_in_force_come_first_the_soonest_to_end_before_the_rest(regulator: Path) -> None:
    made = enterprise(DISTRIBUTOR)
    keep_licences(made.id, 1, status="revoked")
    keep_licences(made.id, 1, FILED, expires_on=clock.today() - timedelta(days=1))
    found = forms.list_certificates(member(made), "zh-CN")
    states = [one.state for one in found]
    assert states == sorted(states, key=lambda state: state != "valid")
    ends = [one.expires_on for one in found if one.state == "valid" and one.expires_on]
    assert ends == sorted(ends)
    assert len(ends) >= 3
    assert sorted(states[states.count("valid") :]) == ["expired", "revoked"]
    assert all(one.ways == [] for one in found if one.state != "valid")
    assert all(one.ways for one in found if one.state == "valid")
    assert "initial" not in {operation for one in found for _, operation in one.ways}


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_a_certificate_tells_its_name_title_term_and_when_to_renew(regulator: Path, locale: str) -> None:
    made = enterprise(DISTRIBUTOR)
    held = made.dossiers[RETAIL]
    listed = forms.list_certificates(member(made), locale)
    found = next(one for one in listed if one.item_code == RETAIL)
    assert (found.number, found.expires_on, found.title) == (
        held.number,
        held.expires_on,
        held.data["biz_addr"],
    )
    assert found.name == {"zh-CN": "药品经营许可证", "en": "Drug distribution licence"}[locale]
    assert found.renew_from is not None
    assert found.renew_until is not None
    assert found.renew_from <= clock.today() <= found.renew_until <= held.expires_on
    assert {(RETAIL, "change"), (RETAIL, "renewal"), (RETAIL, "cancellation")} <= set(found.ways)
    assert found.is_synthetic
    assert forms.get_certificate(member(made), found.id, locale) == found


def test_another_enterprises_certificates_are_not_shown(regulator: Path) -> None:
    made, stranger = enterprise(DISTRIBUTOR), member(enterprise("drug_maker"), "acct_stranger")
    own = {one.id for one in forms.list_certificates(member(made), "zh-CN")}
    theirs = {one.id for one in forms.list_certificates(stranger, "zh-CN")}
    assert own
    assert theirs
    assert not own & theirs
    for record_id in (*sorted(own), "lic_none"):
        with pytest.raises(NotAvailable):
            forms.get_certificate(stranger, record_id, "zh-CN")
    assert forms.list_certificates(Actor(), "zh-CN") == []
    assert forms.list_certificates(officer(), "zh-CN") == []


def test_certificates_in_force_are_listed_however_many_old_ones_there_are(regulator: Path) -> None:
    made = enterprise(DISTRIBUTOR)
    own = {one.id for one in forms.list_certificates(member(made), "zh-CN") if one.state == "valid"}
    keep_licences(made.id, 250, "cosmetic_filing", status="superseded")
    found = {one.id for one in forms.list_certificates(member(made), "zh-CN") if one.state == "valid"}
    assert found == own


def test_a_cancellation_revokes_the_certificate(regulator: Path) -> None:
    opened = handed_in(RETAIL, "cancellation")
    move(opened.id, "accepted", "in_review", "approved")
    listed = [one for one in forms.list_certificates(opened.actor, "zh-CN") if one.item_code == RETAIL]
    assert sorted(one.state for one in listed) == ["revoked", "superseded"]
    assert all(one.ways == [] for one in listed)


def test_a_move_of_an_unknown_filing_is_refused_like_another_provinces(regulator: Path) -> None:
    with pytest.raises(NotAvailable):
        forms.move_filing(officer(), "fil_none", Move("accepted"))
