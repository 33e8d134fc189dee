"""Pages that everyone may open: languages, text size, signing in, refusals."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from core.blocks import BLOCK_TYPES
from core.settings import REPOSITORY
from i18n.service import language, translate
from tests.integration.web.conftest import PASSWORDS
from tests.integration.web.plain_browser import PlainBrowser

PUBLIC = [
    "/",
    "/sign-in",
    "/about",
    "/service-items",
    "/service-item-catalogue",
    "/service-items/cosmetic_filing",
    "/service-items/drug_change",
]
OF_APPLICANTS = ["/filings", "/service-items/cosmetic_filing/start"]
OF_OFFICERS = [
    "/staff",
    "/staff?state=closed",
    "/staff?state=claimed",
    "/staff?q=%E9%9D%A2%E9%9C%9C&reason=asked_for&domain=cosmetic&channel=web&mine=1&page=2",
    "/staff/replies",
    "/staff/held",
]
LOCALES = ["zh-CN", "en"]
CODE = re.compile(r"\b(web|forms|core|handoff)\.[a-z_]+\.[a-z_.]+")


def hold_to_the_rules(found: PlainBrowser, locale: str) -> None:
    """What every page owes: its language, one heading, the caution, no code for a text, nothing inline."""
    assert found.page.get("lang") == language(locale).html
    assert len(found.page.xpath("//h1")) == 1
    assert translate("web.page.caution", locale) in found.text
    assert translate("web.page.sandbox", locale) in found.text
    assert not CODE.search(found.text), CODE.search(found.text)
    assert not found.page.xpath("//*[@style] | //*[@onclick] | //style | //script[not(@src) and not(@type)]")
    ids = found.page.xpath("//@id")
    assert len(ids) == len(set(ids)), sorted(one for one in ids if ids.count(one) > 1)
    for label in found.page.xpath("//label[@for]"):
        assert label.get("for") in ids


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_keeps_the_rules_in_both_languages(
    browser: Callable[..., PlainBrowser], path: str, locale: str
) -> None:
    found = browser().open(f"{path}?lang={locale}")
    assert found.status == 200
    hold_to_the_rules(found, locale)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", OF_APPLICANTS)
def test_an_applicants_page_keeps_the_rules_in_both_languages(
    browser: Callable[..., PlainBrowser], path: str, locale: str
) -> None:
    found = browser("applicant1").open(f"{path}?lang={locale}")
    assert found.status == 200
    hold_to_the_rules(found, locale)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("path", OF_OFFICERS)
def test_an_officers_page_keeps_the_rules_in_both_languages(
    browser: Callable[..., PlainBrowser], path: str, locale: str
) -> None:
    found = browser("officer1").open(f"{path}{'&' if '?' in path else '?'}lang={locale}")
    assert found.status == 200
    hold_to_the_rules(found, locale)


def test_the_other_language_is_one_link_away_and_is_kept(browser: Callable[..., PlainBrowser]) -> None:
    found = browser().open("/service-items/cosmetic_filing?lang=zh-CN")
    [link] = found.page.xpath("//a[@hreflang='en']/@href")
    assert link == "/service-items/cosmetic_filing?lang=en"
    assert found.open(link).page.get("lang") == "en"
    assert found.open("/about").page.get("lang") == "en"


def test_larger_text_is_kept(browser: Callable[..., PlainBrowser]) -> None:
    found = browser().open("/about")
    [link] = found.page.xpath("//a[contains(@href, 'text=large')]/@href")
    assert "large" not in (found.page.get("class") or "")
    assert found.open(link).page.get("class") == "large"
    assert found.path == "/about"


def test_a_wrong_password_is_told_and_opens_no_session(browser: Callable[..., PlainBrowser]) -> None:
    found = browser().sign_in("applicant1", "not the password")
    assert found.status == 422
    assert translate("core.sign_in_failed", "zh-CN") in found.text
    assert found.page.xpath("//input[@name='login']/@value") == ["applicant1"]
    assert not found.page.xpath("//input[@name='password']/@value")
    assert found.open("/filings").path == "/sign-in"


def test_signing_in_leads_to_where_one_wanted_to_go(browser: Callable[..., PlainBrowser]) -> None:
    found = browser().open("/filings")
    assert found.path == "/sign-in"
    found.send("/sign-in", login="applicant1", password=PASSWORDS["applicant1"])
    assert found.path == "/filings"


@pytest.mark.parametrize(
    "target", ["https://evil.example/x", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(browser: Callable[..., PlainBrowser], target: str) -> None:
    found = browser()
    answer = found.client.post(
        "/sign-in", data={"login": "applicant1", "password": PASSWORDS["applicant1"], "next": target}
    )
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"


def test_officers_go_to_the_console(browser: Callable[..., PlainBrowser]) -> None:
    assert browser("officer1").path == "/staff"


def test_signing_out_ends_the_session(browser: Callable[..., PlainBrowser]) -> None:
    found = browser("applicant1").open("/")
    found.send("/sign-out")
    assert found.path == "/"
    assert found.open("/filings").path == "/sign-in"


@pytest.mark.parametrize(
    "path",
    ["/staff", "/staff/queue", "/staff/cases/case_x", "/staff/cases.csv", "/staff/replies", "/staff/held"],
)
def test_the_console_does_not_exist_for_applicants(browser: Callable[..., PlainBrowser], path: str) -> None:
    found = browser("applicant1").open(path)
    assert found.status == 404
    assert translate("core.not_available", "zh-CN") in found.text


@pytest.mark.parametrize("locale", LOCALES)
def test_an_unknown_page_says_so_in_the_persons_language(
    browser: Callable[..., PlainBrowser], locale: str
) -> None:
    found = browser().open("/no-such-page", headers={"Accept-Language": locale})
    assert found.status == 404
    assert translate("web.page.error.404", locale) in found.text
    hold_to_the_rules(found, locale)


def test_a_form_from_another_site_is_refused(browser: Callable[..., PlainBrowser]) -> None:
    found = browser("applicant1")
    answer = found.client.post("/sign-out", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert found.open("/filings").status == 200


def test_a_form_without_the_sessions_token_is_refused(browser: Callable[..., PlainBrowser]) -> None:
    found = browser("applicant1")
    assert found.client.post("/filings/any/check", data={}).status_code == 403


def test_the_page_gives_its_script_every_text_it_asks_for(browser: Callable[..., PlainBrowser]) -> None:
    for locale in LOCALES:
        found = browser().open(f"/?lang={locale}")
        data = json.loads(found.page.xpath("//script[@id='page-data']")[0].text)
        wanted = {
            code for path in scripts() for code in re.findall(r"\bt\(\"([a-z_0-9.]+)\"", path.read_text())
        }
        assert len(wanted) > 30
        assert {f"web.page.js.{code}" for code in wanted} <= set(data["strings"])
        assert data["locale"] == locale


def scripts() -> list[Path]:
    return sorted((REPOSITORY / "web" / "static" / "js").rglob("*.js"))


def test_script_and_template_render_the_same_closed_set_of_blocks() -> None:
    script = (REPOSITORY / "web/static/js/chat/blocks.js").read_text()
    table = script[script.index("const RENDERERS") : script.index("};", script.index("const RENDERERS"))]
    in_script = set(re.findall(r"^  (\w+)(?::|,)", table, re.MULTILINE))
    template = (REPOSITORY / "web/templates/macros/blocks.html").read_text()
    in_template = set(re.findall(r"block\.type == '(\w+)'", template))
    assert in_script == in_template == set(BLOCK_TYPES)


def test_no_script_writes_markup() -> None:
    for path in scripts():
        found = re.search(
            r"innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(", path.read_text()
        )
        assert found is None, f"{path.name}: {found}"
