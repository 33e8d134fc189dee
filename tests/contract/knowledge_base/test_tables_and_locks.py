"""Tables keep their columns in every format; files behind a password are named as such."""

import hashlib
import io
from datetime import datetime
from pathlib import Path

import docx
import openpyxl
import pytest
from pypdf import PdfReader, PdfWriter
from weasyprint import HTML

from knowledge_base.sources.base import ParsedDocument, SourceFile, SourceRefusedError
from knowledge_base.sources.registry import importer_for

HEAD, BODY = ["申请材料", "份数", "形式"], [["注册申请表", "1", "电子"], ["产品技术要求", "2", "纸质"]]
LINES = ["申请材料：注册申请表；份数：1；形式：电子", "申请材料：产品技术要求；份数：2；形式：纸质"]
BEFORE, AFTER = "第一条 申请人应当提交下列材料。", "第二条 本规定自2021年1月1日起施行。"


def read(name: str, content: bytes) -> list[ParsedDocument]:
    path = Path("/in") / name
    return importer_for(path).read(
        SourceFile(path, path.parent, content, hashlib.sha256(content).hexdigest())
    )


def word_file() -> bytes:
    document = docx.Document()
    document.add_paragraph(BEFORE)
    table = document.add_table(rows=0, cols=3)
    for row in [HEAD, *BODY]:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph(AFTER)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def pdf_file() -> bytes:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in [HEAD, *BODY])
    style = (
        "body{font-family:'Noto Sans CJK SC'}table{border-collapse:collapse}td{border:1px solid;padding:4px}"
    )
    page = f"<style>{style}</style><p>{BEFORE}</p><table>{rows}</table><p>{AFTER}</p>"
    made: bytes = HTML(string=page).write_pdf()
    return made


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(("name", "content"), [("规定.docx", word_file()), ("规定.pdf", pdf_file())])
def test_a_row_of_a_table_names_its_columns_within_its_article(name: str, content: bytes) -> None:
    (document,) = read(name, content)
    first, second = document.passages
    assert first.text.splitlines() == ["申请人应当提交下列材料。", *LINES]
    assert second.article == "2"


def test_a_workbook_of_questions_is_read_with_dates_and_whole_numbers() -> None:
    content = workbook(
        ["问题", "答案", "依据"], ["几天办好", 20.0, "药品管理法#51"], ["哪天起", datetime(2026, 5, 15), ""]
    )
    (document,) = read("问答.xlsx", content)
    assert [p.text for p in document.passages] == ["20", "2026-05-15"]
    assert document.passages[0].basis == ("药品管理法#51",)


def test_every_sheet_with_known_columns_is_read() -> None:
    book = openpyxl.Workbook()
    book.active.append(["说明"])
    for name in ("甲", "乙"):
        sheet = book.create_sheet(name)
        sheet.append(["问题", "答案"])
        sheet.append([f"{name}的问题", "答复"])
    stream = io.BytesIO()
    book.save(stream)
    documents = read("问答.xlsx", stream.getvalue())
    assert [d.passages[0].title for d in documents] == ["甲的问题", "乙的问题"]


def test_a_workbook_without_known_columns_is_refused() -> None:
    with pytest.raises(SourceRefusedError) as refused:
        read("表.xlsx", workbook(["姓名", "电话"], ["甲", "1"]))
    assert refused.value.reason == "fields"


def locked_pdf() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_file())))
    writer.encrypt("secret", algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def locked_package() -> bytes:
    """Return the beginning of an Office file behind a password: a compound file that holds the package."""
    compound, name = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16-le")
    return compound + bytes(512) + name + bytes(512)


@pytest.mark.parametrize(
    ("name", "content"),
    [("规定.pdf", locked_pdf()), ("规定.docx", locked_package()), ("规定.xlsx", locked_package())],
)
def test_a_file_behind_a_password_says_so(name: str, content: bytes) -> None:
    with pytest.raises(SourceRefusedError) as refused:
        read(name, content)
    assert refused.value.reason == "encrypted"
