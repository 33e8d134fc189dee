"""Scripts and styles: kept by what they hold, sent small, asked for at once; the loader for other sites."""

import gzip
import re

import brotli
import pytest
from flask import Flask

from core.settings import get_settings
from web import assets

LIMIT_BYTES = 25_000


@pytest.fixture
def address(app: Flask) -> str:
    with app.test_request_context():
        return assets.asset("js/chat/page.js")


def test_a_file_is_kept_for_good_under_its_version_and_not_under_another(app: Flask, address: str) -> None:
    client = app.test_client()
    assert "immutable" in client.get(address).headers["Cache-Control"]
    other = re.sub(r"/assets/\w+/", "/assets/000000000000/", address)
    found = client.get(other)
    assert (found.status_code, found.headers["Cache-Control"]) == (200, "no-cache")
    assert client.get(address.replace("page.js", "nothing.js")).status_code == 404
    assert client.get("/assets/x/../../app.py").status_code == 404


def test_texts_are_compressed_as_the_browser_takes_it(app: Flask, address: str) -> None:
    client = app.test_client()
    plain = client.get(address).data
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    smallest = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert smallest.headers["Content-Encoding"] == "br"
    assert gzip.decompress(packed.data) == brotli.decompress(smallest.data) == plain
    assert b"// The chat of a page" not in plain
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_a_known_file_is_not_sent_again(app: Flask, address: str) -> None:
    client = app.test_client()
    tag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": tag, "Accept-Encoding": "br"})
    assert (again.status_code, again.data) == (304, b"")


def test_a_page_asks_for_one_script_and_one_sheet(app: Flask) -> None:
    text = app.test_client().get("/").text
    asked = re.findall(r'(?:href|src)="/assets/\w+/([^"]+\.(?:js|css))"', text)
    assert len(asked) == 2
    assert "js/chat/page.whole.js" in asked


@pytest.mark.parametrize("query", ["", "&text=large"])
def test_all_scripts_and_styles_of_the_embedded_chat_are_small(
    app: Flask, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setenv("YAOZHENG_EMBED_ORIGINS", "https://agency.example")
    get_settings.cache_clear()
    client = app.test_client()
    text = client.get(f"/embed?origin=https://agency.example{query}").text
    addresses = ["/widget.js", *re.findall(r'(?:href|src)="(/assets/[^"]+\.(?:js|css))"', text)]
    assert len(addresses) == 3
    sizes = [len(client.get(one, headers={"Accept-Encoding": "gzip"}).data) for one in addresses]
    assert 10_000 < sum(sizes) <= LIMIT_BYTES


def test_the_sheets_of_a_page_go_out_as_one(app: Flask) -> None:
    client = app.test_client()
    with app.test_request_context():
        together, alone = assets.sheets("tokens", "chat"), assets.asset("css/chat.css")
    found = client.get(together)
    assert found.mimetype == "text/css"
    assert client.get(alone).text in found.text
    again = client.get(together, headers={"If-None-Match": found.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "wanted", ["css/tokens+nothing.css", "css/tokens+../../../app.css", "js/chat/log+main.js"]
)
def test_sheets_that_are_not_there_are_not_found(app: Flask, wanted: str) -> None:
    assert app.test_client().get(f"/assets/x/{wanted}").status_code == 404


def test_the_loader_may_be_used_by_other_sites_and_knows_its_words(app: Flask) -> None:
    found = app.test_client().get("/widget.js")
    assert found.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "智能咨询" in found.text
    assert "__WORDS__" not in found.text


def test_only_readable_colours_and_allowed_origins_are_taken(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YAOZHENG_EMBED_ORIGINS", "https://agency.example")
    get_settings.cache_clear()
    client = app.test_client()
    page = client.get("/embed?origin=https://agency.example&accent=%237a1f1f&text=large")
    assert "--blue-700: #7a1f1f" in page.text
    assert "frame-ancestors 'self' https://agency.example" in page.headers["Content-Security-Policy"]
    pale = client.get("/embed?origin=https://agency.example&accent=%23ffff00")
    assert "--blue-700" not in pale.text
    for wrong in ("", "https://evil.example", "https://agency.example.evil.example"):
        assert client.get(f"/embed?origin={wrong}").status_code == 404
    hostile = client.get("/embed?origin=https://agency.example&accent=red;}</style><script>alert(1)")
    assert "alert(1)" not in hostile.text
