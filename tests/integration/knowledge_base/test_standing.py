"""What stands: single articles with days of their own, and texts that wait for a person's word."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from core.audit.models import AuditEvent
from core.database import Database, reading
from knowledge_base import service as knowledge_base
from knowledge_base.models import DocumentVersion
from knowledge_base.passages import PassageView, store

OLD = """# 医疗器械展示规定

2019年3月1日 国家药品监督管理局令第4号公布

第一条 展示医疗器械应当事先备案。

第二条 展示期间不得销售医疗器械。

第三条 本规定自2019年5月1日起施行。
"""
NEW = """# 医疗器械陈列办法

2023年3月1日 国家药品监督管理局令第9号公布

第一条 陈列医疗器械应当标明注册证编号，并将产品说明书放在观众能够取阅的地方，不得夸大用途。

第二条 陈列者应当保存陈列记录，保存期限不少于三年，并按照监督管理部门的要求提供，不得伪造、隐匿或者销毁。

第三条 本办法自2023年6月1日起施行，第二条自2024年1月1日起施行。《医疗器械展示规定》第一条同时废止。
"""
AMENDED = NEW.replace("应当标明注册证编号", "应当标明注册证编号和有效期").replace(
    "2023年3月1日 国家药品监督管理局令第9号公布",
    "2023年3月1日 国家药品监督管理局令第9号公布\n\n2025年3月1日 国家药品监督管理局令第12号修订",
)


@pytest.fixture
def folder(tmp_path: Path, db: Database) -> Path:
    (tmp_path / "医疗器械展示规定(2019-03-01).md").write_text(OLD, "utf-8")
    (tmp_path / "医疗器械陈列办法(2023-03-01).md").write_text(NEW, "utf-8")
    return tmp_path


def article(law: str, number: str, as_of: date) -> PassageView | None:
    return knowledge_base.find_provision(law, number, as_of)


def test_an_article_that_falls_alone_is_current_no_longer_and_was_in_force_before(folder: Path) -> None:
    assert knowledge_base.ingest([folder]).repealed == 1
    law = "医疗器械展示规定"
    assert article(law, "1", date(2023, 5, 31)) is not None
    assert article(law, "1", date(2023, 6, 1)) is None
    assert article(law, "2", date(2026, 1, 1)) is not None
    with reading() as session:
        (fallen,) = store.find_provisions(session, law, "1")
    assert (fallen.status, fallen.repealed_on, fallen.replaced_by) == (
        "repealed",
        date(2023, 6, 1),
        "医疗器械陈列办法",
    )


def test_the_order_of_files_makes_no_difference(folder: Path) -> None:
    for path in sorted(folder.glob("*.md"), reverse=True):
        knowledge_base.ingest([path])
    assert article("医疗器械展示规定", "1", date(2024, 1, 1)) is None
    assert knowledge_base.ingest([folder]).repealed == 0


def test_an_article_with_a_beginning_of_its_own_is_not_in_force_before_it(folder: Path) -> None:
    knowledge_base.ingest([folder])
    law = "医疗器械陈列办法"
    assert article(law, "1", date(2023, 7, 1)) is not None
    assert article(law, "2", date(2023, 12, 31)) is None
    assert article(law, "2", date(2024, 1, 1)) is not None


def test_an_article_that_an_amendment_left_alone_keeps_the_day_of_its_words(folder: Path) -> None:
    (folder / "医疗器械陈列办法(2025-03-01).md").write_text(AMENDED, "utf-8")
    knowledge_base.ingest([folder])
    day = date(2026, 1, 1)
    changed, kept = (article("医疗器械陈列办法", n, day) for n in "12")
    assert changed is not None
    assert changed.worded_since == date(2025, 3, 1)
    assert kept is not None
    assert kept.worded_since == date(2023, 6, 1)


def test_other_words_for_the_same_law_and_day_wait_for_a_person(folder: Path) -> None:
    knowledge_base.ingest([folder])
    other = folder / "另存(2023-03-01).md"
    other.write_text(NEW.replace("三年", "一年"), "utf-8")
    (held,) = knowledge_base.ingest([other]).files
    assert (held.outcome, held.reason, held.detail) == (
        "held_back",
        "knowledge_base.held_back.conflict",
        "医疗器械陈列办法(2023-03-01).md",
    )
    found = article("医疗器械陈列办法", "2", date(2026, 1, 1))
    assert found is not None
    assert "三年" in found.text


def test_a_person_lets_in_what_was_held_back_and_that_is_noted(folder: Path) -> None:
    knowledge_base.ingest([folder])
    other = folder / "另存(2023-03-01).md"
    other.write_text(NEW.replace("三年", "一年"), "utf-8")
    knowledge_base.ingest([other])
    assert knowledge_base.ingest([other]).count("unchanged") == 1
    assert knowledge_base.ingest([other], accept=True).count("changed") == 1
    found = article("医疗器械陈列办法", "2", date(2026, 1, 1))
    assert found is not None
    assert "一年" in found.text
    with reading() as session:
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "knowledge.source_accepted"))
    assert event.data["file"] == other.name


def test_what_a_forum_says_is_the_law_is_held_back(folder: Path) -> None:
    (folder / "SOURCE.txt").write_text(
        "file | repository | commit | path | note\n医疗器械展示规定(2019-03-01).md | | | | 论坛转帖\n",
        "utf-8",
    )
    outcomes = {file.name: file for file in knowledge_base.ingest([folder]).files}
    doubted = outcomes["医疗器械展示规定(2019-03-01).md"]
    assert (doubted.outcome, doubted.reason) == ("held_back", "knowledge_base.held_back.doubted_source")
    assert article("医疗器械展示规定", "2", date(2026, 1, 1)) is None
    with reading() as session:
        statuses = set(session.scalars(select(DocumentVersion.status)))
    assert statuses == {"quarantined", "current"}


def test_a_lesser_source_never_takes_the_place_of_a_law(folder: Path) -> None:
    (folder / "SOURCE.txt").write_text(
        "file | repository | commit | path | note\n"
        "医疗器械陈列办法(2023-03-01).md | gov/laws | c0ffee | a.md | 官网\n",
        "utf-8",
    )
    knowledge_base.ingest([folder])
    elsewhere = folder.parent / f"{folder.name}-elsewhere"
    elsewhere.mkdir()
    spoofed = elsewhere / "医疗器械陈列办法(2025-09-01).md"
    spoofed.write_text(NEW.replace("2023", "2025").replace("三年", "零年"), "utf-8")
    (held,) = knowledge_base.ingest([spoofed]).files
    assert (held.outcome, held.reason) == ("held_back", "knowledge_base.held_back.lesser_source")
    found = article("医疗器械陈列办法", "2", date(2026, 1, 1))
    assert found is not None
    assert "三年" in found.text


def test_the_same_words_under_another_name_do_not_go_in_twice(folder: Path) -> None:
    knowledge_base.ingest([folder])
    copied = folder / "另一个名字(2023-03-01).md"
    copied.write_text(NEW.replace("# 医疗器械陈列办法", "# 关于陈列的办法"), "utf-8")
    (held,) = knowledge_base.ingest([copied]).files
    assert (held.outcome, held.reason, held.detail) == (
        "held_back",
        "knowledge_base.held_back.duplicate",
        "医疗器械陈列办法",
    )
