"""Consultations, feedback and processing records: whose they are, what is found, what is not."""

import json
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from core.database import Database, reading
from knowledge_base import service as knowledge_base
from knowledge_base.answering.service import answer
from knowledge_base.answering.views import Question
from knowledge_base.models import DocumentVersion, Passage, SourceDocument

ASKED = "乡镇诊所能不能代收药品快递"
CONSULTATIONS = (
    "咨询问题,答复内容,答复单位,答复日期,依据\n"
    f"{ASKED},不得代收，请联系 13812345678 的配送企业核实。,某省药品监督管理局,"
    "2024年5月6日,药品零售管理办法#2\n"
)


@pytest.fixture
def told(ingested: Path, tmp_path: Path) -> Path:
    (tmp_path / "网上咨询.csv").write_text(CONSULTATIONS, "utf-8")
    return tmp_path


def rows(kind: str) -> list[Passage]:
    with reading() as session:
        query = (
            select(Passage)
            .join(DocumentVersion, DocumentVersion.id == Passage.version_id)
            .join(SourceDocument)
            .where(SourceDocument.kind == kind)
        )
        return list(session.scalars(query))


def test_a_reply_is_shown_as_a_reply_with_office_and_day_and_binds_nobody(told: Path) -> None:
    assert knowledge_base.ingest([told / "网上咨询.csv"]).count("added") == 1
    knowledge_base.build_index()
    given = answer(Question(ASKED))
    assert given.status.value == "answered"
    assert "某省药品监督管理局" in given.text
    assert "2024" in given.text
    assert "不具有约束力" in given.text
    assert [(c.title, c.article) for c in given.citations] == [("药品零售管理办法", "2")]


def test_personal_data_is_masked_before_it_is_kept(told: Path) -> None:
    knowledge_base.ingest([told / "网上咨询.csv"])
    (kept,) = rows("consultation")
    assert "13812345678" not in kept.text
    assert kept.data == {"office": "某省药品监督管理局", "replied_on": "2024-05-06"}


@pytest.mark.parametrize(
    ("content", "reason", "detail"),
    [
        ("咨询问题,答复内容,答复日期\n甲,乙,2024-05-06\n", "provenance", "office"),
        (CONSULTATIONS.replace("2024年5月6日", "去年"), "provenance", "1: replied_on"),
        (CONSULTATIONS.replace("某省药品监督管理局", ""), "provenance", "1: office"),
        (CONSULTATIONS.replace("不得代收", "【机密】不得代收"), "secret", "1"),
    ],
)
def test_what_does_not_say_whose_it_is_is_refused(
    tmp_path: Path, db: Database, content, reason, detail
) -> None:
    path = tmp_path / "咨询.csv"
    path.write_text(content, "utf-8")
    (refused,) = knowledge_base.ingest([path]).refused
    assert (refused.reason, refused.detail) == (f"knowledge_base.refused.{reason}", detail)


def test_feedback_and_records_are_kept_and_never_found(ingested: Path, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["事项", "办理结果", "受理单位", "办结日期", "办理天数", "补正内容"])
    book.active.append(
        ["药品经营许可证核发", "补正后准予", "某市市场监督管理局", "2024-06-30", 17, "平面图未盖章"]
    )
    book.save(tmp_path / "办件记录.xlsx")
    feedback = {
        "feedback": "平面图要求说明不清",
        "rating": "不满意",
        "office": "某市市场监督管理局",
        "given_on": "2024-07-02",
    }
    (tmp_path / "评价.jsonl").write_text(json.dumps(feedback, ensure_ascii=False), "utf-8")
    report = knowledge_base.ingest([tmp_path / "办件记录.xlsx", tmp_path / "评价.jsonl"])
    assert report.count("added") == 2
    (record,), (opinion,) = rows("processing_record"), rows("feedback")
    assert record.data["deficiency"] == "平面图未盖章"
    assert (opinion.title, opinion.data["given_on"]) == ("不满意", "2024-07-02")
    knowledge_base.build_index()
    found = knowledge_base.search(knowledge_base.SearchQuery(text="平面图未盖章要求说明不清"))
    assert {hit.passage.kind for hit in found.hits}.isdisjoint({"processing_record", "feedback"})
