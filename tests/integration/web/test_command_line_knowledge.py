"""``yaozheng knowledge``: an entry from a file to an answer and out again, and what is refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from core import database
from core.database import transaction
from core.database.migrations import upgrade
from core.identity import Role
from core.identity.service import create_account
from web.command_line.main import main

LAW = """# 某省药品展会管理办法

（2024年3月1日某省药品监督管理局公布 自2024年5月1日起施行）

第一条 为了管理药品展会，制定本办法。

第二条 展会主办者应当在开展三十日前向省药品监督管理局报告。

第三条 本办法自2024年5月1日起施行。
"""
ENTRY = """
id: fair-report
question: {zh: 办药品展会要提前报告吗, en: Must an organiser report a drug fair?}
answer: {zh: 要，开展三十日前报告。, en: "Yes, thirty days before it opens."}
similar: {zh: [开药交会要跟药监局打招呼吗], en: [telling the authority about a drug fair]}
basis: [某省药品展会管理办法#2]
topic: fairs
"""


def run(*arguments: str, locale: str = "zh-CN") -> Result:
    return CliRunner(env={"YAOZHENG_LOCALE": locale}).invoke(main, list(arguments))


def data(*arguments: str) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    body: dict[str, Any] = json.loads(done.stdout)
    return body


@pytest.fixture
def installation(home: Path, tmp_path: Path) -> Iterator[Path]:
    """A database with two editors and an officer, one law, the shipped knowledge, an index."""
    upgrade()
    with transaction() as session:
        for login, role in (("one", Role.EDITOR), ("two", Role.EDITOR), ("desk", Role.OFFICER)):
            create_account(session, login=login, password="secret", role=role, display_name=login)
    folder = tmp_path / "laws"
    folder.mkdir()
    (folder / "某省药品展会管理办法.md").write_text(LAW, "utf-8")
    data("ingest", str(folder))
    (tmp_path / "entry.yml").write_text(ENTRY, "utf-8")
    yield tmp_path
    database.reset()


def keys(state: str) -> list[str]:
    return [one["key"] for one in data("knowledge", "list", "--state", state)["entries"]]


def test_an_entry_is_written_approved_by_another_released_and_retired(installation: Path) -> None:
    file = str(installation / "entry.yml")
    assert data("knowledge", "draft", file, "--as", "desk") == {"entries": ["fair-report"]}
    data("knowledge", "submit", "fair-report", "--as", "desk")
    refused = run("knowledge", "review", "fair-report", "--as", "desk")
    assert refused.exit_code != 0
    data("knowledge", "review", "fair-report", "--send-back", "请写清期限", "--as", "one")
    assert "请写清期限" in run("knowledge", "show", "fair-report").output
    assert data("knowledge", "draft", file, "--as", "one") == {"entries": ["fair-report"]}
    data("knowledge", "submit", "fair-report", "--as", "one")
    own = run("knowledge", "review", "fair-report", "--as", "one", locale="en")
    assert own.exit_code != 0
    assert "person" in own.output
    data("knowledge", "review", "fair-report", "--as", "two")
    done = data("knowledge", "release", "fair-report", "--as", "two")
    assert done["released"]
    assert done["run"]["questions"] > 1000
    answer = data("ask", "开药交会要跟药监局打招呼吗")
    assert "开展三十日前报告" in answer["text"]
    assert any("展会管理办法" in one["title"] for one in answer["citations"])
    assert keys("released") == ["fair-report"]
    data("knowledge", "retire", "fair-report", "--reason", "办法已改", "--as", "one")
    assert (keys("released"), keys("retired")) == ([], ["fair-report"])
    assert "开展三十日前报告。" not in data("ask", "开药交会要跟药监局打招呼吗")["text"].splitlines()


def test_a_changed_law_marks_the_entry_and_the_command_ends_with_one(installation: Path) -> None:
    data("knowledge", "draft", str(installation / "entry.yml"), "--as", "one")
    data("knowledge", "submit", "fair-report", "--as", "one")
    data("knowledge", "review", "fair-report", "--as", "two")
    data("knowledge", "release", "fair-report", "--as", "two")
    assert run("knowledge", "check").exit_code == 0
    changed = LAW.replace("三十日前", "六十日前").replace("2024年3月1日某省", "2025年3月1日某省")
    (installation / "laws" / "某省药品展会管理办法.md").write_text(changed, "utf-8")
    data("ingest", str(installation / "laws"))
    found = run("knowledge", "check", "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["entries"][0]["flags"] == ["某省药品展会管理办法#2"]


@pytest.mark.parametrize(
    ("written", "says"),
    [("- just words\n", "1"), ("id: [\n", "2"), ("- {id: a}\n- 7\n", "2"), ("7", "-")],
)
def test_a_spoilt_file_is_refused_with_a_reason(installation: Path, written: str, says: str) -> None:
    file = installation / "spoilt.yml"
    file.write_text(written, "utf-8")
    done = run("knowledge", "draft", str(file), "--as", "one")
    assert done.exit_code != 0
    assert says in done.output
    assert "Traceback" not in done.output


def test_nobody_acts_under_a_name_that_is_not_there(installation: Path) -> None:
    done = run("knowledge", "draft", str(installation / "entry.yml"), "--as", "nobody")
    assert done.exit_code != 0
    assert done.output.strip()
    assert data("knowledge", "list")["entries"] == []


def test_without_an_installation_the_command_says_so(home: Path) -> None:
    done = run("knowledge", "list")
    assert done.exit_code != 0
    assert "Traceback" not in done.output


def test_the_regression_set_can_be_tried_alone(installation: Path) -> None:
    found = data("knowledge", "regression")
    assert found["questions"] > 1000
    assert found["led"] / found["questions"] > 0.95


def test_candidates_are_gathered_and_listed(installation: Path) -> None:
    from bot.conversations.service import NewMessage, append, locked, open_conversation
    from core.identity import ANONYMOUS

    assert data("knowledge", "candidates", "--gather") == {"gathered": 0, "candidates": []}
    trace_id = data("ask", "土星探测车轮胎多久换一次")["trace_id"]
    assert data("knowledge", "candidates", "--gather")["gathered"] == 0
    talk = open_conversation(channel="web", locale="zh-CN", actor=ANONYMOUS).conversation_id
    with transaction() as session:
        new = NewMessage("assistant", "answer", "?", [], {"answer": {"trace_id": trace_id}})
        append(session, locked(session, talk), new)
    found = data("knowledge", "candidates", "--gather")
    assert found["gathered"] == 1
    assert [(one["question"], one["count"]) for one in found["candidates"]] == [
        ("土星探测车轮胎多久换一次", 1)
    ]
    assert "土星探测车轮胎多久换一次" in run("knowledge", "candidates").output
    assert data("knowledge", "candidates", "--state", "dismissed")["candidates"] == []
