"""Pictures of each main screen, on a desktop and a phone, in both languages, for docs/screens.md.

``make screenshots`` takes them; the suite leaves them out. On each screen it is checked that the page speaks
the language asked for and does not scroll sideways.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from bot.handoff import service as handoff
from bot.notices import reminders
from core.errors import Conflict
from core.identity.service import actor_named
from core.settings import REPOSITORY
from knowledge_base.curation import service as curation
from tests.e2e import hostile
from tests.e2e.conftest import Installation
from tests.e2e.person import Person
from tests.e2e.test_filing import begin_by_chat
from tests.integration.forms.complete import handed_in

pytestmark = [pytest.mark.browser, pytest.mark.benchmark]
FOLDER = REPOSITORY / "docs" / "images" / "screens"
DEVICES = {"desktop": (1280, 860), "phone": (390, 844)}
LOCALES = ("zh-CN", "en")
COLOURS = 96
QUESTIONS = {
    "zh-CN": "药品生产许可证到期前多久申请重新发证？",
    "en": "How long before it expires must a drug production licence be renewed?",
}
ASKED = {
    "zh-CN": "我们的面霜宣称祛斑，算普通化妆品还是特殊化妆品？请转人工",
    "en": "Our cream claims to fade spots: ordinary or special cosmetic? Staff please",
}
ENTRIES = tuple(f"cosmetic-filing-{number:03}" for number in range(1, 7))
REPLY = {"zh-CN": "您好，我看过您的资料了。", "en": "Hello, I have read your file."}
PUBLIC = {"item": "/service-items/cosmetic_filing", "items": "/service-items", "about": "/about"}
APPLICANT = {
    "filings": "/filings",
    "certificates": "/certificates",
    "notices": "/notices",
    "conversations": "/conversations",
}
STAFF = {
    "processing": ("officer3", "/staff/filings"),
    "dashboard": ("supervisor1", "/staff/dashboard"),
    "knowledge": ("editor1", "/staff/knowledge"),
    "policies": ("editor1", "/staff/policies"),
    "recall": ("editor1", "/staff/recall"),
}


@dataclass(frozen=True)
class Camera:
    """Takes pictures of one language on one device."""

    visitor: Callable[..., Person]
    locale: str
    device: str

    def person(self, login: str = "") -> Person:
        size = DEVICES[self.device]
        return self.visitor(self.locale, login=login, size=size)

    def take(self, person: Person, name: str) -> None:
        page = person.page
        assert str(page.locator("html").get_attribute("lang"))[:2] == self.locale[:2], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        shown = Image.open(BytesIO(page.screenshot())).convert("RGB")
        small = shown.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        FOLDER.mkdir(parents=True, exist_ok=True)
        small.save(FOLDER / f"{name}-{self.device}-{self.locale}.png", optimize=True)


@pytest.fixture(params=[(one, other) for one in LOCALES for other in DEVICES], ids="-".join)
def camera(visitor: Callable[..., Person], request: pytest.FixtureRequest) -> Camera:
    return Camera(visitor, *request.param)


@pytest.fixture(scope="module", autouse=True)
def work(installation: Installation) -> Iterator[None]:
    """Reminders of terms, entries being written, a filing that was handed in; this process acts there too."""
    with hostile.inside(installation.home):
        editor = actor_named("editor1")
        reminders.remind()
        for key in ENTRIES:
            with suppress(Conflict):  # of an earlier run
                curation.create(editor, curation.shipped(key), key=key)
        handed_in()
        yield


def test_the_public_asks(camera: Camera) -> None:
    person = camera.person().chat()
    camera.take(person, "start")
    expect(person.say(QUESTIONS[camera.locale]).locator(".citation").first).to_be_visible()
    camera.take(person, "answer")
    for name, path in PUBLIC.items():
        camera.take(person.open(path), name)


def test_an_enterprise_files(camera: Camera) -> None:
    person = camera.person("applicant1").chat()
    picker = person.page.locator("[data-chat-enterprise]")
    if picker.count():
        picker.select_option(index=1)
    begin_by_chat(person)
    link = person.page.locator(".message--filing .card__link").first
    expect(link).to_be_visible()
    camera.take(person, "prefilled")
    person.open(str(link.get_attribute("href")))
    expect(person.page.locator("#group-product")).to_be_visible()
    camera.take(person, "form")
    for name, path in APPLICANT.items():
        camera.take(person.open(path), name)


def test_staff_help(camera: Camera) -> None:
    asker = camera.person("applicant2").chat()
    asker.say(ASKED[camera.locale])
    if not asker.page.locator("[data-chat][data-owner=queue]").count():
        asker.call_staff()
    number = asker.with_staff()
    camera.take(asker, "waiting")
    officer = camera.person("officer1")
    camera.take(officer, "queue")
    row = officer.page.locator(".case-row").filter(has_text=number)
    row.get_by_role("button").click()
    officer.page.fill("#reply-text", REPLY[camera.locale])
    officer.page.press("#reply-text", "Enter")
    expect(asker.page.locator(".message--officer")).to_contain_text(REPLY[camera.locale])
    camera.take(officer, "case")
    camera.take(asker, "with-officer")
    case_id = officer.page.url.rsplit("/", 1)[-1]
    handoff.close_case(actor_named("officer1"), case_id, resolution=REPLY[camera.locale])


@pytest.mark.parametrize("screen", STAFF)
def test_staff_see(camera: Camera, screen: str) -> None:
    login, path = STAFF[screen]
    camera.take(camera.person(login).open(path), screen)
