"""The chat on another site's page: one script tag, a frame of its own, nothing leaks either way."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Playwright, expect

from tests.e2e.conftest import SCREENSHOTS, Installation
from tests.e2e.person import Person
from tests.e2e.test_accessibility import RULES
from tests.e2e.test_asking import MATERIALS
from tests.e2e.test_staff import is_live

pytestmark = pytest.mark.browser
PAGE = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Agency</title>
<style>* {{ font-size: 9px !important; color: red !important; float: left !important }}
button, iframe, div {{ transform: rotate(3deg); border: 9px dotted lime }}</style></head>
<body><h1>Agency</h1><p id="own">Own words</p>{element}
<script src="{server}/widget.js" {data} async></script>
<script>window.heard = []; addEventListener("message", (e) => heard.push(JSON.stringify(e.data)));</script>
</body></html>"""


class Agency:
    """Another site: what its one page shows."""

    def __init__(self, server: str, port: int) -> None:
        self.server, self.url = server, f"http://localhost:{port}"
        self.show()

    def show(self, lang: str = "zh-CN", element: str = "", data: str = "") -> None:
        self.page = PAGE.format(server=self.server, lang=lang, element=element, data=data)


@pytest.fixture
def agency(installation: Installation, agency_port: int) -> Iterator[Agency]:
    site = Agency(installation.base_url, agency_port)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = site.page.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("localhost", agency_port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()


def frame_of(person: Person) -> FrameLocator:
    return person.page.frame_locator("yaozheng-chat iframe")


def opened(person: Person, agency: Agency) -> FrameLocator:
    """Open the agency's page and the chat on it."""
    person.page.goto(agency.url)
    person.page.get_by_role("button", name=person.t("web.page.embed.label")).click()
    frame = frame_of(person)
    expect(frame.locator("[data-chat][data-ready]")).to_be_attached()
    return frame


def ask(frame: FrameLocator, text: str) -> None:
    frame.locator("#chat-text").fill(text)
    frame.locator("#chat-text").press("Enter")
    expect(frame.locator(".message--assistant").last).to_be_visible()
    expect(frame.locator("[data-chat-typing]")).to_be_hidden()


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_one_script_tag_answers_questions_on_another_site(
    visitor: Callable[..., Person], agency: Agency, locale: str
) -> None:
    agency.show(lang=locale)
    person = visitor(locale)
    person.page.goto(agency.url)
    assert not [one for one in person.page.frames if "/embed" in one.url]
    frame = opened(person, agency)
    expect(frame.locator("#chat-text")).to_be_focused()
    ask(frame, MATERIALS[locale])
    person.shot("answered")
    expect(frame.locator(".citation").first).to_be_attached()
    colour = person.page.evaluate("getComputedStyle(document.querySelector('#own')).color")
    assert colour == "rgb(255, 0, 0)"
    size = frame.locator(".message__body").last.evaluate("one => getComputedStyle(one).fontSize")
    assert size == "16px"
    assert MATERIALS[locale] not in "".join(person.page.evaluate("window.heard"))
    frame.locator("#chat-text").press("Escape")
    launcher = person.page.get_by_role("button", name=person.t("web.page.embed.label"))
    expect(launcher).to_be_focused()
    expect(person.page.locator("yaozheng-chat iframe")).to_be_hidden()
    person.page.reload()
    launcher.click()
    expect(frame_of(person).locator("[data-chat][data-ready]")).to_be_attached()


def test_the_conversation_outlives_a_reload_where_frames_may_remember(
    playwright: Playwright, chromium: Browser, agency: Agency
) -> None:
    """Playwright switches partitioned storage off, so frames of other sites need not remember there."""
    assert chromium.is_connected()
    children = psutil.Process().children(recursive=True)
    running = [one.cmdline() for one in children if one.status() != psutil.STATUS_ZOMBIE]
    switches = {arg for line in running for arg in line if arg.startswith("--disable-features=")}
    browser = playwright.chromium.launch(
        executable_path="/usr/bin/chromium",
        args=["--no-sandbox", "--lang=zh-CN"],
        ignore_default_args=sorted(one for one in switches if "ThirdPartyStoragePartitioning" in one),
    )
    person = Person(browser.new_page(locale="zh-CN"), "zh-CN", SCREENSHOTS, "reload")
    ask(opened(person, agency), MATERIALS["zh-CN"])
    person.page.reload()
    person.page.get_by_role("button", name=person.t("web.page.embed.label")).click()
    expect(frame_of(person).locator(".message--applicant")).to_contain_text(MATERIALS["zh-CN"])
    browser.close()


def test_answers_that_come_while_it_is_closed_are_counted(
    visitor: Callable[..., Person], agency: Agency
) -> None:
    person, officer = visitor("zh-CN"), visitor("zh-CN", login="officer3")
    frame = opened(person, agency)
    frame.locator("[data-chat-staff] button").click()
    expect(frame.locator("[data-chat][data-owner=queue]")).to_be_visible()
    frame.locator("[data-embed-close]").click()
    row = officer.page.locator(".case-row").filter(has_text=officer.t("web.page.channel.widget"))
    officer.page.goto("/staff?channel=widget")
    row = officer.page.locator(".case-row").last
    row.get_by_role("button").click()
    expect(officer.page.locator("#reply-text")).to_be_visible()
    is_live(officer)
    officer.page.fill("#reply-text", "您好，请讲。")
    officer.page.press("#reply-text", "Enter")
    expect(person.page.locator("yaozheng-chat .count")).to_have_text("2")
    person.page.get_by_role("button", name=person.t("web.page.embed.label")).click()
    expect(frame.locator(".message--officer")).to_contain_text("您好，请讲。")
    expect(person.page.locator("yaozheng-chat .count")).to_be_hidden()


def test_the_conversation_goes_along_to_the_services_own_site(
    visitor: Callable[..., Person], agency: Agency
) -> None:
    person = visitor("zh-CN")
    frame = opened(person, agency)
    ask(frame, MATERIALS["zh-CN"])
    with person.page.expect_popup() as came:
        frame.locator("[data-embed-whole]").click()
    own = came.value
    own.get_by_role("main").get_by_role("button", name=person.t("web.page.continue.button")).click()
    expect(own.locator(".message--applicant")).to_contain_text(MATERIALS["zh-CN"])


def test_it_stands_in_the_page_with_the_sites_colour_and_large_text(
    visitor: Callable[..., Person], agency: Agency
) -> None:
    agency.show(element='<yaozheng-chat mode="inline" accent="#7a1f1f" text="large"></yaozheng-chat>')
    person = visitor("zh-CN")
    person.page.goto(agency.url)
    frame = frame_of(person)
    expect(frame.locator("[data-chat][data-ready]")).to_be_attached()
    bar = frame.locator(".embed__bar").evaluate("one => getComputedStyle(one).backgroundColor")
    assert bar == "rgb(122, 31, 31)"
    assert frame.locator("body").evaluate("one => getComputedStyle(one).fontSize") == "22px"
    expect(frame.locator("[data-embed-close]")).to_have_count(0)
    person.shot("inline")


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_on_a_phone_it_fills_the_screen_without_violations(
    visitor: Callable[..., Person], agency: Agency, locale: str
) -> None:
    agency.show(lang=locale)
    person = visitor(locale, size=(390, 780))
    frame = opened(person, agency)
    ask(frame, MATERIALS[locale])
    person.shot("phone")
    box = person.page.locator("yaozheng-chat iframe").bounding_box()
    assert box is not None
    assert (round(box["width"]), round(box["height"])) == (390, 780)
    inner = next(one for one in person.page.frames if "/embed" in one.url)
    assert inner.evaluate("document.documentElement.scrollWidth <= innerWidth")
    person.page.goto(inner.url)
    expect(person.page.locator("[data-chat][data-ready]")).to_be_attached()
    found = Axe().run(person.page, options=RULES).response
    assert [one["id"] for one in found["violations"]] == []


def test_a_site_that_is_not_registered_gets_nothing_but_the_way_to_the_service(
    visitor: Callable[..., Person], agency: Agency, installation: Installation
) -> None:
    refused = visitor("zh-CN").page.request.get(f"{installation.base_url}/embed?origin=http://evil.test")
    assert refused.status == 404
    assert "frame-ancestors 'self' http://localhost" in refused.headers["content-security-policy"]
    assert "evil" not in refused.headers["content-security-policy"]


def test_messages_of_other_windows_are_not_heard(visitor: Callable[..., Person], agency: Agency) -> None:
    person = visitor("zh-CN")
    opened(person, agency)
    person.page.evaluate('postMessage({ source: "yaozheng", type: "close" }, "*")')
    person.page.wait_for_timeout(300)
    expect(person.page.locator("yaozheng-chat iframe")).to_be_visible()
