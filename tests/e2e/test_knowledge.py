"""An answer is written, reviewed by another person, released, and given."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from core import clock
from tests.e2e.person import Person
from tests.e2e.test_accessibility import violations

pytestmark = pytest.mark.browser
WORDS = {
    "zh-CN": {
        "question_zh": "展销会上发的祛痘膏小样要不要备案凭证",
        "question_en": "Does an acne cream sample handed out at a fair need its filing certificate?",
        "answer_zh": "要有。小样也是化妆品，发放前应当完成备案并能出示凭证。",
        "answer_en": "Yes. A sample is a cosmetic too: it is filed before it is handed out.",
        "similar_zh": "展会派发的小样也要备案凭证吗",
        "similar_en": "acne cream samples at a trade fair",
    },
    "en": {
        "question_zh": "快闪店试用装唇膏要不要留样",
        "question_en": "Must a pop-up shop keep retained samples of lipstick testers?",
        "answer_zh": "快闪店不用留样；留样由注册人、备案人和受托生产企业负责。",
        "answer_en": "No. Samples are retained by registrants, filers and contract manufacturers.",
        "similar_zh": "试用装唇膏由谁留样",
        "similar_en": "who retains samples of lipstick testers",
    },
}
BASIS = "化妆品监督管理条例#4"


def press(person: Person, step: str) -> None:
    person.page.locator(f"form[action$='/{step}'] button").click()


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_an_entry_goes_from_one_editor_to_another_and_into_an_answer(
    visitor: Callable[..., Person], locale: str
) -> None:
    words = WORDS[locale]
    editor = visitor(locale, login="editor1")
    editor.open("/staff/knowledge/new")
    for name, text in words.items():
        editor.page.fill(f"#{name}", text)
    editor.page.locator("button[name=check]").click()
    expect(editor.page.locator(".notice--error")).to_contain_text(
        editor.t("knowledge_base.curation.check.basis_missing")
    )
    expect(editor.page.locator("#answer_zh")).to_have_value(words["answer_zh"])
    editor.shot("check")
    assert violations(editor) == []
    editor.page.fill("#basis", BASIS)
    editor.page.get_by_role("button", name=editor.t("web.page.knowledge.save")).click()
    press(editor, "submit")
    expect(editor.page.locator(".entry")).to_contain_text(editor.t("web.page.knowledge.second_person"))
    editor.shot("in-review")
    assert violations(editor) == []
    address = editor.page.url

    second = visitor(locale, login="admin1")
    second.open(address)
    press(second, "approve")
    press(second, "release")
    expect(second.page.locator(".tag--released")).to_be_visible(timeout=90_000)
    second.shot("released")

    person = visitor(locale).chat()
    asked, told = ("similar_zh", "answer_zh") if locale == "zh-CN" else ("similar_en", "answer_en")
    until = time.monotonic() + 60
    while words[told] not in person.say(words[asked]).inner_text():
        assert time.monotonic() < until, "the answer did not go live"
        time.sleep(2)
    person.shot("answered")

    second.page.reload()
    second.page.locator("summary").get_by_text(second.t("web.page.knowledge.do.retire")).click()
    second.page.fill("#day-retire", clock.today().isoformat())
    second.page.fill("#reason-retire", "test")
    press(second, "retire")
    expect(second.page.locator(".tag--retired")).to_be_visible()
    second.open("/staff/knowledge")
    second.shot("list")
    assert violations(second) == []
    second.open("/staff/knowledge/regression")
    assert violations(second) == []


def test_pages_of_knowledge_are_for_staff(visitor: Callable[..., Person]) -> None:
    applicant = visitor("zh-CN", login="applicant1")
    assert applicant.page.goto("/staff/knowledge").status == 404
    officer = visitor("zh-CN", login="officer1")
    expect(officer.open("/staff/knowledge").page.get_by_role("link", name="新建条目")).to_be_visible()
