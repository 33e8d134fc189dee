"""The reference page, and its calls in a real shell against a real server."""

import json
import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from core.settings import get_settings
from tests.integration.web.conftest import error_of
from tests.integration.web.plain_browser import PlainBrowser
from tests.integration.web.systems import System, enterprise_of
from web.api.document import document, operations
from web.reference.curl import curl
from web.reference.describing import all_operations, tags

BASE = "https://assistant.example.cn/api/v1"
IDS = [operation["operationId"] for _, _, operation in operations(document())]
OPEN = ["serviceItems", "serviceItem", "guidance", "openData", "openConversation", "me", "openapi"]
BY_KEY = ["listFilings", "listCertificates", "listWebhooks"]


@pytest.fixture
def server(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    listening = make_server("127.0.0.1", 0, app, threaded=True)
    monkeypatch.setenv("YAOZHENG_PUBLIC_URL", f"http://127.0.0.1:{listening.server_port}")
    get_settings.cache_clear()
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_port}"
    listening.shutdown()
    listening.server_close()


def run(command: str, folder: Path, **variables: str) -> str:
    env = {**os.environ, "NO_PROXY": "*", **variables}
    done = subprocess.run(
        ["bash", "-euc", command], cwd=folder, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def shown(page: PlainBrowser) -> str:
    return str(page.page.xpath("string((//pre)[1])"))


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_the_index_leads_to_every_operation(browser: Callable[..., PlainBrowser], locale: str) -> None:
    page = browser().open(f"/api-reference?lang={locale}")
    links = {
        link.rsplit("/", 1)[-1] for link in page.page.xpath("//a/@href") if link.startswith("/api-reference/")
    }
    assert links == set(IDS)
    for name in tags(locale).values():
        assert name in page.text


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_operation_has_its_page(browser: Callable[..., PlainBrowser], locale: str) -> None:
    visitor, told = browser(), all_operations(BASE, locale)
    for name in IDS:
        page = visitor.open(f"/api-reference/{name}?lang={locale}")
        assert page.answer.status_code == 200, name
        assert told[name].summary in page.text
        assert shown(page).startswith("curl -sS")
        assert "{" not in told[name].path or "{" not in shown(page).split("?")[0]


def test_an_operation_that_is_not_there_is_absent(browser: Callable[..., PlainBrowser]) -> None:
    assert browser().open("/api-reference/nowhere").answer.status_code == 404


def test_examples_are_shown_in_the_readers_language(browser: Callable[..., PlainBrowser]) -> None:
    visitor = browser()
    assert "已提交" in visitor.open("/api-reference/listFilings?lang=zh-CN").text
    assert "Submitted" in visitor.open("/api-reference/listFilings?lang=en").text


def test_the_page_works_under_the_strict_policy(browser: Callable[..., PlainBrowser]) -> None:
    page = browser().open("/api-reference/postMessage")
    assert "'unsafe" not in page.answer.headers["Content-Security-Policy"]
    assert page.page.xpath("//*[@style] | //main//script") == []


@pytest.mark.parametrize("name", OPEN)
def test_a_call_without_a_key_works_as_it_stands(
    server: str, browser: Callable[..., PlainBrowser], tmp_path: Path, name: str
) -> None:
    found = json.loads(run(shown(browser().open(f"/api-reference/{name}?lang=en")), tmp_path))
    assert "error" not in found, found


@pytest.mark.parametrize("name", BY_KEY)
def test_a_call_with_a_key_works_as_it_stands(
    app: Flask, server: str, browser: Callable[..., PlainBrowser], tmp_path: Path, name: str
) -> None:
    system = System(app).authorised_by(enterprise_of("applicant1"))
    command = shown(browser().open(f"/api-reference/{name}?lang=zh-CN"))
    found = json.loads(run(command, tmp_path, API_KEY=system.secret))
    assert "error" not in found, found


def test_a_whole_talk_by_key_in_the_shell(app: Flask, server: str, tmp_path: Path) -> None:
    system = System(app, "questions:ask")
    told = all_operations(f"{server}/api/v1", "en")
    opened = json.loads(run(told["openConversation"].curl, tmp_path, API_KEY=system.secret))
    by_key = curl(f"{server}/api/v1", "/conversations", "post", {"security": [{"apiKey": []}]}, "en")
    mine = json.loads(run(f"{by_key} --json '{{}}'", tmp_path, API_KEY=system.secret))
    variables = {"API_KEY": system.secret, "CONVERSATION_ID": mine["conversation_id"]}
    sent = json.loads(run(told["postMessage"].curl, tmp_path, **variables))
    assert [one["role"] for one in sent["messages"]][:1] == ["applicant"]
    assert json.loads(run(told["readMessages"].curl, tmp_path, **variables))["messages"]
    other = {**variables, "CONVERSATION_ID": opened["conversation_id"]}
    assert (
        json.loads(run(told["readMessages"].curl, tmp_path, **other))["error"]["code"] == "core.not_available"
    )


def test_a_body_with_quotes_stays_one_argument_of_the_shell(tmp_path: Path) -> None:
    operation = {
        "security": [],
        "requestBody": {"content": {"application/json": {"example": {"text": 'it\'s $HOME `x` "y"'}}}},
    }
    command = curl(BASE, "/x", "post", operation, "en").replace("curl -sS", "printf '%s|'")
    assert json.loads(run(command, tmp_path).split("|")[-2]) == {"text": 'it\'s $HOME `x` "y"'}


def test_the_examples_of_requests_are_taken_by_the_product(app: Flask) -> None:
    system = System(app)
    for name in ("openConversation", "guidance", "registerWebhook"):
        path, operation = next(
            (path, one) for path, _, one in operations(document()) if one["operationId"] == name
        )
        example = operation["requestBody"]["content"]["application/json"]["example"]
        answer = system.post(path.replace("{code}", "cosmetic_filing"), json=example)
        assert str(answer.status_code) in operation["responses"], name
        assert answer.status_code < 300, answer.text


def test_the_errors_that_are_told_are_those_that_come(app: Flask) -> None:
    system = System(app, "open_data:read")
    told = document()["components"]["responses"]
    for path, status, name in (
        ("/filings?lang=en", 403, "Forbidden"),
        ("/service-items/none?lang=en", 403, "Forbidden"),
    ):
        answer = system.get(path)
        example = told[name]["content"]["application/json"]["examples"]["en"]["value"]["error"]
        assert (answer.status_code, error_of(answer)["code"]) == (status, example["code"])
    assert re.fullmatch(r"req_[0-9a-f]{32}", example["request_id"])
