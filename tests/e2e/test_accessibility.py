"""Every page: no violation of WCAG that axe finds, text and targets large enough, no sideways scrolling."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.person import Person
from tests.e2e.test_asking import MATERIALS
from tests.e2e.test_filing import begin_in_the_web

pytestmark = pytest.mark.browser
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PUBLIC = [
    "/",
    "/sign-in",
    "/about",
    "/api-reference",
    "/api-reference/readMessages",
    "/open-data",
    "/privacy",
    "/continue",
    "/service-items",
    "/service-items/cosmetic_filing",
    "/no-such-page",
]
APPLICANT = ["/", "/filings", "/service-items/cosmetic_filing/start", "/my-data", "/my-data/erasure"]
SIZES = """all => all
    .filter(one => one.offsetParent && !one.closest('.visually-hidden'))
    .filter(one => !one.matches('.option input, [type=hidden]'))
    .map(one => [one.outerHTML.slice(0, 90), one.getBoundingClientRect().height])"""

# Each text that is seen: its beginning, its size in pixels, its line height over its size.
SMALLEST_TEXTS = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const one = node.parentElement;
        const isAside = one.closest('.visually-hidden, .skip-link, noscript, script');
        if (!node.data.trim() || !one.checkVisibility() || isAside) continue;
        const style = getComputedStyle(one), size = parseFloat(style.fontSize);
        found.push([node.data.trim().slice(0, 40), size, parseFloat(style.lineHeight) / size || 1.3]);
    }
    return found;
}"""


def violations(person: Person) -> list[str]:
    found: dict[str, Any] = Axe().run(person.page, options=RULES).response
    return [f"{one['id']}: {node['html'][:140]}" for one in found["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_has_no_violation(visitor: Callable[..., Person], path: str, locale: str) -> None:
    person = visitor(locale).open(path)
    person.shot("page")
    assert violations(person) == []


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("path", APPLICANT)
def test_an_applicants_page_has_no_violation(visitor: Callable[..., Person], path: str, locale: str) -> None:
    person = visitor(locale, login="applicant2").open(path)
    person.shot("page")
    assert violations(person) == []


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_a_conversation_with_answers_has_no_violation(visitor: Callable[..., Person], locale: str) -> None:
    person = visitor(locale).chat()
    person.say(MATERIALS[locale])
    assert violations(person) == []


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_the_web_form_with_its_deficiencies_has_no_violation(
    visitor: Callable[..., Person], locale: str
) -> None:
    person = visitor(locale, login="applicant5")
    begin_in_the_web(person)
    person.page.locator("[data-filing-check]").click()
    expect(person.page.locator("[data-summary]")).to_be_visible()
    assert violations(person) == []
    person.page.set_viewport_size({"width": 320, "height": 640})
    person.shot("phone", full_page=True)
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_the_console_has_no_violation(visitor: Callable[..., Person], locale: str) -> None:
    person = visitor(locale).chat()
    person.say(MATERIALS[locale])
    person.call_staff()
    officer = visitor(locale, login="officer1").open("/staff")
    expect(officer.page.locator("[data-live]")).to_have_text(officer.t("web.page.js.staff.live"))
    assert violations(officer) == []
    officer.page.locator(".case-row button").first.click()
    expect(officer.page.locator("#reply-text")).to_be_visible()
    assert violations(officer) == []


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_the_dashboard_has_no_violation(visitor: Callable[..., Person], locale: str) -> None:
    person = visitor(locale).chat()
    person.say(MATERIALS[locale])
    staff = visitor(locale, login="supervisor1").open("/staff/dashboard")
    pictures = staff.page.locator("main img")
    for number in range(pictures.count()):
        pictures.nth(number).scroll_into_view_if_needed()
        expect(pictures.nth(number)).to_have_js_property("complete", True)
        assert pictures.nth(number).evaluate("one => one.naturalWidth") > 0
    for summary in staff.page.locator("main summary").all():
        summary.click()
    assert violations(staff) == []
    staff.shot("page", full_page=True)
    small = [
        one
        for one in staff.page.locator("main :is(.button, select, .input, a)").evaluate_all(SIZES)
        if one[1] < 44
    ]
    assert small == []
    staff.page.set_viewport_size({"width": 320, "height": 640})
    staff.shot("phone", full_page=True)
    assert staff.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert violations(staff) == []


def held_for_elders(person: Person) -> None:
    """Text of 18 pixels and more, lines apart, targets of 60, nothing sideways, no violation."""
    texts = person.page.evaluate(SMALLEST_TEXTS)
    assert len(texts) > 5
    assert [one for one in texts if one[1] < 18 or one[2] < 1.3] == []
    targets = person.page.locator("button, .button, .nav__link, .tool, .option, input, select")
    assert [one for one in targets.evaluate_all(SIZES) if one[1] < 60] == []
    assert violations(person) == []


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_large_text_holds_the_norm_on_every_public_page(visitor: Callable[..., Person], locale: str) -> None:
    person = visitor(locale).open("/preferences?text=large&next=/")
    for path in PUBLIC:
        person.open(path)
        held_for_elders(person)
        person.page.set_viewport_size({"width": 320, "height": 640})
        assert person.page.evaluate("document.documentElement.scrollWidth") <= 320
        person.shot("large")
        person.page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_large_text_holds_the_norm_for_applicants_and_in_an_answer(
    visitor: Callable[..., Person], locale: str
) -> None:
    person = visitor(locale, login="applicant2").open("/preferences?text=large&next=/")
    for path in (*APPLICANT, "/certificates", "/conversations"):
        person.open(path)
        held_for_elders(person)
    person.chat()
    person.say(MATERIALS[locale])
    held_for_elders(person)
    person.page.set_viewport_size({"width": 390, "height": 844})
    person.shot("large", full_page=True)
    headings = person.page.locator(".table--stacks td").first
    assert headings.evaluate("one => getComputedStyle(one, '::before').content") != "none"
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_with_large_text_staff_are_one_step_away_on_every_page(visitor: Callable[..., Person]) -> None:
    person = visitor().open("/preferences?text=large&next=/")
    for path in PUBLIC[1:]:
        person.open(path)
        expect(person.page.locator(".help .button--primary")).to_be_in_viewport()
    person.page.locator(".help .button--primary").click()
    button = person.page.locator("#staff button")
    expect(button).to_be_in_viewport()
    person.page.keyboard.press("Tab")
    expect(button).to_be_focused()


@pytest.mark.parametrize("path", PUBLIC)
def test_targets_are_at_least_44_pixels(visitor: Callable[..., Person], path: str) -> None:
    person = visitor().open(path)
    small = [
        one
        for one in person.page.locator(
            "button, .button, .nav__link, .tool, .option, select, .links__link"
        ).evaluate_all(SIZES)
        if one[1] < 44
    ]
    assert small == []


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("path", PUBLIC)
def test_nothing_scrolls_sideways_on_a_small_phone(
    visitor: Callable[..., Person], path: str, locale: str
) -> None:
    person = visitor(locale, size=(320, 640)).open(path)
    person.shot("phone")
    width = person.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 320
