"""The desk of pushes and the inbox without scripts: two pairs of hands, what people see, what is refused."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.notices import sending
from core.database import transaction
from core.identity import Actor, Role
from knowledge_base.push import requirements, tagging
from knowledge_base.push import service as pushes
from knowledge_base.push.models import PolicyPush
from knowledge_base.service import ingest
from tests.integration.web.plain_browser import PlainBrowser
from tests.integration.web.test_pages import hold_to_the_rules

Browser = Callable[..., PlainBrowser]
DESK = "/staff/pushes"
TYPED = {
    "title_zh": "化妆品<script>alert(1)</script>新规",
    "title_en": "New rules for cosmetics",
    "text_zh": "请自查。",
    "text_en": "Please check.",
    "topic": "topic/licensing",
    "condition": "true",
    "link": "/service-items",
}


def written(found: PlainBrowser, **more: str) -> str:
    found.open(f"{DESK}/new").send(f"{DESK}/new", **{**TYPED, **more})
    assert found.status == 200, found.text
    return found.path


def sent(browser: Browser, **more: str) -> str:
    """A push that everybody got; its page's address."""
    editor, second = browser("editor1"), browser("admin1")
    address = written(editor, **more)
    editor.send(f"{address}/trial").send(f"{address}/submit")
    second.open(address).send(f"{address}/approve")
    editor.open(address).send(f"{address}/schedule")
    assert "待推送" in editor.text
    assert sending.send_push(address.rpartition("/")[2]) > 0
    return address


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_pages_keep_the_rules_in_both_languages(browser: Browser, locale: str) -> None:
    address = sent(browser)
    editor, applicant = browser("editor1"), browser("applicant1")
    for path in (DESK, f"{DESK}/new", address):
        hold_to_the_rules(editor.open(f"{path}?lang={locale}"), locale)
    applicant.open(f"/notices?lang={locale}")
    notice = applicant.page.xpath("//h2[@class='mail__title']/a/@href")[0]
    for path in ("/notices", notice, "/notices/preferences"):
        hold_to_the_rules(applicant.open(f"{path}?lang={locale}"), locale)
        assert applicant.status == 200


@pytest.mark.parametrize("login", ["", "applicant1", "officer1", "auditor1"])
def test_others_find_no_desk(browser: Browser, login: str) -> None:
    address = written(browser("editor1"))
    stranger = browser(login)
    for path in (DESK, address, f"{DESK}/new", f"{address}/edit"):
        stranger.open(path)
        assert stranger.status == 404 or "sign-in" in stranger.path


def test_a_push_goes_through_two_pairs_of_hands_and_its_effect_is_seen(browser: Browser) -> None:
    sent(browser)
    applicant = browser("applicant1").open("/notices")
    assert applicant.page.xpath("//span[@class='nav__count']")
    notice = applicant.page.xpath("//h2[@class='mail__title']/a/@href")[0]
    applicant.open(notice)
    assert "化妆品<script>alert(1)</script>新规" in applicant.text
    assert "面向全部企业发布" in applicant.text
    applicant.send(f"{notice}/action")
    assert applicant.path == "/service-items"
    editor = browser("editor1").open(DESK)
    row = editor.texts("//tbody/tr")[0]
    assert row.count("(5%)") == 2


def test_a_broken_condition_is_shown_with_its_place_and_what_was_typed_stays(browser: Browser) -> None:
    editor = browser("editor1")
    address = written(editor, condition='province = "沪"')
    assert "第 1 行第 10 个字符处" in editor.text
    editor.send(f"{address}/submit")
    assert editor.status == 422
    editor.open(f"{address}/edit").send(f"{address}/save", condition='province == "沪"', title_zh="新标题")
    assert "新标题" in editor.text
    assert "第 1 行" not in editor.text
    editor.send(f"{address}/trial")
    assert "试算" in editor.text
    assert "位于上海市" in editor.text


def test_who_wrote_it_cannot_approve_it(browser: Browser) -> None:
    editor = browser("editor1")
    address = written(editor)
    editor.send(f"{address}/trial").send(f"{address}/submit")
    assert not editor.has_form(f"{address}/approve")
    push_id = address.rpartition("/")[2]
    view = pushes.get_push(Actor("x", Role.EDITOR), push_id)
    answer = editor.client.post(
        f"{address}/approve",
        data={"csrf_token": editor.page.xpath("//input[@name='csrf_token']/@value")[0], "lock": view.lock},
    )
    assert answer.status_code == 409


def test_a_notice_of_another_s_enterprise_is_absent(browser: Browser) -> None:
    sent(browser)
    mine = browser("applicant1").open("/notices").page.xpath("//h2[@class='mail__title']/a/@href")[0]
    other = browser("applicant2")
    absent = other.open("/notices/not_absent")
    missing = (absent.status, absent.text)
    theirs = other.open(mine)
    assert theirs.status == missing[0] == 404
    assert theirs.text.replace(mine, "") == missing[1].replace("/notices/not_absent", "")


def test_topics_are_left_out_and_taken_up_again(browser: Browser) -> None:
    sent(browser)
    applicant = browser("applicant1").open("/notices/preferences")
    applicant.send("/notices/preferences", topic=["certificates"], rhythm="daily", quiet_from="22")
    assert "已保存" in applicant.text
    assert "暂无通知" in applicant.open("/notices").text
    assert not applicant.page.xpath("//span[@class='nav__count']")
    applicant.open("/notices/preferences").send("/notices/preferences", topic=["topic/licensing"])
    assert "新规" in applicant.open("/notices").text


def test_all_are_read_with_one_press(browser: Browser) -> None:
    sent(browser)
    applicant = browser("applicant1").open("/notices?show=unread")
    applicant.send("/notices/reading")
    assert "没有未读通知" in applicant.open("/notices?show=unread").text


@pytest.mark.parametrize(
    "path", ["/notices?page=-1", "/notices?page=99999999", "/notices?topic=%00", "/notices?show=x"]
)
def test_odd_addresses_show_the_list(browser: Browser, path: str) -> None:
    assert browser("applicant1").open(path).status == 200


def test_hours_and_rhythms_outside_the_choice_are_refused(browser: Browser) -> None:
    applicant = browser("applicant1").open("/notices/preferences")
    applicant.send("/notices/preferences", quiet_from="99")
    assert applicant.status == 422
    applicant.send("/notices/preferences", rhythm="hourly")
    assert applicant.status == 422


def test_a_notice_shows_what_the_policy_demands(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "law.md").write_text("# 某省药品召回办法\n\n第一条 为了管理药品召回，制定本办法。\n", "utf-8")
    ingest([tmp_path / "law.md"])
    editor = Actor("acct_e", Role.EDITOR)
    document = tagging.get_document(editor, "某省药品召回办法").document_id
    words = {"zh": "建立召回制度", "en": "Set up a recall system"}
    requirements.add(editor, document, words, due_on=date(2027, 1, 1))
    push_id = pushes.create(editor, {**TYPED, "document_id": document})
    assert [one.words("en") for one in pushes.demands(push_id)] == ["Set up a recall system"]
    address = sent(browser, link="/about")
    with transaction() as session:
        session.get_one(PolicyPush, address.rpartition("/")[2]).document_id = document
    applicant = browser("applicant1").open("/notices")
    applicant.open(applicant.page.xpath("//h2[@class='mail__title']/a/@href")[0])
    assert "建立召回制度 2027年1月1日 前完成" in applicant.text
