"""The commands as people run them: a process of its own, its output, its exit code."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from core.settings import REPOSITORY
from web.command_line.main import COMMANDS, main

LAW = """# 某某药品检查办法

（2024年3月1日国家药品监督管理局令第99号公布 自2024年5月1日起施行）

第一条 为了规范药品检查行为，制定本办法。

第二条 药品检查人员应当持有检查员证件，并出示证件。

第三条 本办法自2024年5月1日起施行。
"""


class Terminal:
    """Someone at a terminal."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *arguments: str, locale: str = "zh_CN.UTF-8") -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "YAOZHENG_HOME": str(self.home), "LC_ALL": locale, "LANG": locale}
        env.pop("YAOZHENG_LOCALE", None)
        code = "from web.command_line.main import main; main()"
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, timeout=280)

    def json(self, *arguments: str) -> dict[str, Any]:
        done = self.run(*arguments, "--json")
        assert done.stdout.count("\n") == 1, done.stdout + done.stderr
        body: dict[str, Any] = json.loads(done.stdout)
        return body


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """An installation that nobody has set up: the first command makes what it needs."""
    return Terminal(tmp_path_factory.mktemp("terminal") / "home")


@pytest.fixture(scope="module")
def ingested(terminal: Terminal, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "某某药品检查办法.md").write_text(LAW, encoding="utf-8")
    (folder / "broken.pdf").write_bytes(b"\x00\x01\x02")
    return terminal.json("ingest", str(folder))


def test_ingesting_names_the_broken_document_and_takes_the_others(ingested: dict[str, Any]) -> None:
    assert (ingested["added"], ingested["refused"]) == (1, 1)
    refused = [file for file in ingested["files"] if file["outcome"] == "refused"]
    assert [Path(file["name"]).name for file in refused] == ["broken.pdf"]
    assert refused[0]["message"]
    assert ingested["snapshot"]


def test_a_question_is_answered_from_what_was_ingested_with_the_exact_words(
    terminal: Terminal, ingested: dict[str, Any]
) -> None:
    answer = terminal.json("ask", "药品检查人员检查时应当出示什么证件？")
    quotes = [citation["quote"] for citation in answer["citations"] if "检查办法" in citation["title"]]
    assert quotes, answer["text"]
    assert all(quote and quote in LAW for quote in quotes)


def test_people_see_the_answer_its_provision_and_that_an_ai_assists(
    terminal: Terminal, ingested: dict[str, Any]
) -> None:
    shown = terminal.run("ask", "药品检查人员检查时应当出示什么证件？").stdout
    assert "[1] 《" in shown
    assert "人工智能辅助" in shown


def test_a_file_of_questions_is_answered_line_by_line(
    terminal: Terminal, ingested: dict[str, Any], tmp_path: Path
) -> None:
    questions = [
        {"id": "a", "text": "药品检查人员检查时应当出示什么证件？", "lang": "zh"},
        {"id": "b", "text": "What must a Class II device registration contain?", "lang": "en"},
        {"id": "c", "text": "🙂", "lang": "zh"},
    ]
    source, out = tmp_path / "in.jsonl", tmp_path / "deep" / "out.jsonl"
    source.write_text("\n".join(json.dumps(question) for question in questions), encoding="utf-8")
    report = terminal.json("ask", "--batch", str(source), "--out", str(out))
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert report["questions"] == 3
    assert [row["id"] for row in rows] == ["a", "b", "c"]
    assert all({"status", "text", "citations", "retrieved", "latency_ms"} <= row.keys() for row in rows)
    assert all(len(row["retrieved"]) <= 10 for row in rows)
    assert rows[2]["status"] == "unanswerable_not_text"


def test_a_broken_line_is_named_and_no_half_file_is_left(
    terminal: Terminal, ingested: dict[str, Any], tmp_path: Path
) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text('{"id": "a", "text": "x", "lang": "zh"}\n{"id": ', encoding="utf-8")
    done = terminal.run("ask", "--batch", str(source), "--out", str(out), locale="en_GB.UTF-8")
    assert done.returncode == 2
    assert "Line 2" in done.stderr
    assert list(tmp_path.iterdir()) == [source]


def test_indexes_are_listed_and_verified(terminal: Terminal, ingested: dict[str, Any]) -> None:
    found = terminal.json("index", "list")["snapshots"]
    assert sum(snapshot["is_current"] for snapshot in found) == 1
    assert terminal.json("index", "verify")["snapshot_id"] == ingested["snapshot"]


def test_a_damaged_index_is_told_and_ends_with_its_own_code(
    terminal: Terminal, ingested: dict[str, Any]
) -> None:
    folder = terminal.home / "knowledge" / "snapshots" / ingested["snapshot"]
    victim = max((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    whole = victim.read_bytes()
    try:
        victim.write_bytes(whole[: len(whole) // 2])
        done = terminal.run("index", "verify")
    finally:
        victim.write_bytes(whole)
    assert done.returncode == 3
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "x", "--batch", "pyproject.toml"),
        ("ask", "x", "--as-of", "yesterday"),
        ("ask", "--batch", "no-such-file", "--out", "x"),
        ("ingest",),
        ("ingest", "no-such-file"),
        ("restore", "no-such-file"),
        ("no-such-command",),
        ("index", "no-such-command"),
    ],
)
def test_wrong_usage_ends_with_two_and_says_why(home: Path, arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == 2
    assert done.stderr.strip()


@pytest.mark.parametrize(("locale", "word"), [("zh_CN.UTF-8", "备份"), ("en_US.UTF-8", "Back up")])
def test_the_help_lists_every_command_in_the_language_of_the_terminal(
    terminal: Terminal, locale: str, word: str
) -> None:
    shown = terminal.run("--help", locale=locale).stdout
    assert word in shown
    assert all(f"  {name} " in shown for name in COMMANDS)


@pytest.mark.parametrize("name", ["ask", "ingest", "index", "audit", "backup", "restore"])
def test_every_command_offers_help(home: Path, name: str) -> None:
    assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0


def test_the_help_loads_nothing_heavy(terminal: Terminal) -> None:
    code = (
        "import sys; from web.command_line import main; "
        "print([n for n in ('torch','faiss','numpy','flask','sqlalchemy','celery') if n in sys.modules])"
    )
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("arguments", [("audit", "verify"), ("backup",), ("index", "list")])
def test_without_an_installation_commands_say_so(home: Path, arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == 1
    assert "yaozheng up" in done.stderr


def test_two_versions_of_a_law_are_compared(terminal: Terminal, tmp_path: Path) -> None:
    older = LAW.replace("出示证件", "佩戴证件").replace("2024年", "2020年")
    (tmp_path / "某某药品检查办法(2020-03-01).md").write_text(older, encoding="utf-8")
    (tmp_path / "某某药品检查办法(2024-03-01).md").write_text(LAW, encoding="utf-8")
    terminal.run("ingest", str(tmp_path), "--no-index")
    told = terminal.run("diff", "《某某药品检查办法》")
    assert told.returncode == 0, told.stderr
    assert "第二条  修改" in told.stdout
    found = terminal.json("diff", "某某药品检查办法")
    assert [a["kind"] for a in found["articles"]] == ["changed", "changed"]
    missing = terminal.run("diff", "没有的办法", locale="en_US.UTF-8")
    assert missing.returncode != 0
    assert "No text named 没有的办法" in missing.stderr
