"""The desk of the register and its public page, used without JavaScript; the evidence pack; the command."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from core.identity.service import actor_named
from core.model_register import shelf
from core.settings import get_settings
from knowledge_base.answering import rules
from knowledge_base.purpose.service import MODEL
from knowledge_base.served import shipped, switching
from tests.chatting import Endpoint, chatting
from tests.integration.web.plain_browser import PlainBrowser
from web.command_line.main import main

Browser = Callable[..., PlainBrowser]
TYPED = {
    "kind": "endpoint",
    "id": "office-model",
    "version": "2026-11",
    "purpose": "rewriting",
    "data": "a service",
    "licence": "of the provider",
    "model": "m-1",
}


@pytest.fixture
def registered(app: Flask) -> None:
    shipped.register_shipped()


@pytest.fixture
def chat() -> Iterator[Endpoint]:
    with chatting() as found:
        found.says = "普通化妆品备案应当提交检验报告。"
        yield found


def proposed(page: PlainBrowser, url: str) -> str:
    page.open("/staff/models/new")
    page.send("/staff/models/new", **TYPED, base_url=url)
    assert page.path.startswith("/staff/models/model_"), page.text
    return page.path.rpartition("/")[2]


def test_one_person_proposes_another_releases(registered: None, browser: Browser, chat: Endpoint) -> None:
    editor, admin = browser("editor1"), browser("admin1")
    entry_id = proposed(editor, chat.url)
    own = f"/staff/models/{entry_id}"
    editor.send(f"{own}/evaluate")
    waiting = shelf.runs(actor_named("editor1"), entry_id=entry_id)[0]
    assert waiting.state == "waiting"
    assert switching.work(waiting.id).state == "passed"
    page = editor.open(own)
    assert "请由另一位编辑或者管理员发布" in page.text
    assert not page.page.xpath("//form[contains(@action, '/release')]")
    token = page.page.xpath("string(//input[@name='csrf_token']/@value)")
    assert editor.client.post(f"{own}/release", data={"csrf_token": token}).status_code == 409
    admin.open(own)
    admin.send(f"{own}/release")
    assert shelf.get_entry(actor_named("admin1"), entry_id).state == "released"
    admin.open(own)
    admin.send(f"{own}/retire", reason="withdrawn")
    assert "withdrawn" in admin.open(own).text


def test_what_is_missing_is_told_and_the_rest_is_kept(registered: None, browser: Browser) -> None:
    editor = browser("editor1")
    editor.open("/staff/models/new")
    page = editor.send("/staff/models/new", **{**TYPED, "version": " "}, base_url="https://a.example/v1")
    assert page.status == 422
    assert "版本" in page.page.xpath("string(//*[@role='alert'])")
    assert page.page.xpath("//input[@name='id']/@value") == ["office-model"]
    for folder in ("../..", "/etc", "", "gone"):
        page.open("/staff/models/new")
        page.send("/staff/models/new", **{**TYPED, "kind": "rasa", "folder": folder})
        assert page.status == 422


def test_auditors_read_and_others_find_nothing(registered: None, browser: Browser) -> None:
    entry_id = shelf.all_entries()[0].id
    auditor = browser("auditor1")
    assert auditor.open("/").page.xpath("//nav//a[@href='/staff/models']")
    assert auditor.open("/staff/models").status == 200
    page = auditor.open(f"/staff/models/{entry_id}")
    assert page.status == 200
    assert not page.page.xpath("//main//form")
    assert auditor.open("/staff/models/new").status == 404
    for login in ("applicant1", "officer1", "supervisor1"):
        for path in ("/staff/models", f"/staff/models/{entry_id}", "/staff/models/evidence.zip"):
            assert browser(login).open(path).status == 404
    assert browser().open("/staff/models").path == "/sign-in"


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh-CN", ("不决定什么", "谁负责", "不同意时怎么办", "语义检索模型")),
        ("en", ("What it does not decide", "Who is responsible", "How to object", "Purpose model")),
    ],
)
def test_everybody_reads_what_takes_part(
    registered: None, browser: Browser, lang: str, words: tuple[str, ...]
) -> None:
    page = browser().open(f"/about/models?lang={lang}")
    assert page.status == 200
    for word in words:
        assert word in page.text
    for entry in shelf.all_entries():
        assert entry.sha256 in page.text
    assert "MIT" in page.text
    assert "CC BY 4.0" in page.text


def test_the_evidence_pack_can_be_checked_and_the_public_one_names_nobody(
    registered: None, app: Flask, browser: Browser, chat: Endpoint
) -> None:
    editor = browser("editor1")
    entry_id = proposed(editor, chat.url)
    name = actor_named("editor1").display_name
    packs = {
        "public": app.test_client().get("/about/models/evidence.zip").data,
        "staff": editor.client.get("/staff/models/evidence.zip").data,
    }
    for kind, content in packs.items():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            held = {one: archive.read(one) for one in archive.namelist()}
        manifest = json.loads(held.pop("manifest.json"))
        assert {one: hashlib.sha256(held[one]).hexdigest() for one in held} == manifest["files"]
        assert held["rules/support.yml"] == (rules.FOLDER / "support.yml").read_bytes()
        entries = {one["kind"]: one for one in json.loads(held["register.json"])}
        assert set(entries) == {"encoder", "purpose", "thresholds", "ranking", "endpoint"}
        assert any("CC BY 4.0" in held[one].decode() for one in held if one.startswith("cards/encoder"))
        history = json.loads(held["history.json"])[entry_id]
        assert [one["step"] for one in history] == ["proposed"]
        assert (name in held["register.json"].decode()) is (kind == "staff")
        account = actor_named("editor1").account_id
        assert not any(account in one.decode(errors="replace") for one in held.values())


def run(*arguments: str) -> tuple[int, dict[str, object]]:
    done = CliRunner(env={"YAOZHENG_LOCALE": "en"}).invoke(main, ["models", *arguments, "--json"])
    return done.exit_code, json.loads(done.stdout or "{}")


def test_the_command_does_what_the_desk_does(
    registered: None, tmp_path: Path, chat: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.database.migrations.revision", lambda *_: "0021")
    card = {"id": "office-model", "version": "1", "purpose": "rewriting", "base_url": chat.url, "model": "m"}
    path = tmp_path / "card.json"
    path.write_text(json.dumps(card), "utf-8")
    assert run("register", "endpoint", "--card", str(path), "--as", "editor1")[0] == 2
    card["training_data"] = [{"name": "x", "licence": "y"}]  # type: ignore[assignment]
    path.write_text(json.dumps(card), "utf-8")
    code, made = run("register", "endpoint", "--card", str(path), "--as", "editor1")
    entry_id = made["model"]["id"]  # type: ignore[index]
    report = tmp_path / "report.md"
    report.write_text("# measured", "utf-8")
    assert (code, run("release", entry_id, "--as", "admin1")[0]) == (0, 1)
    code, trial = run("evaluate", entry_id, "--as", "editor1", "--report", str(report))
    assert (code, trial["state"]) == (0, "passed")
    assert run("release", entry_id, "--as", "editor1")[0] == 1
    assert run("release", entry_id, "--as", "admin1")[0] == 0
    shown = run("show", entry_id)[1]
    steps = [one["step"] for one in shown["history"]]  # type: ignore[attr-defined]
    assert steps == ["proposed", "report_attached", "evaluated", "released"]
    listed = run("list")[1]["models"]
    assert {one["kind"] for one in listed if one["is_serving"]} == {  # type: ignore[attr-defined]
        "encoder",
        "purpose",
        "thresholds",
        "ranking",
    }
    assert run("rollback", "thresholds", "--as", "admin1")[0] == 2
    assert run("evidence", str(tmp_path / "pack.zip"))[0] == 0
    with zipfile.ZipFile(tmp_path / "pack.zip") as archive:
        assert any(one.startswith(f"reports/{entry_id}/") for one in archive.namelist())
    assert run("retire", entry_id, "--reason", "over", "--as", "admin1")[0] == 0


def test_files_of_models_are_taken_from_the_folder_incoming(registered: None, browser: Browser) -> None:
    folder = get_settings().folder("incoming")
    (folder / "other.npz").write_bytes(MODEL.read_bytes() + b"0")
    editor = browser("editor1")
    editor.open("/staff/models/new")
    editor.send("/staff/models/new", **{**TYPED, "kind": "purpose", "folder": "other.npz"})
    entry_id = editor.path.rpartition("/")[2]
    assert shelf.get_entry(actor_named("editor1"), entry_id).kind == "purpose"
    (folder / "link").symlink_to("/etc")
    editor.open("/staff/models/new")
    assert editor.send("/staff/models/new", **{**TYPED, "kind": "encoder", "folder": "link"}).status == 422
