"""Every importer keeps the same promises."""

import csv
import hashlib
import io
import json
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from weasyprint import HTML

from i18n.service import has_message
from knowledge_base.sources.base import Importer, SourceFile, SourceRefusedError
from knowledge_base.sources.registry import IMPORTERS, importer_for

LAW = [
    "中华人民共和国某监督管理条例",
    "第一章 总则",
    "第一条 为了规范活动，制定本条例。",
    "第二条 在境内从事活动，适用本条例。",
    "（一）生产；",
    "第三条 本条例自2021年1月1日起施行。",
]
ROWS = [
    {"law": "某监督管理条例", "article": str(n), "text": text}
    for n, text in enumerate(
        (
            "为了规范活动，制定本条例。",
            "在境内从事活动，适用本条例。\n（一）生产；",
            "本条例自2021年1月1日起施行。",
        ),
        1,
    )
]


def _html() -> bytes:
    paragraphs = "".join(f"<p>{text}</p>" for text in LAW[1:])
    return f"<script>第九条 假</script><body><h1>{LAW[0]}</h1>{paragraphs}</body>".encode()


def _docx() -> bytes:
    document = docx.Document()
    for text in LAW:
        document.add_paragraph(text)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _pdf() -> bytes:
    body = "".join(f"<p>{text}</p>" for text in LAW)
    made: bytes = HTML(
        string=f"<style>@page{{size:A4}}body{{font-family:'Noto Sans CJK SC'}}</style>{body}"
    ).write_pdf()
    return made


def _csv() -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, ["法规", "条", "内容"])
    writer.writeheader()
    writer.writerows({"法规": r["law"], "条": r["article"], "内容": r["text"]} for r in ROWS)
    return stream.getvalue().encode("gb18030")


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["某监督管理条例（逐条）"])
    sheet.append(["法规", "条", "内容"])
    for row in ROWS:
        sheet.append([row["law"], int(row["article"]), row["text"]])
    sheet.merge_cells("A3:A5")
    sheet.merge_cells("A1:C1")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


CONTENT = {
    ".md": ("# " + LAW[0] + "\n\n## " + "\n\n".join(LAW[1:])).encode(),
    ".txt": "\n".join(LAW).encode("gb18030"),
    ".html": _html(),
    ".docx": _docx(),
    ".pdf": _pdf(),
    ".csv": _csv(),
    ".xlsx": _xlsx(),
    ".jsonl": "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS).encode(),
}
CASES = [(importer, next(s for s in importer.suffixes if s in CONTENT)) for importer in IMPORTERS]
REASONS = {
    "empty",
    "binary",
    "encoding",
    "broken",
    "encrypted",
    "no_text",
    "unsupported",
    "too_large",
    "fields",
    "unreadable",
}


def source(suffix: str, content: bytes) -> SourceFile:
    path = Path("/in") / f"某监督管理条例{suffix}"
    return SourceFile(path, path.parent, content, hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize(("importer", "suffix"), CASES)
def test_the_same_law_is_read_from_every_format(importer: Importer, suffix: str) -> None:
    (document,) = importer.read(source(suffix, CONTENT[suffix]))
    assert document.title == "某监督管理条例"
    assert [(p.article, p.article_label) for p in document.passages] == [
        ("1", "第一条"),
        ("2", "第二条"),
        ("3", "第三条"),
    ]
    assert document.passages[1].text == "在境内从事活动，适用本条例。\n（一）生产；"
    assert str(document.effective_from) == "2021-01-01"


@pytest.mark.parametrize(("importer", "suffix"), CASES)
def test_offsets_rebuild_the_text(importer: Importer, suffix: str) -> None:
    (document,) = importer.read(source(suffix, CONTENT[suffix]))
    assert all(document.text[p.start : p.end] == p.text for p in document.passages)


@pytest.mark.parametrize(
    "content", [b"", b"\n \n", b"\x00\x01\x02\x03" * 50, b"\x89PNG\r\n\x1a\nxxxx", b"PK\x03\x04broken"]
)
@pytest.mark.parametrize(("importer", "suffix"), CASES)
def test_what_cannot_be_read_is_refused_with_a_known_reason(
    importer: Importer, suffix: str, content: bytes
) -> None:
    with pytest.raises(SourceRefusedError) as refused:
        importer.read(source(suffix, content))
    assert refused.value.reason in REASONS


@pytest.mark.parametrize("reason", sorted(REASONS))
@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_reason_has_words(reason: str, locale: str) -> None:
    assert has_message(f"knowledge_base.refused.{reason}", locale)


def test_an_unknown_suffix_is_unsupported() -> None:
    with pytest.raises(SourceRefusedError) as refused:
        importer_for(Path("a.xyz"))
    assert refused.value.reason == "unsupported"


def test_a_scan_without_text_is_refused() -> None:
    empty = HTML(string="<div style='height:5cm;background:#ccc'></div>").write_pdf()
    with pytest.raises(SourceRefusedError) as refused:
        importer_for(Path("a.pdf")).read(source(".pdf", empty))
    assert refused.value.reason == "no_text"


def test_a_line_that_is_no_json_is_named() -> None:
    content = (json.dumps(ROWS[0]) + "\n{broken").encode()
    with pytest.raises(SourceRefusedError) as refused:
        importer_for(Path("a.jsonl")).read(source(".jsonl", content))
    assert (refused.value.reason, refused.value.detail) == ("broken", "2")


def test_a_table_of_questions_becomes_entries() -> None:
    content = "问题,答案,similar\n开药店要什么？,要许可证。,怎么开药店|药店手续\n".encode()
    (document,) = importer_for(Path("a.csv")).read(source(".csv", content))
    (passage,) = document.passages
    assert (document.kind, passage.title, passage.text) == ("faq", "开药店要什么？", "要许可证。")
    assert passage.search_texts == ("怎么开药店", "药店手续")


def test_a_table_without_known_columns_is_refused() -> None:
    with pytest.raises(SourceRefusedError) as refused:
        importer_for(Path("a.csv")).read(source(".csv", b"x,y\n1,2\n"))
    assert refused.value.reason == "fields"


def test_markup_in_a_page_stays_text_and_scripts_go() -> None:
    page = b"<h1>T</h1><p>A &lt;b&gt; passage that is long enough.</p><script>alert(1)</script>"
    (document,) = importer_for(Path("a.html")).read(source(".html", page))
    assert document.passages[0].text == "A <b> passage that is long enough."


@given(content=st.binary(min_size=1, max_size=300))
@settings(max_examples=60, deadline=None)
@pytest.mark.parametrize("suffix", [".md", ".txt", ".html", ".csv", ".jsonl"])
def test_any_bytes_are_read_or_refused(suffix: str, content: bytes) -> None:
    documents, reason = [], ""
    try:
        documents = importer_for(Path(f"a{suffix}")).read(source(suffix, content))
    except SourceRefusedError as refused:
        reason = refused.reason
    assert bool(documents) != (reason in REASONS)
    for document in documents:
        assert all(document.text[p.start : p.end] == p.text != "" for p in document.passages)


def test_what_no_database_keeps_is_taken_out() -> None:
    line = '{"question": "开药店\\u0000要什么\\ud800？", "answer": "许可证\\u0007。"}'.encode()
    (document,) = importer_for(Path("a.jsonl")).read(source(".jsonl", line))
    assert (document.passages[0].title, document.passages[0].text) == ("开药店要什么？", "许可证。")
