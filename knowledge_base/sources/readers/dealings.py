"""What an office has dealt with: consultations it replied to, feedback it was given, applications it decided.

A consultation's reply can be found and is shown as a reply, not as law. Feedback and processing records are
kept for curation and statistics: no search finds them. Whose they are and of what day must be told in each
row, and personal data is masked before anything is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.privacy.service import classification_mark, mask_text
from knowledge_base.sources.base import (
    Assembler,
    ParsedDocument,
    ParsedPassage,
    SourceFile,
    SourceRefusedError,
    passage,
)
from knowledge_base.sources.decoding import storable
from knowledge_base.sources.structure.laws import language_of
from knowledge_base.sources.structure.numerals import dates_in, iso_date
from knowledge_base.sources.structure.titles import file_name

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Shape:
    """One kind: the columns that make it out, those each row must fill, and the day among them."""

    kind: str
    told_by: frozenset[str]
    required: tuple[str, ...]
    day: str
    optional: tuple[str, ...] = ()


SHAPES = (
    Shape(
        "consultation",
        frozenset({"question", "answer", "replied_on"}),
        ("question", "answer", "office", "replied_on"),
        "replied_on",
    ),
    Shape(
        "feedback",
        frozenset({"feedback", "rating"}),
        ("feedback", "rating", "office", "given_on"),
        "given_on",
        ("channel",),
    ),
    Shape(
        "processing_record",
        frozenset({"matter", "outcome"}),
        ("matter", "outcome", "office", "decided_on"),
        "decided_on",
        ("accepted_on", "days", "deficiency"),
    ),
)
COLUMNS = {
    "咨询内容": "question",
    "咨询问题": "question",
    "答复内容": "answer",
    "回复": "answer",
    "回复内容": "answer",
    "reply": "answer",
    "答复单位": "office",
    "答复部门": "office",
    "回复单位": "office",
    "承办单位": "office",
    "受理单位": "office",
    "replied_by": "office",
    "答复日期": "replied_on",
    "答复时间": "replied_on",
    "回复日期": "replied_on",
    "回复时间": "replied_on",
    "评价内容": "feedback",
    "反馈内容": "feedback",
    "满意度": "rating",
    "评价等级": "rating",
    "评价日期": "given_on",
    "反馈日期": "given_on",
    "渠道": "channel",
    "事项": "matter",
    "事项名称": "matter",
    "办理结果": "outcome",
    "受理日期": "accepted_on",
    "办结日期": "decided_on",
    "办理天数": "days",
    "补正内容": "deficiency",
}


def shape_of(fields: set[str], kind: str | None) -> Shape | None:
    """Return the kind that columns make out, or that was asked for; None where it is none of these."""
    asked = next((shape for shape in SHAPES if shape.kind == kind), None)
    if asked or kind is not None:
        return asked
    return next((shape for shape in SHAPES if shape.told_by <= fields), None)


def document(source: SourceFile, rows: Sequence[Row], shape: Shape) -> ParsedDocument:
    """Return the document that rows make up.

    Raises:
        SourceRefusedError: ``provenance`` where a column or a row's office or day is missing, ``secret``
            where a row bears a classification mark.
    """
    missing = [name for name in shape.required if name not in rows[0]]
    if missing:
        raise SourceRefusedError("provenance", ", ".join(missing))
    assembler = Assembler()
    offices: dict[str, None] = {}
    for number, row in enumerate(rows, 1):
        told = _told(row, number, shape)
        offices[str(told["office"])] = None
        assembler.add(_passage(told, row, shape))
    return ParsedDocument(
        shape.kind,
        file_name(source.path.stem).title,
        assembler.text,
        tuple(assembler.passages),
        authority="、".join(offices),
        licence=storable(str(rows[0].get("licence") or "")),
    )


def _told(row: Row, number: int, shape: Shape) -> dict[str, str]:
    told = {name: storable(str(row.get(name) or "")) for name in (*shape.required, *shape.optional)}
    empty = [name for name in shape.required if not told[name]]
    day = _day(told[shape.day])
    if empty or day is None:
        raise SourceRefusedError("provenance", f"{number}: {', '.join(empty) or shape.day}")
    if any(classification_mark(value) for value in told.values()):
        raise SourceRefusedError("secret", str(number))
    return {name: mask_text(value) for name, value in told.items()} | {shape.day: day.isoformat()}


def _day(stated: str) -> date | None:
    return iso_date(stated[:10].replace("/", "-").replace(".", "-")) or next(iter(dates_in(stated)), None)


def _passage(told: Mapping[str, str], row: Row, shape: Shape) -> ParsedPassage:
    heads = {"consultation": ("question", "answer"), "feedback": ("rating", "feedback")}
    title, text = heads.get(shape.kind, ("matter", "outcome"))
    basis = row.get("basis") or ()
    items = basis if isinstance(basis, list | tuple) else str(basis).split("|")
    return passage(
        told[text],
        title=told[title],
        language=language_of(told[title]),
        basis=tuple(found for item in items if (found := storable(str(item)))),
        data={name: value for name, value in told.items() if name not in (title, text) and value},
    )
