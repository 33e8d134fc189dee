"""Filing a cosmetic: begun by chat, a question in the middle, finished in the web form, status by chat."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from forms import service as forms
from tests.e2e.person import Person

pytestmark = pytest.mark.browser
ANSWERS = {
    "special": "no",
    "kind": "cosmetic",
    "matter": "first",
    "origin": "domestic",
    "production": "self",
    "new_ingredient": "no",
}
WORDS = {
    "zh-CN": ("我要办理普通化妆品备案", "普通化妆品备案需要哪些材料？", "查询进度 {number}"),
    "en": (
        "I want to file a general cosmetic",
        "Which materials does a general cosmetics filing need?",
        "status {number}",
    ),
}
NAME = {"zh-CN": "清润保湿面霜", "en": "净澈舒缓乳液"}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def begin_by_chat(person: Person) -> None:
    """Say what is wanted and answer the routing questions; a draft left by an earlier visit is withdrawn."""
    person.say(WORDS[person.locale][0])
    withdraw = person.t("assistant.button.cancel_draft")
    if withdraw in person.choices():
        person.choose(withdraw)
        person.choose(person.t("assistant.button.cancel_for_good"))
        person.say(WORDS[person.locale][0])
    answer_routing(person)


def answer_routing(person: Person) -> None:
    """Press the buttons of the routing questions until the draft opens."""
    points = forms.get_service_item("cosmetic_filing").decision_points
    for point in points:
        [label] = [one.label.get(person.locale) for one in point.options if one.value == ANSWERS[point.key]]
        if label in person.choices():
            person.choose(label)


def finish_in_the_form(person: Person, folder: Path) -> str:
    """Fill in what is open, check, declare, submit; return the number."""
    page = person.page
    if page.locator(".confirm-all").count():
        page.locator(".confirm-all button").click()
        expect(page.locator(".confirm-all")).to_have_count(0)
    form = page.locator("#group-product")
    for key, value in (("efficacy", "11"), ("body_part", "05")):
        form.locator(f"[name='f.{key}'][value='{value}']").check()
    for key, value in (("users", "03"), ("use_method", "02")):
        form.locator(f"[name='f.{key}'][value='{value}']").check()
    form.locator("[name='f.form_dosage']").select_option("01")
    expect(page.locator("button[value='confirm:class_code']")).to_be_visible()
    for value in [one.get_attribute("value") for one in page.locator("button[value^='confirm:']").all()]:
        page.locator(f"button[value='{value}']").click()
        expect(page.locator(f"button[value='{value}']")).to_have_count(0)
    person.shot("half-filled")
    for number, (name, share) in enumerate((("水", "70"), ("甘油", "30"))):
        page.locator(f"[name='f.formula.{number}.ingredient']").fill(name)
        page.locator(f"[name='f.formula.{number}.percent']").fill(share)
    page.locator("#group-formula").get_by_role(
        "button", name=person.t("web.page.filing.save_group")
    ).last.click()
    expect(page.locator("#field-formula .tag--confirmed")).to_be_visible()
    uploads = [one.get_attribute("name") or "" for one in page.locator("input[type=file]").all()]
    keys = [name.removeprefix("f.") for name in uploads if name != "f.efficacy_abstract"]
    endless = folder / "endless.pdf"
    with endless.open("wb") as file:
        file.truncate(200 * 2**20)
    page.locator(f"[name='f.{keys[0]}']").set_input_files(endless)
    told = person.t("web.page.js.entry.too_large", name=endless.name, most=10)
    expect(page.locator(f"#field-{keys[0]}")).to_contain_text(told)
    for key in keys:
        path = folder / f"{key}.pdf"
        path.write_bytes(PDF)
        page.locator(f"[name='f.{key}']").set_input_files(path)
        expect(page.locator(f"#field-{key} .tag--confirmed")).to_be_visible()
    page.locator("[data-filing-check]").click()
    page.locator("[name=accepted]").check()
    person.shot("declaration", full_page=True)
    page.get_by_role("button", name=person.t("web.page.filing.declare_button")).click()
    page.locator("[data-filing-submit]").click()
    number = page.locator("[data-filing-number]").inner_text()
    assert re.fullmatch(r".G妆网备字\d{10}", number)
    return number


@pytest.mark.parametrize(("locale", "login"), [("zh-CN", "applicant1"), ("en", "applicant2")])
def test_a_cosmetic_is_filed_by_chat_and_web_form(
    visitor: Callable[..., Person], locale: str, login: str, tmp_path: Path
) -> None:
    _, question, status = WORDS[locale]
    name = f"{NAME[locale]}{time.time_ns() // 10**9 % 100_000}"
    person = visitor(locale, login=login).chat()
    picker = person.page.locator("[data-chat-enterprise]")
    if picker.count():
        picker.select_option(index=1)
        expect(person.page.locator("[data-chat-problem]")).to_be_empty()
    begin_by_chat(person)
    link = person.page.locator(".message--filing .card__link").first
    expect(link).to_be_visible()
    expect(person.page.locator(".field-line__receipt").first).to_be_visible()
    person.shot("prefilled")
    person.choose(person.t("assistant.button.confirm_all"))
    reply = person.say(question)
    expect(person.page.locator(".message--answer .citation").last).to_be_visible()
    while forms_label("product_name_zh", locale) not in reply.inner_text():
        reply = person.choose(person.t("assistant.button.confirm_value"))
    person.say(name)
    person.shot("resumed")
    link.click()
    expect(person.page.locator("[data-filing][data-ready]")).to_be_visible()
    expect(person.page.locator("h1")).to_have_text(name)
    person.shot("form")
    number = finish_in_the_form(person, tmp_path)
    person.shot("submitted")
    download = person.page.get_by_role("link", name=person.t("web.page.filing.download"))
    expect(download).to_be_visible(timeout=90_000)
    with person.page.expect_download() as waiting:
        download.click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF-")
    person.chat()
    expect(person.page.locator(".message--applicant").filter(has_text=name)).to_be_visible()
    person.say(status.format(number=number))
    expect(person.page.locator(".message--assistant .card").last).to_contain_text(number)
    person.shot("status")


def forms_label(key: str, locale: str) -> str:
    form = forms.get_service_item("cosmetic_filing").form
    assert form is not None
    field = form.field(key)
    assert field is not None
    return field.label.get(locale)


def begin_in_the_web(person: Person) -> None:
    """Answer the routing questions on their pages and open the form; an open draft is taken up."""
    person.open("/service-items/cosmetic_filing/start")
    for key, value in ANSWERS.items():
        person.page.locator(f"[name='a.{key}'][value='{value}']").check()
        person.page.locator("main form .button--primary").click()
    person.page.get_by_role("button", name=person.t("web.page.start.open")).click()
    expect(person.page.locator("[data-filing][data-ready]")).to_be_visible()


def test_two_windows_of_one_draft_stay_in_step(visitor: Callable[..., Person]) -> None:
    first = visitor(login="applicant5")
    begin_in_the_web(first)
    second = visitor(login="applicant5").open(first.page.url)
    first.page.fill("[name='f.product_name_zh']", "同步保湿面霜")
    first.page.press("[name='f.product_name_zh']", "Tab")
    expect(first.page.locator("#field-product_name_zh .tag--confirmed")).to_be_visible()
    expect(second.page.locator("#field-product_name_zh .field__value")).to_have_text("同步保湿面霜")
    second.page.locator("[data-filing-check]").click()
    gaps = second.page.locator("[data-summary] .gaps__gap")
    expect(gaps.first).to_be_visible()
    assert gaps.count() > 5
    second.shot("deficiencies")
    link = second.page.locator("[data-summary] a[href='#field-efficacy']")
    link.click()
    expect(second.page.locator("[name='f.efficacy']").first).to_be_focused()


def test_a_value_that_cannot_be_taken_says_why_at_its_field(visitor: Callable[..., Person]) -> None:
    person = visitor(login="applicant5")
    begin_in_the_web(person)
    entry = person.page.locator("#field-contact_mobile")
    entry.locator("summary").click()
    entry.locator("[name='f.contact_mobile']").fill("12345")
    entry.locator("[name='f.contact_mobile']").press("Tab")
    expect(entry.locator(".field__error").first).to_be_visible()
    person.shot("rejected")
