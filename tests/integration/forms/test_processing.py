"""The officer's side: who may, what is told at once, how long it takes, what an approval leaves behind."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from core import clock
from core.audit.models import AuditEvent
from core.database import reading, transaction
from core.database.engine import Database
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor, Role
from forms import service as forms
from forms.filing import processing
from forms.models import Filing, FilingCounter, FilingEvent, HistoricalRecord
from forms.sandbox.seed import seed_sandbox
from forms.service import Move
from i18n.calendar import add_working_days
from tests.integration.forms.complete import (
    FILED,
    PROVINCE,
    REASON,
    RETAIL,
    at_once,
    declare_and_submit,
    enterprise,
    handed_in,
    move,
    officer,
    open_complete,
    status_of,
    view_of,
)

OTHER_PROVINCE = "藏"


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
        with pytest.raises(NotAvailable):
            forms.move_filing(officer(), opened.id, Move(target, REASON))
    with pytest.raises(NotAvailable):
        forms.get_filing(officer(), opened.id, "zh-CN")
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
def test_no_time_limit_runs_where_the_authority_owes_nothing(
    regulator: Path, states: tuple[str, ...]
) -> None:
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
    assert [one.state for one in listed] == ["valid", "superseded"]
    assert listed[0].id == issued.id


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


@pytest.mark.parametrize("end", ["withdrawn", "refused"])
def test_a_filing_that_came_to_nothing_leaves_no_certificate_in_force(regulator: Path, end: str) -> None:
    opened = handed_in(FILED, "initial")
    number = view_of(opened).filing_no
    if end == "withdrawn":
        forms.cancel_filing(opened.actor, opened.id)
    else:
        move(opened.id, "accepted", "in_review", "refused")
    states = {one.number: one.state for one in forms.list_certificates(opened.actor, "zh-CN")}
    assert states.get(number) != "valid"
