"""All that is to be mended is told at once, mended one by one, handed in again under its number."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from core import clock
from core.database import reading, transaction
from core.errors import InvalidInput
from forms import service as forms
from forms.models import DeficiencyNotice, Filing
from forms.service import Move, WantedCorrection
from i18n.calendar import add_working_days
from tests.integration.forms.complete import (
    REASON,
    Opened,
    declare_and_submit,
    handed_in,
    move,
    officer,
    status_of,
    view_of,
)

WANTED = (
    WantedCorrection("biz_addr", "经营地址没有写到门牌号", "请写到门牌号"),
    WantedCorrection("info_system", "没有说明追溯功能", ""),
    WantedCorrection("", "材料没有逐页盖章", "请盖章后重新上传"),
)


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
