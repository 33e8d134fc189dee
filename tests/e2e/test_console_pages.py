"""Every page of the console full of hostile text, in both languages and on a phone: whole and accessible.

The pages are those of the application's own map below ``/staff``: one that is not visited fails the test.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.e2e import hostile
from tests.e2e.conftest import Installation, Visitors
from tests.e2e.hostile import ENDLESS, NAME, TURNED, Desk
from tests.e2e.person import Person
from tests.e2e.test_accessibility import violations
from tests.e2e.test_staff import is_live
from web.pages.routes import blueprint

pytestmark = pytest.mark.browser
DESKTOP, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 780}
NO_PAGES = (".csv", ".svg", ".zip", "/staff/queue")
PAGES = {
    "officer1": (
        "/staff",
        "/staff?state=closed",
        "/staff/cases/{queued}",
        "/staff/cases/{claimed}",
        "/staff/cases/{assisted}",
        "/staff/cases/{closed}",
        "/staff/filings",
        "/staff/filings/{handed_in}",
        "/staff/held",
        "/staff/replies",
        "/staff/officers",
    ),
    "supervisor1": (
        "/staff/held",
        "/staff/replies?edit={canned}",
        "/staff/tasks",
        "/staff/tasks/{rating}",
        "/staff/tasks/{feedback}",
        "/staff/dashboard",
    ),
    "admin1": (
        "/staff/knowledge",
        "/staff/knowledge/new",
        "/staff/knowledge/regression",
        "/staff/knowledge/{entry}",
        "/staff/knowledge/{entry}/edit",
        "/staff/knowledge/candidates",
        "/staff/knowledge/candidates/{candidate}",
        "/staff/keys",
        "/staff/keys/{key}",
        "/staff/webhooks",
        "/staff/webhooks/{webhook}",
        "/staff/knowledge/recall",
        "/staff/policies",
        "/staff/policies/{policy}",
        "/staff/policies/changes",
        "/staff/policies/changes/{policy}",
        "/staff/pushes",
        "/staff/pushes/new",
        "/staff/pushes/{push}",
        "/staff/pushes/{push}/edit",
        "/staff/accounts",
        "/staff/models",
        "/staff/models/new",
        "/staff/models/{model}",
    ),
    "auditor1": (
        "/staff/audit",
        "/staff/audit/events/{event}",
        "/staff/audit/answers/{answer}",
    ),
}
APPLICANTS = (
    "/",
    "/filings",
    "/filings/{draft}",
    "/filings/{handed_in}",
    "/certificates",
    "/notices",
    "/notices/{notice}",
    "/notices/preferences",
    "/my-data",
    "/my-data/erasure",
)
# The words after a turned text in one line, if they run backwards; a turned text must not reach them.
TURNED_TOO = """mark => {
    const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    const wrong = [];
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        const text = node.data, start = text.search(/[A-Za-z0-9\\u4e00-\\u9fff]{2}/);
        if (start < 0 || text.includes(mark) || !node.parentElement.offsetParent) continue;
        const at = place => {
            const range = document.createRange();
            range.setStart(node, place);
            range.setEnd(node, place + 1);
            return range.getBoundingClientRect();
        };
        const [first, second] = [at(start), at(start + 1)];
        if (first.width && Math.abs(first.top - second.top) < 2 && second.left < first.left) wrong.push(text);
    }
    return wrong;
}"""

# The elements that reach out of the window, but for what scrolls by itself.
WIDE = """() => [...document.querySelectorAll('body *')]
    .filter(one => !one.closest('.table-scroll, .nav, .tabs, .visually-hidden, .skip-link'))
    .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .map(one => `${one.tagName}.${one.className}`).slice(0, 4).join(' ')"""


@pytest.fixture(scope="module")
def desk(installation: Installation) -> Iterator[Desk]:
    with hostile.inside(installation.home):
        made = hostile.build()
    yield made
    with hostile.inside(installation.home):
        hostile.clear(made)


@dataclass
class Seat:
    """People who are signed in once for all pages."""

    visitors: Visitors
    people: dict[tuple[str, str], Person]
    dialogs: list[str]

    def person(self, login: str, locale: str) -> Person:
        if (login, locale) not in self.people:
            person = self.visitors(locale, login=login, size=(1280, 860))
            person.page.on("dialog", self.note)
            self.people[login, locale] = person
        return self.people[login, locale]

    def note(self, dialog: object) -> None:
        self.dialogs.append(str(dialog))


@pytest.fixture(scope="module")
def seat(chromium: Browser, installation: Installation, desk: Desk) -> Iterator[Seat]:
    known = Installation(
        installation.base_url, {**installation.accounts, desk.login: hostile.PASSWORD}, installation.home
    )
    visitors = Visitors(chromium, known, "console")
    yield Seat(visitors, {}, [])
    for context in visitors.contexts:
        context.close()
    assert not visitors.troubles


def is_sound(page: Page, path: str) -> list[str]:
    """What is wrong with a page of hostile text: scripts that ran, lines that turned, sideways scrolling."""
    wrong = [f"{path}: turned {one[:60]}" for one in page.evaluate(TURNED_TOO, TURNED)]
    if page.evaluate("window.struck !== undefined"):
        wrong.append(f"{path}: a script ran")
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > page.viewport_size["width"]:
        wrong.append(f"{path}: {width} wide by {page.evaluate(WIDE)}")
    return wrong


def visit(person: Person, path: str) -> list[str]:
    """Look at a page on a desk and on a phone."""
    page = person.page
    page.set_viewport_size(DESKTOP)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, path
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    wrong = [f"{path}: {one}" for one in violations(person)] + is_sound(page, path)
    page.set_viewport_size(PHONE)
    person.shot(path.strip("/").replace("/", "-").split("?")[0], full_page=bool(os.environ.get("SHOTS")))
    if person.locale == "zh-CN":
        wrong += [f"{path} on a phone: {one}" for one in violations(person)]
    return wrong + is_sound(page, path)


def rules_of_the_console() -> set[str]:
    app = Flask("map")
    app.register_blueprint(blueprint)
    return {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/staff")
        and "GET" in (rule.methods or ())
        and not rule.rule.endswith(NO_PAGES)
    }


def test_every_page_of_the_console_is_visited(desk: Desk) -> None:
    app = Flask("map")
    app.register_blueprint(blueprint)
    adapter = app.url_map.bind("localhost")
    paths = [path.format(**desk.ids).split("?")[0] for own in PAGES.values() for path in own]
    assert {adapter.match(path, return_rule=True)[0].rule for path in paths} == rules_of_the_console()


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("login", PAGES)
def test_pages_of_the_console_stand_hostile_text(seat: Seat, desk: Desk, login: str, locale: str) -> None:
    person = seat.person(login, locale)
    wrong = [one for path in PAGES[login] for one in visit(person, path.format(**desk.ids))]
    assert not wrong, "\n".join(wrong)
    assert seat.dialogs == []


def test_pages_of_the_applicant_stand_hostile_text(seat: Seat, desk: Desk) -> None:
    person = seat.person(desk.login, "zh-CN")
    wrong = [one for path in APPLICANTS for one in visit(person, path.format(**desk.ids))]
    assert not wrong, "\n".join(wrong)
    assert seat.dialogs == []


def test_hostile_text_is_read_as_it_was_typed(seat: Seat, desk: Desk) -> None:
    page = seat.person("officer1", "zh-CN").page
    page.goto(f"/staff/cases/{desk.ids['claimed']}")
    expect(page.locator("#p-question + .panel__strong")).to_contain_text("<script>window.struck=1</script>")
    expect(page.locator(".notes")).to_contain_text("{{7*7}}")
    expect(page.locator(".message--applicant").first).to_contain_text(ENDLESS)
    expect(page.locator(".card__lines dt", has_text=NAME[:40]).first).to_be_visible()
    assert page.locator("main script, main img").count() == 0


def test_a_talk_of_hostile_text_is_safe_on_both_sides(seat: Seat, desk: Desk) -> None:
    person, officer = seat.person(desk.login, "zh-CN"), seat.person("officer1", "zh-CN")
    person.page.set_viewport_size(PHONE)
    person.chat()
    person.page.fill("#chat-text", hostile.TEXT)
    person.page.press("#chat-text", "Enter")
    expect(person.page.locator(".message--applicant")).to_contain_text(ENDLESS)
    number = person.call_staff()
    officer.page.set_viewport_size(DESKTOP)
    officer.open("/staff")
    officer.page.locator(".case-row").filter(has_text=number).get_by_role("button").click()
    is_live(officer)
    officer.page.fill("#reply-text", hostile.TEXT)
    officer.page.press("#reply-text", "Enter")
    expect(person.page.locator(".message--officer")).to_contain_text(ENDLESS)
    officer.page.fill("#resolution", hostile.TEXT)
    officer.page.locator("[data-close]").click()
    expect(person.page.locator(".rating")).to_be_visible()
    wrong = [*is_sound(person.page, "talk"), *is_sound(officer.page, "case")]
    person.shot("talk")
    person.page.reload()
    expect(person.page.locator(".message--officer")).to_contain_text(ENDLESS)
    wrong += is_sound(person.page, "talk again")
    assert not wrong, "\n".join(wrong)
    assert seat.dialogs == []
