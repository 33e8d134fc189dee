"""The main pages in a language that is longer by two fifths, at three widths: nothing is cut off, overlaps or
scrolls sideways, and every text comes from the catalogues.

The pages are served by this process: no Rasa is needed for them.
"""

import re
import shutil
import threading
from collections.abc import Iterator

import pytest
from lxml import html
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from core import database
from core.database.model_modules import load_models
from forms.sandbox.seed import seed_sandbox
from tests.crawling import spoken
from tests.e2e import hostile
from tests.e2e.conftest import SCREENSHOTS
from tests.pseudo import TAG, write_language
from web.app import create_app
from web.supervisor.ports import free_ports

pytestmark = pytest.mark.browser
WIDTHS = (320, 768, 1280)
PASSWORDS = {name: f"secret-of-{name}" for name in ("officer1", "supervisor1", "admin1", "editor1")}
PAGES = {
    "": (
        "/",
        "/sign-in",
        "/about",
        "/service-items",
        "/service-items/cosmetic_filing",
        "/continue",
        "/verify",
    ),
    "applicant": ("/", "/filings", "/filings/{draft}", "/certificates", "/conversations"),
    "officer1": ("/staff", "/staff/cases/{claimed}", "/staff/filings", "/staff/officers"),
    "supervisor1": ("/staff/dashboard", "/staff/tasks", "/staff/replies"),
    "admin1": ("/staff/knowledge", "/staff/knowledge/{entry}", "/staff/knowledge/candidates"),
}
# Names of service items and form fields, which are content, of provinces and of languages.
CONTENT = {"/staff/dashboard", "/filings/{draft}", "/staff/cases/{claimed}", "/staff/replies"}
WRITTEN = re.compile(r"[A-Z][a-z]{2} \d{1,2}, \d{4}|[A-Z]{2}\d{8}-\d{4}")  # days by Babel, numbers of cases
# Buttons, labels and links whose text is wider than they are, or that lie over one another.
CRAMPED = """() => {
    const words = 'button, .button, label, .tag, .nav__link, .tool, summary, th, h1, h2';
    const seen = [...document.querySelectorAll(words)].filter(one =>
        one.checkVisibility() && one.getClientRects().length && !one.closest('.visually-hidden, .skip-link'));
    const named = one => `${one.tagName.toLowerCase()} ${one.textContent.trim().slice(0, 40)}`;
    const cut = seen.filter(one => {
        const style = getComputedStyle(one);
        return style.overflow !== 'visible' && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 1;
    }).map(one => `cut off: ${named(one)}`);
    const out = seen.filter(one => !one.closest('.table-scroll, .nav, .tabs, [role=log]')
        && one.getBoundingClientRect().right > innerWidth + 1).map(one => `out of the window: ${named(one)}`);
    const boxes = seen.filter(one => one.matches('button, .button, .nav__link, .tool'))
        .map(one => [one, one.getBoundingClientRect()]);
    const over = [];
    for (const [one, a] of boxes) for (const [other, b] of boxes) {
        const isUnder = !one.closest('[role=log]') !== !other.closest('[role=log]'); // scrolled away beneath
        if (isUnder || one === other || one.contains(other) || other.contains(one)
            || one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_PRECEDING) continue;
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > 2 && high > 2) over.push(`over one another: ${named(one)} | ${named(other)}`);
    }
    const whole = document.documentElement.scrollWidth;
    const aside = whole > innerWidth ? [`${whole} wide`] : [];
    return [...cut, ...out, ...over, ...aside];
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, hostile.Desk]]:
    """An installation with the pseudo-language and with work in it."""
    folder = tmp_path_factory.mktemp("pseudo")
    [port] = free_ports(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YAOZHENG_LOCALES", str(write_language(folder / "more")))
        patch.setenv("YAOZHENG_RATE_LIMIT_FACTOR", "50")
        patch.setenv("YAOZHENG_PUBLIC_URL", f"http://127.0.0.1:{port}")
        patch.setattr(hostile, "ENDLESS", "有限公司")
        for name in ("TEXT", "NAME", "MARKUP"):
            patch.setattr(hostile, name, "这是张三写的话")
        with hostile.inside(folder / "home"):
            load_models()
            database.Base.metadata.create_all(database.current().engine)
            seed_sandbox(enterprises=20, passwords=PASSWORDS)
            desk = hostile.build()
            server = make_server("127.0.0.1", port, create_app(), threaded=True)
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            yield f"http://127.0.0.1:{port}", desk
            server.shutdown()
            thread.join()
    shutil.rmtree(folder, ignore_errors=True)


def sign_in(page: Page, login: str, password: str) -> None:
    page.goto("/sign-in")
    page.fill("#login", login)
    page.fill("#password", password)
    page.locator("main form button").click()
    page.wait_for_load_state()


def bare(page: Page) -> list[str]:
    """Return the texts in the page's own language that stand without brackets."""
    found = spoken(html.fromstring(page.content()))
    own = (text for text, lang, is_data in found if lang == TAG and not is_data)
    told = (WRITTEN.sub("", one) for one in own)
    return [one for one in told if one.isascii() and "[" not in one and any(sign.isalpha() for sign in one)]


@pytest.mark.parametrize("role", PAGES)
def test_longer_words_fit_and_all_come_from_the_catalogues(
    chromium: Browser, served: tuple[str, hostile.Desk], role: str
) -> None:
    base_url, desk = served
    login = desk.login if role == "applicant" else role
    context = chromium.new_context(base_url=base_url, locale="en-US", reduced_motion="reduce")
    context.add_cookies([{"name": "yaozheng_locale", "value": TAG, "url": base_url}])
    page, wrong = context.new_page(), {}
    if login:
        sign_in(page, login, hostile.PASSWORD if role == "applicant" else PASSWORDS[login])
    for path in PAGES[role]:
        page.goto(path.format(**desk.ids))
        assert page.locator("html").get_attribute("lang") == TAG
        if path not in CONTENT and (found := bare(page)):
            wrong[path] = found
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            if found := page.evaluate(CRAMPED):
                wrong[f"{path} at {width}"] = found
                SCREENSHOTS.mkdir(parents=True, exist_ok=True)
                name = f"pseudo-{role}-{path.strip('/').replace('/', '-')[:30]}-{width}.png"
                page.screenshot(path=str(SCREENSHOTS / name), full_page=True)
    context.close()
    assert wrong == {}
