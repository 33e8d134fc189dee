"""Every page for every role in every language: no word of another language, no code for a text.

The pages are those of the application's own map: one that nobody visits fails the test. What people and
registers wrote stands in the pages too, and is marked as theirs.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from core.settings import get_settings
from i18n.service import language
from tests.crawling import CODE, faults, spoken
from tests.e2e import hostile
from tests.e2e.hostile import Desk
from tests.integration.web.conftest import PASSWORDS
from tests.integration.web.plain_browser import PlainBrowser

WRITTEN = "这是张三写的话"
PUBLIC = (
    "/",
    "/about",
    "/about/models",
    "/continue",
    "/open-data",
    "/privacy",
    "/service-item-catalogue",
    "/service-items",
    "/service-items/{item}",
    "/sign-in",
    "/verify?filing_no=1&code=2",
    "/embed?origin={own}",
    "/no-such-page",
)
PAGES = {
    "": PUBLIC,
    "applicant": (
        "/",
        "/account",
        "/account/agents",
        "/bundles/{bundle}",
        "/certificates",
        "/conversations",
        "/conversations/{talk}",
        "/conversations/{answer_talk}/reasons/{answer_seq}",
        "/notices",
        "/notices/{notice}",
        "/my-data",
        "/my-data/erasure",
        "/notices/preferences",
        "/filings",
        "/filings/{draft}",
        "/filings/{handed_in}",
        "/service-items/{item}/start",
        "/service-items/{item}/start?enterprise_id={enterprise}&a.operation=initial",
    ),
    "officer1": (
        "/account",
        "/account/second-step",
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
        "/staff",
        "/staff/dashboard",
        "/staff/held",
        "/staff/replies?edit={canned}",
        "/staff/tasks",
        "/staff/tasks/{rating}",
        "/staff/tasks/{feedback}",
    ),
    "editor1": ("/staff/knowledge", "/staff/knowledge/new", "/staff/knowledge/{entry}/edit", "/staff/tasks"),
    "admin1": (
        "/staff/accounts",
        "/staff/keys",
        "/staff/webhooks",
        "/staff/knowledge/regression",
        "/staff/knowledge/{entry}",
        "/staff/knowledge/candidates",
        "/staff/knowledge/candidates/{candidate}",
        "/staff/dashboard",
        "/staff/knowledge/recall",
        "/staff/policies",
        "/staff/policies/{policy}",
        "/staff/policies/changes",
        "/staff/policies/changes/{policy}",
        "/staff/pushes",
        "/staff/pushes/new",
        "/staff/pushes/{push}",
        "/staff/pushes/{push}/edit",
        "/staff/models",
        "/staff/models/new",
        "/staff/models/{model}",
    ),
    "auditor1": (
        "/",
        "/staff/dashboard",
        "/staff/audit",
        "/staff/audit?action=answer.given",
        "/staff/audit/events/{event}",
        "/staff/audit/answers/{answer}",
        "/staff/models",
        "/staff/models/{model}",
    ),
}


NOT_PAGES = (
    ".csv",
    ".json",
    ".svg",
    ".txt",
    ".zip",
    "/widget.js",
    "/healthz",
    "/readyz",
    "/preferences",
    "/staff/queue",
)
PARTS = {
    "/chat/reasons/<int:seq>",  # as in the history of conversations
    "/assets/<wanted>/<path:filename>",
    "/filings/<filing_id>/form",
    "/api-reference",  # for programmers: names of fields, paths and headers in either language
    "/api-reference/<operation_id>",
    "/sign-in/platform",  # leads to the platform; its page is the sign-in page
    "/sign-in/platform/return",
    "/staff/keys/<key_id>",  # the lists beside them hold the same words
    "/staff/webhooks/<webhook_id>",
}
NOT_FOUND = ("/no-such-page", "/verify?filing_no=1&code=2")


@pytest.fixture
def desk(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Cases, filings, entries and candidates in every state, with what Chinese people write in them."""
    for name in ("TEXT", "NAME", "MARKUP"):
        monkeypatch.setattr(hostile, name, WRITTEN)
    monkeypatch.setattr(hostile, "ENDLESS", "有限公司")
    made = hostile.build()
    monkeypatch.setitem(PASSWORDS, made.login, hostile.PASSWORD)
    own = get_settings().public_url
    made.ids |= {"item": "cosmetic_filing", "bundle": "open_pharmacy", "own": own}
    return made


def visited(desk: Desk, browser: Callable[..., PlainBrowser], locale: str) -> Iterator[tuple[str, Any]]:
    """Yield every page in a language."""
    for role, paths in PAGES.items():
        person = browser(desk.login if role == "applicant" else role)
        for path in paths:
            given = path.format(**desk.ids)
            person.open(f"{given}{'&' if '?' in given else '?'}lang={locale}")
            assert person.status == (404 if path in NOT_FOUND else 200), path
            assert person.page.get("lang") == language(locale).html
            yield f"{role} {path}", person.page
        if role == "applicant":
            person.open(f"/filings/{desk.ids['draft']}").send(f"/filings/{desk.ids['draft']}/check")
            yield "what is missing", person.page


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_no_page_holds_words_of_another_language(
    desk: Desk, browser: Callable[..., PlainBrowser], locale: str
) -> None:
    pages = visited(desk, browser, locale)
    found = {name: wrong for name, page in pages if (wrong := faults(page, language(locale).html))}
    assert found == {}


def test_pages_in_traditional_characters_show_no_code_and_mark_content_as_simplified(
    desk: Desk, browser: Callable[..., PlainBrowser]
) -> None:
    for name, page in visited(desk, browser, "zh-Hant"):
        assert [text for text, _, _ in spoken(page) if CODE.search(text)] == [], name
    page = browser().open("/service-items/cosmetic_filing?lang=zh-Hant").page
    assert page.xpath("//h1[@lang='zh-Hans']")
    assert page.xpath("//*[@lang='zh-Hans']//blockquote | //*[@lang='zh-Hans']//table")


def test_every_page_of_the_application_is_visited(app: Flask, desk: Desk) -> None:
    adapter = app.url_map.bind("localhost")
    paths = [path.format(**desk.ids).split("?")[0] for own in PAGES.values() for path in own]
    seen = {adapter.match(path, return_rule=True)[0].rule for path in paths if path != "/no-such-page"}
    pages = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.rule.startswith("/api/")
        and not rule.rule.endswith(NOT_PAGES)
    }
    assert pages - seen - PARTS == set()
