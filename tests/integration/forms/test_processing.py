"""The officer's side: who may, what is told at once, how long it takes, what an approval leaves behind."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from core import clock
from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.database.engine import Database
from core.errors import AssistantError, Conflict, InvalidInput, NotAvailable
from core.identity import Actor, Role
from forms import service as forms
from forms.filing import processing
from forms.models import DeficiencyNotice, Filing, FilingCounter, FilingEvent, HistoricalRecord
from forms.sandbox.seed import seed_sandbox
from forms.service import FilingView, Move, WantedCorrection
from i18n.calendar import add_working_days
from tests.integration.forms.complete import Opened, declare_and_submit, enterprise, open_complete

RETAIL, FILED = "drug_dist_retail", "device_dist_class2_filing"
PROVINCE = "闽"
OTHER_PROVINCE = "藏"
REASON = "经营地址与场所材料不一致"
WANTED = (
    WantedCorrection("biz_addr", "经营地址没有写到门牌号", "请写到门牌号"),
    WantedCorrection("info_system", "没有说明追溯功能", ""),
    WantedCorrection("", "材料没有逐页盖章", "请盖章后重新上传"),
)


def officer(province: str = PROVINCE, *fields: str, role: Role = Role.OFFICER) -> Actor:
    """Someone of the authority, of a province and of fields."""
    return Actor("acct_officer", role, province=province, competences=frozenset(fields))


def handed_in(item_code: str = RETAIL, operation: str = "renewal", key: str = "start-1") -> Opened:
    """A filing of the clean distributor's that was handed in."""
    opened = open_complete(enterprise("drug_distributor"), item_code, operation, key=key)
    declare_and_submit(opened.actor, opened.id)
    return opened


def move(filing_id: str, *states: str, actor: Actor | None = None) -> None:
    """Let a competent officer move a filing on, step by step."""
    for state in states:
        forms.move_filing(actor or officer(), filing_id, Move(state, REASON))


def view_of(opened: Opened, locale: str = "zh-CN") -> FilingView:
    """What the applicant sees."""
    return forms.get_filing(opened.actor, opened.id, locale)


def change_row(filing_id: str, **values: Any) -> None:
    """Lay a filing's days elsewhere, as if time had passed."""
    with transaction() as session:
        session.execute(update(Filing).where(Filing.id == filing_id).values(**values))


# Who may, and what


@pytest.mark.parametrize(
    "actor",
    [
        officer(OTHER_PROVINCE),
        officer(PROVINCE, "cosmetic"),
        officer(OTHER_PROVINCE, "drug"),
        officer("", "device", "cosmetic"),
        officer("", role=Role.EDITOR),
        officer("", role=Role.AUDITOR),
        officer("", role=Role.ADMINISTRATOR),
        Actor(),
    ],
    ids=lambda actor: f"{actor.role}-{actor.province}-{'+'.join(sorted(actor.competences))}",
)
def test_who_is_not_competent_finds_no_such_filing(regulator: Path, actor: Actor) -> None:
    opened = handed_in()
    for wish in (Move("accepted"), Move("returned_for_correction", REASON), Move("nonsense")):
        with pytest.raises(NotAvailable):
            forms.move_filing(actor, opened.id, wish)
    assert view_of(opened).state == "submitted"


def test_an_applicant_may_not_decide_on_the_own_filing(regulator: Path) -> None:
    opened = handed_in()
    with pytest.raises(NotAvailable):
        forms.move_filing(opened.actor, opened.id, Move("accepted"))
    with pytest.raises(NotAvailable):
        forms.filings_to_process(opened.actor, "waiting", "zh-CN")


@pytest.mark.parametrize(
    "actor",
    [
        officer(),
        officer(PROVINCE, "drug"),
        officer("", "drug", "device"),
        officer(""),
        officer(role=Role.SUPERVISOR),
    ],
    ids=lambda actor: f"{actor.role}-{actor.province}-{'+'.join(sorted(actor.competences))}",
)
def test_who_is_competent_sees_what_waits_and_accepts_it(regulator: Path, actor: Actor) -> None:
    opened = handed_in()
    (task,) = forms.filings_to_process(actor, "waiting", "zh-CN")
    assert (task.id, task.state, task.working_days_left) == (opened.id, "submitted", 5)
    assert task.filing_no == view_of(opened).filing_no
    move(opened.id, "accepted", actor=actor)
    assert [one.id for one in forms.filings_to_process(actor, "accepted", "en")] == [opened.id]
    assert forms.filings_to_process(actor, "submitted", "en") == []
    for open_or_unknown in ("draft", "withdrawn", "nonsense"):
        assert forms.filings_to_process(actor, open_or_unknown, "en") == []


def test_who_is_not_competent_has_nothing_waiting(regulator: Path) -> None:
    handed_in()
    for actor in (officer(OTHER_PROVINCE), officer(PROVINCE, "cosmetic")):
        assert forms.filings_to_process(actor, "waiting", "zh-CN") == []


def test_what_is_due_first_waits_first(regulator: Path) -> None:
    renewal, licence = handed_in(), handed_in("device_dist_class3_licence", "initial", "start-2")
    unlimited = handed_in(FILED, "initial", "start-3")
    change_row(licence.id, submitted_at=clock.now() - timedelta(days=20))
    found = forms.filings_to_process(officer(), "waiting", "zh-CN")
    assert [one.id for one in found] == [licence.id, renewal.id, unlimited.id]
    assert (found[0].working_days_left or 0) < 0
    assert found[-1].due_on is None


@pytest.mark.xfail(strict=True, reason="the limit is taken before the field is looked at")
def test_filings_of_other_fields_do_not_crowd_out_an_officers_own(
    regulator: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processing, "MOST_LISTED", 1)
    handed_in()
    device = handed_in("device_dist_class3_licence", "initial", "start-2")
    found = forms.filings_to_process(officer(PROVINCE, "device"), "waiting", "zh-CN")
    assert [one.id for one in found] == [device.id]


WAYS: dict[str, tuple[str, ...]] = {
    "submitted": (),
    "accepted": ("accepted",),
    "in_review": ("accepted", "in_review"),
    "returned_for_correction": ("returned_for_correction",),
    "approved": ("accepted", "in_review", "approved"),
    "refused": ("accepted", "in_review", "refused"),
}
ALLOWED = {
    "submitted": {"accepted", "returned_for_correction"},
    "accepted": {"in_review", "returned_for_correction"},
    "in_review": {"approved", "refused", "returned_for_correction"},
}


@pytest.mark.parametrize("state", WAYS)
def test_from_every_state_only_the_moves_of_the_procedure_lead_on(regulator: Path, state: str) -> None:
    opened = handed_in()
    move(opened.id, *WAYS[state])
    version = view_of(opened).version
    targets = {*WAYS, "draft", "checked", "withdrawn", "nonsense", ""}
    for target in sorted(targets - ALLOWED.get(state, set())):
        with pytest.raises(InvalidInput) as caught:
            forms.move_filing(officer(), opened.id, Move(target, REASON))
        assert caught.value.code == "forms.move_not_allowed"
    found = view_of(opened)
    assert (found.state, found.version) == (state, version)


@pytest.mark.parametrize("operation", ["draft", "checked"])
def test_a_filing_that_was_not_handed_in_is_not_an_officers_to_move(regulator: Path, operation: str) -> None:
    opened = open_complete(enterprise("drug_distributor"), RETAIL, "renewal")
    if operation == "checked":
        forms.check_filing(opened.actor, opened.id, "zh-CN")
    for target in ("accepted", "returned_for_correction"):
        with pytest.raises(InvalidInput):
            forms.move_filing(officer(), opened.id, Move(target, REASON))
    assert view_of(opened).state == operation


def test_an_officer_who_looked_at_an_older_version_decides_nothing(regulator: Path) -> None:
    opened = handed_in()
    seen = view_of(opened).version
    forms.move_filing(officer(), opened.id, Move("accepted", expected_version=seen))
    for wish in (Move("in_review", expected_version=seen), Move("in_review", expected_version=seen + 2)):
        with pytest.raises(Conflict):
            forms.move_filing(officer(), opened.id, wish)
    forms.move_filing(officer(), opened.id, Move("in_review", expected_version=seen + 1))
    assert view_of(opened).state == "in_review"


@pytest.mark.parametrize("reason", ["", "  \n\t", "\u3000"])
@pytest.mark.parametrize("target", ["returned_for_correction", "refused"])
def test_a_return_and_a_refusal_need_a_reason(regulator: Path, target: str, reason: str) -> None:
    opened = handed_in()
    move(opened.id, "accepted", "in_review")
    with pytest.raises(InvalidInput) as caught:
        forms.move_filing(officer(), opened.id, Move(target, reason))
    assert caught.value.code == "forms.reason_needed"
    assert view_of(opened).state == "in_review"


def test_every_move_leaves_an_event_and_an_audit_entry_in_the_officers_name(regulator: Path) -> None:
    opened = handed_in()
    move(opened.id, "accepted", "in_review", "refused")
    with reading() as session:
        events = session.scalars(
            select(FilingEvent).where(FilingEvent.actor_id == "acct_officer").order_by(FilingEvent.version)
        ).all()
        audited = session.scalars(select(AuditEvent).where(AuditEvent.actor_id == "acct_officer")).all()
    assert [(one.from_state, one.to_state) for one in events] == [
        ("submitted", "accepted"),
        ("accepted", "in_review"),
        ("in_review", "refused"),
    ]
    assert {one.reason for one in events} == {REASON}
    assert {(one.action, one.data["version"]) for one in audited} == {
        (f"filing.{one.action}", one.version) for one in events
    }
    assert all(REASON not in str(one.data) for one in audited)


# What is told at once


def returned(opened: Opened, *wanted: WantedCorrection, working_days: int = 10) -> None:
    wish = Move("returned_for_correction", "", wanted or WANTED, working_days)
    forms.move_filing(officer(), opened.id, wish)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_a_notice_is_a_checklist_with_the_officers_words_the_clause_and_the_day(
    regulator: Path, locale: str
) -> None:
    opened = handed_in()
    returned(opened)
    for notice in (view_of(opened, locale).notice, status_of(opened, locale).notice):
        assert notice is not None
        assert (notice.due_on, notice.working_days_left) == (add_working_days(clock.today(), 10), 10)
        told = [(one.key, one.message, one.fix, one.is_mended) for one in notice.entries]
        assert told == [(one.key, one.message, one.fix, False) for one in WANTED]
        assert all(one.label for one in notice.entries)
        assert [bool(one.clause) for one in notice.entries] == [True, True, False]


def status_of(opened: Opened, locale: str = "zh-CN") -> forms.FilingStatus:
    return forms.filing_status(opened.actor, view_of(opened).filing_no, locale)


def test_a_return_with_a_reason_alone_asks_for_what_it_says(regulator: Path) -> None:
    opened = handed_in()
    move(opened.id, "returned_for_correction")
    notice = view_of(opened).notice
    assert notice is not None
    assert [(one.key, one.message) for one in notice.entries] == [("", REASON)]
    assert notice.working_days_left == 20
    assert forms.next_question(opened.actor, opened.id, "zh-CN") is None


@pytest.mark.parametrize(
    ("wanted", "working_days", "code"),
    [
        ([WantedCorrection("biz_addr", "  ", "x")], 10, "forms.reason_needed"),
        ([WantedCorrection("no_such_field", "有误", "")], 10, "forms.notice_unknown_field"),
        ([WantedCorrection("biz_addr", "有误", "")], 0, "forms.notice_days"),
        ([WantedCorrection("biz_addr", "有误", "")], -3, "forms.notice_days"),
        ([WantedCorrection("biz_addr", "有误", "")], 251, "forms.notice_days"),
    ],
)
def test_a_notice_that_tells_nothing_of_use_is_not_given(
    regulator: Path, wanted: list[WantedCorrection], working_days: int, code: str
) -> None:
    opened = handed_in()
    with pytest.raises(InvalidInput) as caught:
        returned(opened, *wanted, working_days=working_days)
    assert caught.value.code == code
    with reading() as session:
        assert session.scalar(select(func.count(DeficiencyNotice.id))) == 0
    assert view_of(opened).state == "submitted"


def test_what_the_officer_wants_mended_is_asked_first_one_by_one_and_then_handed_in_again(
    regulator: Path,
) -> None:
    opened = handed_in(operation="initial")
    move(opened.id, "accepted")
    number = view_of(opened).filing_no
    returned(opened)
    order = [one.key for one in view_of(opened).fields if one.key in ("biz_addr", "info_system")]
    words = {one.key: one.message for one in WANTED}
    for left, key in zip((2, 1), order, strict=True):
        question = forms.next_question(opened.actor, opened.id, "zh-CN")
        assert question is not None
        assert (question.key, question.correction) == (key, words[key])
        assert mended(opened).count(False) == left + 1
        answer(opened, key, f"福州市示例路{left}号一层，追溯到批号")
    assert sorted(mended(opened)) == [False, True, True]
    assert forms.next_question(opened.actor, opened.id, "zh-CN") is None

    again = declare_and_submit(opened.actor, opened.id, "submit-2")
    assert (again.filing_no, again.is_repeat) == (number, False)
    found = view_of(opened)
    assert (found.state, found.notice) == ("submitted", None)
    with reading() as session:
        (notice,) = session.scalars(select(DeficiencyNotice)).all()
        assert notice.answered_at is not None
        assert session.scalar(select(func.count(Filing.id))) == 1


def mended(opened: Opened) -> list[bool]:
    notice = view_of(opened).notice
    return [one.is_mended for one in notice.entries] if notice else []


def answer(opened: Opened, key: str, raw: object) -> None:
    result = forms.answer_field(opened.actor, opened.id, key, raw, source="web", locale="zh-CN")
    assert isinstance(result, forms.Accepted), result


def test_the_same_answer_given_again_stands_by_it_and_counts_as_mended(regulator: Path) -> None:
    opened = handed_in()
    returned(opened, WANTED[0])
    answer(opened, "biz_addr", opened.values["biz_addr"])
    assert mended(opened) == [True]


@pytest.mark.xfail(strict=True, reason="is_mended wants a confirmed value")
def test_an_optional_value_taken_out_as_the_officer_asked_counts_as_mended(regulator: Path) -> None:
    opened = handed_in()
    returned(opened, WantedCorrection("warehouse_addr", "本企业没有仓库，请删除", ""))
    forms.skip_field(opened.actor, opened.id, "warehouse_addr")
    assert mended(opened) == [True]
    assert forms.next_question(opened.actor, opened.id, "zh-CN") is None


def test_a_second_return_is_a_notice_of_its_own(regulator: Path) -> None:
    opened = handed_in(operation="initial")
    returned(opened, WANTED[0])
    answer(opened, "biz_addr", "福州市示例路1号一层")
    declare_and_submit(opened.actor, opened.id, "submit-2")
    returned(opened, WANTED[1])
    notice = view_of(opened).notice
    assert notice is not None
    assert [(one.key, one.is_mended) for one in notice.entries] == [("info_system", False)]


def test_a_day_that_has_passed_is_told_as_so_many_working_days_late(regulator: Path) -> None:
    opened = handed_in()
    returned(opened)
    with transaction() as session:
        session.execute(update(DeficiencyNotice).values(due_on=clock.today() - timedelta(days=15)))
    notice = view_of(opened).notice
    assert notice is not None
    assert notice.working_days_left < 0
    assert declare_and_submit(opened.actor, opened.id, "submit-2").filing_no


# How long it takes


@pytest.mark.parametrize(
    ("states", "step", "working_days"),
    [
        ((), "acceptance", 5),
        (("accepted",), "decision", 20),
        (("accepted", "in_review"), "decision", 20),
        (("accepted", "in_review", "approved"), "delivery", 5),
    ],
)
def test_a_time_limit_runs_in_working_days_from_the_step_before(
    regulator: Path, states: tuple[str, ...], step: str, working_days: int
) -> None:
    opened = handed_in()
    move(opened.id, *states)
    found = view_of(opened).deadline
    assert found is not None
    assert found.due_on == add_working_days(clock.today(), working_days)
    assert (found.step, found.working_days_left) == (step, working_days)
    assert "药品经营和使用质量监督管理办法" in found.clause
    assert status_of(opened).deadline == found


@pytest.mark.parametrize("states", [("returned_for_correction",), ("accepted", "in_review", "refused")])
def test_no_time_limit_runs_where_the_authority_owes_nothing(regulator: Path, states: tuple[str, ...]) -> None:
    opened = handed_in()
    move(opened.id, *states)
    assert view_of(opened).deadline is None


def test_the_days_that_have_passed_are_taken_off_and_may_fall_below_none(regulator: Path) -> None:
    opened = handed_in()
    long_ago = clock.now() - timedelta(days=30)
    change_row(opened.id, submitted_at=long_ago)
    found = view_of(opened).deadline
    assert found is not None
    assert found.due_on == add_working_days(long_ago.astimezone(clock.CHINA).date(), 5)
    assert found.working_days_left < 0
    move(opened.id, "accepted")
    accepted = view_of(opened).deadline
    assert accepted is not None
    assert accepted.working_days_left == 20


# What a decision leaves behind


def test_a_refusal_ends_the_matter_with_its_reason_and_no_certificate(regulator: Path) -> None:
    opened = handed_in("device_dist_class3_licence", "initial")
    move(opened.id, "accepted", "in_review", "refused")
    found = view_of(opened)
    assert (found.state, found.is_editable, found.certificate) == ("refused", False, None)
    assert status_of(opened).history[-1].reason == REASON
    with pytest.raises(Conflict):
        forms.answer_field(opened.actor, opened.id, "biz_addr", "x", source="web", locale="zh-CN")
    with pytest.raises(InvalidInput):
        forms.cancel_filing(opened.actor, opened.id)
    with reading() as session:
        assert session.get(HistoricalRecord, f"lic_{opened.id}") is None
        assert session.get_one(Filing, opened.id).decided_at is not None


def test_an_approval_issues_the_certificate_in_the_earlier_ones_place(regulator: Path) -> None:
    opened = handed_in()
    made = enterprise("drug_distributor")
    held = made.dossiers[RETAIL]
    assert view_of(opened).certificate is None
    move(opened.id, "accepted", "in_review", "approved")
    issued = view_of(opened).certificate
    assert issued is not None
    assert (issued.number, issued.state, issued.issued_on) == (held.number, "valid", clock.today())
    assert issued.expires_on == held.expires_on.replace(year=held.expires_on.year + 5)
    listed = [one for one in forms.list_certificates(opened.actor, "zh-CN") if one.item_code == RETAIL]
    assert [(one.id, one.state) for one in listed][0] == (issued.id, "valid")
    assert [one.state for one in listed] == ["valid", "superseded"]


def at_once(count: int, act: Callable[[int], None]) -> list[AssistantError | None]:
    """Do something in so many threads at the same moment; return what each met with."""
    met: list[AssistantError | None] = []
    gate = threading.Barrier(count)

    def run(number: int) -> None:
        gate.wait()
        try:
            act(number)
        except AssistantError as error:
            met.append(error)
        else:
            met.append(None)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return met


@pytest.mark.parametrize("knows_version", [True, False])
def test_twenty_approvals_at_once_issue_one_certificate(each_database: Database, knows_version: bool) -> None:
    seed_sandbox(20)
    opened = handed_in("device_dist_class3_licence", "initial")
    move(opened.id, "accepted", "in_review")
    version = view_of(opened).version
    wish = Move("approved", expected_version=version if knows_version else None)
    met = at_once(20, lambda number: forms.move_filing(officer(), opened.id, wish))
    assert len(met) == 20
    assert met.count(None) == 1
    assert {type(one) for one in met if one} == {Conflict if knows_version else InvalidInput}
    with reading() as session:
        issued = session.scalars(select(HistoricalRecord.id).where(HistoricalRecord.id.startswith("lic_fil")))
        assert issued.all() == [f"lic_{opened.id}"]
        scope = FilingCounter.scope.startswith("device_dist_class3_licence")
        assert session.scalars(select(FilingCounter.last).where(scope)).all() == [1]
        approvals = select(func.count()).where(FilingEvent.to_state == "approved")
        assert session.scalar(approvals) == 1


# Withdrawal


@pytest.mark.parametrize(
    ("states", "is_allowed"),
    [
        ((), True),
        (("accepted",), True),
        (("returned_for_correction",), True),
        (("accepted", "in_review"), False),
        (("accepted", "in_review", "approved"), False),
    ],
)
def test_an_applicant_may_withdraw_until_the_review_begins(
    regulator: Path, states: tuple[str, ...], is_allowed: bool
) -> None:
    opened = handed_in()
    move(opened.id, *states)
    before = view_of(opened).state
    if not is_allowed:
        with pytest.raises(InvalidInput):
            forms.cancel_filing(opened.actor, opened.id, "不办了")
        assert view_of(opened).state == before
        return
    forms.cancel_filing(opened.actor, opened.id, "不办了")
    found = view_of(opened)
    assert (found.state, found.is_editable, found.deadline) == ("withdrawn", False, None)
    assert status_of(opened).history[-1].reason == "不办了"
    assert forms.filings_to_process(officer(), "waiting", "zh-CN") == []
    with pytest.raises(InvalidInput):
        forms.move_filing(officer(), opened.id, Move("accepted"))
    with pytest.raises(Conflict):
        declare_and_submit(opened.actor, opened.id, "submit-2")


@pytest.mark.xfail(strict=True, reason="nothing takes the certificate back")
def test_a_withdrawn_filing_leaves_no_certificate_in_force(regulator: Path) -> None:
    opened = handed_in(FILED, "initial")
    number = view_of(opened).filing_no
    forms.cancel_filing(opened.actor, opened.id)
    states = {one.number: one.state for one in forms.list_certificates(opened.actor, "zh-CN")}
    assert states.get(number) != "valid"
