"""The desk of policies without scripts, and the command."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner

from core import database
from core.database.migrations import service as migrations
from knowledge_base.service import ingest
from tests.integration.web.plain_browser import PlainBrowser
from tests.integration.web.test_pages import hold_to_the_rules
from web.command_line.main import main

Browser = Callable[..., PlainBrowser]
DESK = "/staff/policies"
LAW = """# 某省药品召回办法

（2026年3月1日某省药品监督管理局公布 自2026年5月1日起施行）

第一条 为了管理药品召回，制定本办法。

第二条 持有人应当在2027年1月1日前建立召回制度。

第三条 本办法自2026年5月1日起施行。
"""


def stamped() -> None:
    """Let the database of the test count as one that migrations made."""
    command.stamp(migrations.configuration(database.current()), "head")


@pytest.fixture
def address(app: object, tmp_path: Path) -> str:
    """The page of a law that is held."""
    (tmp_path / "law.md").write_text(LAW, "utf-8")
    ingest([tmp_path / "law.md"])
    from core.identity import Actor, Role
    from knowledge_base.push.tagging import list_documents

    held = list_documents(Actor("e", Role.EDITOR), text="召回")
    return f"{DESK}/{held[0].document_id}"


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_pages_keep_the_rules_in_both_languages(browser: Browser, address: str, locale: str) -> None:
    editor = browser("editor1")
    for path in (DESK, address):
        hold_to_the_rules(editor.open(f"{path}?lang={locale}"), locale)
        assert editor.status == 200


@pytest.mark.parametrize("login", ["", "applicant1", "officer1", "auditor1"])
def test_others_find_no_desk(browser: Browser, address: str, login: str) -> None:
    stranger = browser(login)
    for path in (DESK, address):
        stranger.open(path)
        assert stranger.status == 404 or "sign-in" in stranger.path


def test_suggestions_are_ticked_and_confirmed_with_one_press(browser: Browser, address: str) -> None:
    editor = browser("editor1").open(address)
    assert editor.page.xpath("//input[@name='tag' and @value='topic/recall' and @checked]")
    editor.send(f"{address}/tags")
    assert "某省药品召回办法" in editor.open(f"{DESK}?tag=topic/recall").text
    assert "没有符合条件的文件" in editor.open(f"{DESK}?tag=topic/trials").text


def test_a_requirement_is_recorded_shown_and_withdrawn(browser: Browser, address: str) -> None:
    editor = browser("editor1").open(address)
    assert "2027年1月1日前建立召回制度" in editor.text
    typed = {"text_zh": "建立<b>召回</b>制度", "text_en": "Set up a recall system", "article": "2"}
    editor.send(f"{address}/requirements", **typed, due_on="2027-01-01")
    assert "建立<b>召回</b>制度" in editor.text
    action = editor.page.xpath("//form[contains(@action, '/withdrawal')]/@action")[0]
    editor.send(action)
    assert "尚未登记政策要求" in editor.text


def test_what_was_typed_is_shown_again_where_it_could_not_be_taken(browser: Browser, address: str) -> None:
    editor = browser("editor1").open(address)
    editor.send(f"{address}/requirements", text_zh="没有期限", text_en="No day")
    assert editor.status == 422
    assert editor.page.xpath("//textarea[@name='text_zh']")[0].text == "没有期限"


def test_the_command_shows_tags_and_keeps_an_editor_s_word(app: object, address: str) -> None:
    stamped()

    def run(*arguments: str) -> dict[str, object]:
        done = CliRunner(env={"YAOZHENG_LOCALE": "en"}).invoke(main, ["policies", *arguments, "--json"])
        assert done.exit_code == 0, done.output
        found: dict[str, object] = json.loads(done.stdout)
        return found

    law = "某省药品召回办法"
    shown = run("tag", law, "--confirm", "topic/recall", "--refuse", "topic/licensing", "--as", "editor1")
    assert shown["confirmed"] == ["topic/recall"]
    words = ["--zh", "建立制度", "--en", "Set it up", "--by", "2027-01-01"]
    assert len(run("require", law, *words, "--as", "editor1")["requirements"]) == 1  # type: ignore[arg-type]
    assert run("list", "--text", "召回")["documents"][0]["tags"] == ["topic/recall"]  # type: ignore[index]
    assert {"id": "topic/recall", "zh": "召回", "en": "Recalls"} in run("tags")["tags"]  # type: ignore[operator]
    tried = run("try", 'province == "沪"')
    assert 0 < tried["audience"] < tried["population"] == 20  # type: ignore[operator]
    broken = CliRunner(env={"YAOZHENG_LOCALE": "en"}).invoke(main, ["policies", "try", "provnce == 1"])
    assert broken.exit_code == 2
    assert "Line 1, character 1" in broken.stderr
    plain = CliRunner(env={"YAOZHENG_LOCALE": "en"}).invoke(main, ["policies", "show", law])
    assert "confirmed  topic/recall" in plain.stdout
    refused = CliRunner(env={"YAOZHENG_LOCALE": "en"}).invoke(
        main, ["policies", "tag", law, "--confirm", "topic/recall", "--as", "applicant1"]
    )
    assert refused.exit_code == 1


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_changed_laws_and_their_drafts_are_shown(
    browser: Browser, address: str, tmp_path: Path, locale: str
) -> None:
    newer = LAW.replace("2026年5月1日", "2026年8月1日").replace("召回制度", "召回与追溯制度")
    (tmp_path / "newer.md").write_text(newer, "utf-8")
    ingest([tmp_path / "newer.md"])
    editor = browser("editor1").open(f"{DESK}/changes?lang={locale}")
    hold_to_the_rules(editor, locale)
    change = editor.page.xpath("//h2[@class='case-row__title']/a/@href")[0]
    hold_to_the_rules(editor.open(f"{change}?lang={locale}"), locale)
    assert "与追溯" in editor.texts("//ins")[0]
    assert browser("applicant1").open(change).status == 404
