"""A law's dates, number, authority and level, from its header, last articles, file name and notes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from core.content import read_yaml
from knowledge_base.sources.places import DATA, province_at_start, province_of
from knowledge_base.sources.structure.numerals import dates_in, iso_date, without_dates
from knowledge_base.sources.structure.titles import FileName, year_number

_EFFECTIVE = re.compile(r"自\s*([^，。；自]{6,24}?日)\s*起(?:正式)?(?:施行|实施|执行|生效)")
_OWN = re.compile(r"本[^，。；第]{1,14}自\s*([^，。；自]{6,24}?日)\s*起(?:正式)?(?:施行|实施|执行|生效)")
_AT_ONCE = re.compile(r"自(?:公布|发布|印发)之日起(?:施行|实施|执行|生效)")
_HEADER_EFFECTIVE = re.compile(r"^([^，。；]*?日)\s*起?(?:施行|实施)$")
_ABROGATES = re.compile(r"[^。]*同时废止")
_NAMED = re.compile(r"《([^《》]+)》(?!\s*(?:[（(][^（）()]*[）)])?\s*的?第)")


@dataclass(frozen=True)
class Facts:
    """What was found about a law."""

    issued_on: date | None
    effective_from: date | None
    repeals: tuple[str, ...]
    document_number: str
    authority: str
    level: str
    province: str


@lru_cache(maxsize=1)
def recognition() -> Mapping[str, Any]:
    """Return the recognition patterns."""
    loaded: Mapping[str, Any] = read_yaml(DATA / "recognition.yml")
    return loaded


def issued_on(
    header: Sequence[str], signed: Sequence[str], name: FileName, meta: Mapping[str, str]
) -> date | None:
    """Return the day on which this wording was issued.

    Args:
        header: lines before article 1, the history of the law among them.
        signed: lines that are nothing but a date, as announcements end.
        name: the file's name; the latest of all these dates counts.
        meta: front matter, which is believed first.
    """
    told = iso_date(meta.get("issued_on", ""))
    history = [line for line in (*header, *signed) if not _HEADER_EFFECTIVE.match(line)]
    known = [day for line in history for day in dates_in(_EFFECTIVE.sub("", line))[:1]]
    return told or max([*known, *([name.issued_on] if name.issued_on else [])], default=None)


def effective_from(
    header: Sequence[str], endings: Sequence[str], issued: date | None, meta: Mapping[str, str]
) -> date | None:
    """Return the day of effect that the text names.

    Args:
        header: lines before article 1.
        endings: the last paragraphs of the text proper.
        issued: the day of issue, for 自公布之日起施行.
        meta: front matter and header comments.
    """
    for text in reversed(endings):
        found = _OWN.search(text)
        days = dates_in(found[1]) if found else []
        if days:
            return days[0]
        if _AT_ONCE.search(text):
            return issued
    told = iso_date(meta.get("effective_from", ""))
    return told or _from_header(header)


def _from_header(header: Sequence[str]) -> date | None:
    for line in header:
        found = _HEADER_EFFECTIVE.match(line) or _EFFECTIVE.search(line)
        days = dates_in(found[1]) if found else []
        if days:
            return days[0]
    return None


def repeals(title: str, endings: Sequence[str]) -> tuple[str, ...]:
    """Return the names of what the text abrogates whole, its own earlier version left out."""
    named = [n for text in endings for clause in _ABROGATES.findall(text) for n in _NAMED.findall(clause)]
    return tuple(dict.fromkeys(n.removeprefix("中华人民共和国") for n in named if n != title))


def document_number(
    title: str, header: Sequence[str], name: FileName, notes: str, meta: Mapping[str, str]
) -> str:
    """Return the latest number a text was issued under."""
    if meta.get("document_number"):
        return meta["document_number"]
    pattern = recognition()["document_number"]
    numbers = [re.sub(r"\s", "", n) for line in header for n in re.findall(pattern, without_dates(line))]
    if numbers:
        return str(numbers[-1]).removeprefix("中华人民共和国")
    note = _note(notes)
    own = year_number(title) or name.serial
    if note and note["number"]:
        return str(note["number"])
    return name.form + own if own else ""


def _note(notes: str) -> Mapping[str, str] | None:
    for entry in recognition()["source_notes"]:
        found = re.search(entry["pattern"], notes)
        if found:
            groups = [g.lstrip("0") for g in found.groups() if g and g.isdigit()]
            return {**entry, "number": entry["number"].format(*groups)}
    return None


def authority(header: Sequence[str], title: str, notes: str) -> str:
    """Return who issued the text."""
    passed = [line for line in header if not line.rstrip("）)").endswith("批准")]
    for line in reversed(passed):
        local = re.search(recognition()["local_authority"], line)
        if local:
            return local[1] + "人民代表大会" + (local[2] or "")
    text = "\n".join([*header, title])
    for entry in recognition()["authorities"]:
        if re.search(entry["pattern"], text):
            return str(entry["name"])
    note = _note(notes)
    return str(note["authority"]) if note else ""


def level(title: str, issuer: str, name: FileName, province: str, notes: str, path: str) -> str:
    """Return the level of law: law, administrative_regulation, rule, normative, local or other."""
    rules = recognition()
    note = _note(notes)
    if province:
        return "local"
    if issuer in rules["levels_by_authority"]:
        return str(rules["levels_by_authority"][issuer])
    if note:
        return str(note["level"])
    if name.form in rules["normative_forms"] or name.serial:
        return "normative"
    return _level_by_name(title, path)


def _level_by_name(title: str, path: str) -> str:
    rules = recognition()
    for entry in rules["levels_by_source_path"]:
        if re.search(entry["pattern"], path):
            return str(entry["level"])
    for entry in rules["levels_by_title"]:
        if re.search(entry["pattern"], title):
            return str(entry["level"])
    return "other"


def province(title: str, folders: Sequence[str], meta: Mapping[str, str]) -> str:
    """Return the full name of the province a local rule belongs to; "" for national rules."""
    if meta.get("province"):
        return province_of(meta["province"])
    if "local" in folders or title.endswith(("条例", "办法", "规定", "细则")):
        return province_at_start(title)
    return ""
