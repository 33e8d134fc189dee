"""The pages of the desk of knowledge without scripts: forms, refusals, what was typed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.database import reading
from knowledge_base.curation import release
from knowledge_base.curation.models import RegressionRun
from knowledge_base.service import ingest
from tests.integration.web.plain_browser import PlainBrowser
from tests.integration.web.test_pages import hold_to_the_rules

Browser = Callable[..., PlainBrowser]
DESK = "/staff/knowledge"
TYPED: dict[str, Any] = {
    "question_zh": "展会发小样要备案吗",
    "question_en": "Do fair samples need filing?",
    "answer_zh": "要。",
    "answer_en": "Yes.",
    "similar_zh": "小样备案\n派发小样",
    "similar_en": "samples at a fair",
    "basis": "化妆品监督管理条例#4",
}


def written(found: PlainBrowser, **more: str) -> str:
    """Write an entry and return its address."""
    found.open(f"{DESK}/new").send(f"{DESK}/new", **{**TYPED, **more})
    assert found.status == 200, found.text
    return found.path


def act(found: PlainBrowser, address: str, step: str, **values: str) -> PlainBrowser:
    return found.open(address).send(f"{address}/{step}", **values)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_pages_of_the_desk_keep_the_rules_in_both_languages(browser: Browser, locale: str) -> None:
    editor = browser("editor1")
    address = written(editor)
    for path in (DESK, f"{DESK}/new", f"{DESK}/regression", address, f"{address}/edit"):
        hold_to_the_rules(editor.open(f"{path}?lang={locale}"), locale)
    hold_to_the_rules(editor.open(f"{DESK}?state=flagged&lang={locale}"), locale)


@pytest.mark.parametrize("login", ["", "applicant1", "auditor1"])
def test_others_find_no_desk(browser: Browser, login: str) -> None:
    address = written(browser("editor1"))
    stranger = browser(login)
    for path in (DESK, address, f"{DESK}/new", f"{DESK}/regression"):
        stranger.open(path)
        assert stranger.status == 404 or "sign-in" in stranger.path
        assert TYPED["question_zh"] not in stranger.text


def test_an_entry_goes_through_two_pairs_of_hands(browser: Browser) -> None:
    editor, second = browser("editor1"), browser("admin1")
    address = written(editor)
    act(editor, address, "submit")
    assert not editor.has_form(f"{address}/approve")
    act(second, address, "send_back", reason="英文要完整")
    assert "英文要完整" in editor.open(address).text
    editor.open(f"{address}/edit").send(f"{address}/save", answer_en="Yes, before they are handed out.")
    act(editor, address, "submit")
    act(second, address, "approve")
    act(second, address, "release")
    assert second.texts("//*[contains(@class,'tag--approved')]")
    assert not second.has_form(f"{address}/release")
    with reading() as session:
        [run] = session.query(RegressionRun).all()
    assert not release.try_and_release(run.id)  # nothing was indexed here, so there is nothing to try it on
    second.open(address)
    assert second.has_form(f"{address}/release")
    assert second.texts("//*[@id='p-run']/following-sibling::p")


def test_a_check_shows_what_is_missing_and_keeps_what_was_typed(browser: Browser) -> None:
    editor = browser("editor1").open(f"{DESK}/new")
    editor.send(f"{DESK}/new", press=("check", "yes"), **{**TYPED, "basis": "没有号码"})
    assert editor.texts("//*[contains(@class,'notice--error')]")
    assert editor.page.xpath("//textarea[@name='answer_zh']")[0].text.strip() == "要。"
    assert editor.open(DESK).texts("//*[@class='empty']")


def test_who_saves_over_anothers_change_is_told_and_keeps_the_words(browser: Browser) -> None:
    first, other = browser("editor1"), browser("admin1")
    address = written(first)
    first.open(f"{address}/edit")
    other.open(f"{address}/edit").send(f"{address}/save", topic="other")
    first.send(f"{address}/save", topic="mine")
    assert first.status == 409
    assert first.page.xpath("//input[@name='topic']/@value") == ["mine"]
    assert first.texts("//*[@role='alert']")


def test_a_step_without_its_reason_or_day_is_refused_on_the_same_page(browser: Browser) -> None:
    editor, second = browser("editor1"), browser("admin1")
    address = written(editor)
    act(editor, address, "submit")
    act(second, address, "send_back", reason="   ")
    assert (second.status, bool(second.texts("//*[@role='alert']"))) == (422, True)
    act(second, address, "approve")
    act(second, address, "release", day="not a day")
    assert (second.status, bool(second.texts("//*[@role='alert']"))) == (422, True)


def test_an_officer_proposes_and_sees_only_own_steps(browser: Browser) -> None:
    officer, editor = browser("officer1"), browser("editor1")
    address = written(officer)
    assert officer.has_form(f"{address}/submit")
    theirs = written(editor, question_zh="另一个问题", similar_zh="别的问法")
    officer.open(theirs)
    assert officer.status == 200
    assert not officer.has_form(f"{theirs}/submit")
    assert officer.open(f"{theirs}/edit").status == 404


def test_a_question_of_the_set_is_added_and_removed(browser: Browser, tmp_path: Path) -> None:
    head = "# 某省展会管理办法\n\n（2024年3月1日公布 自2024年5月1日起施行）\n\n"
    (tmp_path / "某省展会管理办法.md").write_text(head + "第一条 展会派发的小样应当查验备案。\n", "utf-8")
    assert ingest([tmp_path]).count("added") == 1
    editor = browser("editor1")
    page = f"{DESK}/regression"
    editor.open(page).send(page, text="小样呢", language="zh", expected="nothing-7")
    assert editor.status == 422
    assert editor.page.xpath("//input[@name='text']/@value") == ["小样呢"]
    editor.send(page, text="小样呢", language="zh", expected="某省展会管理办法#1")
    assert "小样呢" in editor.text
    address = written(editor, basis="某省展会管理办法#1\n某省展会管理办法#9")
    assert editor.open(address).texts("//blockquote") == [
        "展会派发的小样应当查验备案。",
        "本系统尚未收录原文",
    ]
    assert "《某省展会管理办法》第1条" in editor.text
    editor.open(page)
    [remove] = editor.page.xpath("//form[contains(@action, '/regression/')]/@action")
    assert "小样呢" not in editor.send(remove).text


@pytest.mark.parametrize("lock", ["", "x", "-1", "9" * 30])
def test_a_spoilt_form_is_a_conflict_not_a_crash(browser: Browser, lock: str) -> None:
    editor = browser("editor1")
    address = written(editor)
    act(editor, address, "submit", lock=lock)
    assert editor.status == 409


def test_a_list_is_filtered_and_searched(browser: Browser) -> None:
    editor = browser("editor1")
    written(editor)
    written(editor, question_zh="口红留样由谁做", similar_zh="留样")
    assert len(editor.open(DESK).texts("//*[@class='cases']/li")) == 2
    assert len(editor.open(f"{DESK}?text=口红").texts("//*[@class='cases']/li")) == 1
    assert editor.open(f"{DESK}?state=released").texts("//*[@class='empty']")
    assert editor.open(f"{DESK}?state=nonsense").status == 200


def test_the_page_of_recall_is_for_editors_and_keeps_the_rules(browser: Browser) -> None:
    editor = browser("editor1")
    for locale in ("zh-CN", "en"):
        hold_to_the_rules(editor.open(f"{DESK}/recall?lang={locale}"), locale)
    assert "No recall has been run yet" in editor.text
    for login in ("", "applicant1", "officer1"):
        stranger = browser(login).open(f"{DESK}/recall")
        assert stranger.status == 404 or "sign-in" in stranger.path
