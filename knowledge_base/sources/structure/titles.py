"""What a law is called: as in its text, without 中华人民共和国, 《》, dates and numbers."""

import re
from dataclasses import dataclass
from datetime import date

from core.text import visible
from knowledge_base.sources.structure.numerals import iso_date

_STATE = "中华人民共和国"
_BLANKS = re.compile(r"[\s\u3000]+")
_BETWEEN_CJK = re.compile(r"(?<=[^\x00-\x7f])[\s\u3000]+(?=[^\x00-\x7f])")
_YEAR_NUMBER = re.compile(r"[（(](\d{4})\s*年\s*第\s*(\d+)\s*号[）)]")
_EDITION = re.compile(r"[（(]\d{4}年版[）)]$")
_FILE_SUFFIX = re.compile(r"[（(](\d{4}(?:-\d{1,3}){0,2})[）)]$")
_FILE_FORM = re.compile(r"^(公告|通告|通知)[-_－]")
_MARKUP = re.compile(r"\*\*+|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)|`|!?\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True)
class FileName:
    """What a file's name tells.

    Attributes:
        title: the name without its bracket.
        form: 公告, 通告 or 通知 where the name starts with it.
        issued_on: a full date in the bracket.
        serial: ``2022年第62号`` for ``(2022-62)``; empty where it could be a month.
    """

    title: str
    form: str = ""
    issued_on: date | None = None
    serial: str = ""


def clean(text: str) -> str:
    """Return a line without markup, invisible characters and doubled blanks."""
    text = _MARKUP.sub(lambda m: m[1] or "", text)
    return _BLANKS.sub(" ", visible(text)).strip()


def tight(text: str) -> str:
    """Return a heading without the blanks that typesetting puts between Chinese characters.

    >>> tight("总    则")
    '总则'
    """
    return _BETWEEN_CJK.sub("", clean(text))


def law_title(text: str) -> str:
    """Return the name under which a law is cited.

    >>> law_title("《中华人民共和国药品管理法》")
    '药品管理法'
    """
    title = _EDITION.sub("", _YEAR_NUMBER.sub("", tight(text)).strip())
    if title.startswith("《") and title.endswith("》") and title.count("《") == 1:
        title = title[1:-1]
    return title.removeprefix(_STATE).strip()


def year_number(text: str) -> str:
    """Return ``2024年第38号`` where a title carries it."""
    found = _YEAR_NUMBER.search(text)
    return f"{found[1]}年第{found[2]}号" if found else ""


def file_name(stem: str) -> FileName:
    """Read a file's name."""
    bracket = _FILE_SUFFIX.search(stem)
    bare = _FILE_SUFFIX.sub("", stem)
    form = _FILE_FORM.match(bare)
    title = law_title(bare[form.end() :] if form else bare)
    return FileName(
        title=title,
        form=form[1] if form else "",
        issued_on=iso_date(bracket[1]) if bracket else None,
        serial=_serial(bracket[1]) if bracket else "",
    )


def _serial(bracket: str) -> str:
    parts = bracket.split("-")
    if len(parts) != 2 or int(parts[1]) <= 12:
        return ""
    return f"{parts[0]}年第{int(parts[1])}号"
