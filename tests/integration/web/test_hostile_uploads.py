"""Uploads that are not what they say: told apart by their bytes, named truthfully, refused with a way out."""

import zipfile
from io import BytesIO

import pytest

from tests.integration.web.conftest import Person
from tests.integration.web.test_filings import PDF, applicant, fields, start

__all__ = ["applicant"]
MIB = 1024 * 1024
DOCX_PART = "word/document.xml"
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 64
TURNED = "\u202e"


def archive(**parts: bytes) -> bytes:
    """Return a zip of parts; a double underscore stands for the slash, one at the end for ``.xml``."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return held.getvalue()


def many_parts(count: int) -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        for number in range(count):
            made.writestr(f"word/{number}", b"")
        made.writestr(DOCX_PART, b"<w/>")
    return held.getvalue()


def lying_about_its_size() -> bytes:
    """A part whose header says that it unpacks to four gigabytes."""
    made = bytearray(archive(word__document_xml=b"<w/>"))
    at = made.rindex(b"PK\x01\x02")
    made[at + 24 : at + 28] = (2**32 - 2).to_bytes(4, "little")
    return bytes(made)


HOSTILE = {
    "zero bytes": b"",
    "a shell script": b"#!/bin/sh\n",
    "a program named as a document": b"MZ\x90\x00" + b"0" * 100,
    "a program for Linux": b"\x7fELF" + b"0" * 100,
    "a drawing with a script": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "a page": b"<!doctype html><script>alert(1)</script>",
    "blanks, then a document": b"   %PDF-1.7",
    "an archive that is none": b"PK\x03\x04 no archive",
    "an archive without a document": archive(a_xml=b"<a/>"),
    "a document with macros": archive(word__document_xml=b"<w/>", word__vbaProject_bin=b"x"),
    "a document that unpacks without end": archive(word__document_xml=b"0" * (201 * MIB)),
    "a document that says it unpacks without end": lying_about_its_size(),
    "a document of too many parts": many_parts(5001),
}
TAKEN = {
    "a document with an archive behind it": (PDF + archive(a_xml=b"<a/>"), "report.pdf", ".pdf"),
    "a picture with a page behind it": (JPEG + b"<script>alert(1)</script>", "scan.jpeg", ".jpeg"),
    "a Word file": (archive(word__document_xml=b"<w/>"), "report.docx", ".docx"),
    "a document named as a program": (PDF, "report.pdf.exe", ".exe.pdf"),
    "a document named as a page": (PDF, "report.html", ".html.pdf"),
    "a document with a disguised ending": (PDF, f"report{TURNED}fdp.exe", "fdp.exe.pdf"),
    "a document with a path": (PDF, "..\\..\\etc/passwd", "passwd.pdf"),
    "a document with controls in its name": (PDF, "a\u0007b\u200bc.pdf", "abc.pdf"),
    "a document with an endless name": (PDF, "x" * 5000 + ".pdf", ".pdf"),
    "a document without a name of its own": (PDF, "\u202e\u200b", "file.pdf"),
}


def upload(who: Person, content: bytes, name: str, lang: str = "zh-CN") -> tuple[dict[str, object], str, str]:
    filing = start(who)
    key = next(field["key"] for field in fields(filing).values() if field["type"] == "file")
    path = f"/filings/{filing['id']}/files"
    answer = who.post(f"{path}?field={key}&lang={lang}", data={"file": (BytesIO(content), name)})
    assert answer.status_code == 200, answer.text
    return answer.json, path, key


@pytest.mark.parametrize(("lang", "hint"), [("zh-CN", "请另存为"), ("en", "Please save it")])
@pytest.mark.parametrize("what", [name for name in HOSTILE if name != "zero bytes"])
def test_what_is_no_document_is_refused_with_a_way_out(
    applicant: Person, what: str, lang: str, hint: str
) -> None:
    told, _, key = upload(applicant, HOSTILE[what], "report.pdf", lang)
    assert hint in told["rejected"]["message"]  # type: ignore[index,call-overload]
    assert not fields(told["filing"])[key]["value"]  # type: ignore[arg-type]


@pytest.mark.parametrize(("lang", "words"), [("zh-CN", "是空的"), ("en", "is empty")])
def test_an_empty_file_is_told_as_empty(applicant: Person, lang: str, words: str) -> None:
    told, _, _ = upload(applicant, HOSTILE["zero bytes"], "report.pdf", lang)
    assert words in told["rejected"]["message"]  # type: ignore[index,call-overload]


@pytest.mark.parametrize("what", TAKEN)
def test_what_is_a_document_is_named_as_one_and_only_downloaded(applicant: Person, what: str) -> None:
    content, name, ending = TAKEN[what]
    told, path, key = upload(applicant, content, name)
    held = fields(told["filing"])[key]["value"]  # type: ignore[arg-type]
    assert held["name"].endswith(ending)
    assert len(held["name"]) <= 160
    assert not set(held["name"]) & {"/", "\\", TURNED, "\u200b", "\u0007"}
    got = applicant.client.get(f"/api/v1{path}/{held['file_id']}")
    assert got.data == content
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("lang", "words"), [("zh-CN", "超过 10 MB"), ("en", "larger than 10 MB")])
def test_a_file_above_the_limit_is_told_with_the_limit(applicant: Person, lang: str, words: str) -> None:
    told, _, _ = upload(applicant, PDF + b"0" * (10 * MIB), "report.pdf", lang)
    assert words in told["rejected"]["message"]  # type: ignore[index,call-overload]
