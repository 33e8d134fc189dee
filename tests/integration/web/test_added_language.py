"""A language is catalogues and nothing else: a made-up one in a folder of its own is served at once."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from core.settings import get_settings
from i18n.service import translate
from tests.crawling import CODE, spoken
from tests.integration.web.plain_browser import PlainBrowser
from tests.pseudo import TAG, stretched, write_language


@pytest.fixture
def added(app: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Somebody puts the catalogues of a language into a folder."""
    monkeypatch.setenv("YAOZHENG_LOCALES", str(write_language(tmp_path / "more")))
    get_settings.cache_clear()
    return TAG


def test_a_page_is_served_in_it_and_every_page_offers_it(
    added: str, browser: Callable[..., PlainBrowser]
) -> None:
    found = browser().open("/sign-in?lang=zh-CN")
    [link] = found.page.xpath(f"//a[@hreflang='{added}']/@href")
    page = found.open(link).page
    assert page.get("lang") == added
    assert page.xpath("//h1")[0].text == stretched(translate("web.page.sign_in", "en"))
    data = json.loads(page.xpath("//script[@id='page-data']")[0].text)
    assert data["strings"]["web.page.js.open"].startswith("[")


def test_its_pages_show_no_text_that_is_not_from_its_catalogues(
    added: str, browser: Callable[..., PlainBrowser]
) -> None:
    for path in ("/", "/sign-in", "/about", "/service-items", "/service-items/cosmetic_filing", "/verify"):
        page = browser().open(f"{path}?lang={added}").page
        own = [text for text, lang, is_data in spoken(page) if lang == added and not is_data]
        bare = [one for one in own if "[" not in one and any(c.isalpha() for c in one)]
        assert bare == [], path
        assert not any(CODE.search(one) for one in own)


def test_it_is_negotiated_and_named_in_the_document(added: str, browser: Callable[..., PlainBrowser]) -> None:
    found = browser()
    assert found.client.get("/api/v1/me", headers={"Accept-Language": "en-XA"}).json["locale"] == added
    made = found.client.post("/api/v1/conversations", json={"channel": "web", "locale": added})
    assert made.status_code == 201
