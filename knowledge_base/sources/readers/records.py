"""Tables and JSON lines: laws by article, questions with answers, article cards, titled texts."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from knowledge_base.sources.base import Assembler, ParsedDocument, SourceFile, SourceRefusedError, passage
from knowledge_base.sources.decoding import decode, storable
from knowledge_base.sources.readers import dealings
from knowledge_base.sources.structure import facts
from knowledge_base.sources.structure.articles import article_label
from knowledge_base.sources.structure.laws import SUPERSEDED_FOLDERS, language_of
from knowledge_base.sources.structure.titles import file_name, law_title

Row = Mapping[str, Any]
TRUE = frozenset({"true", "1", "yes", "是"})
COLUMNS = {
    "问题": "question",
    "标准问题": "question",
    "答案": "answer",
    "回答": "answer",
    "答复": "answer",
    "标题": "title",
    "正文": "text",
    "内容": "text",
    "法规": "law",
    "条": "article",
    "条号": "article",
    "依据": "basis",
    "content": "text",
} | dealings.COLUMNS


class JsonLinesImporter:
    """One JSON object a line."""

    suffixes = (".jsonl", ".ndjson")

    def read(self, source: SourceFile) -> list[ParsedDocument]:
        """Return the documents the rows make up."""
        rows = []
        for number, line in enumerate(decode(source.content).split("\n"), 1):
            if line.strip():
                rows.append(_row(line, number))
        return documents(source, rows)


class CsvImporter:
    """A table with a header line; separator comma, semicolon or tab."""

    suffixes = (".csv", ".tsv")

    def read(self, source: SourceFile) -> list[ParsedDocument]:
        """Return the documents the rows make up."""
        text = decode(source.content)
        first = text.split("\n", 1)[0]
        separator = max(",;\t", key=first.count)
        try:
            rows = list(csv.DictReader(io.StringIO(text), delimiter=separator, strict=True))
        except csv.Error as error:
            raise SourceRefusedError("broken", "csv") from error
        return documents(source, [{k or "": v for k, v in row.items()} for row in rows])


def _row(line: str, number: int) -> Row:
    try:
        loaded = json.loads(line)
    except json.JSONDecodeError as error:
        raise SourceRefusedError("broken", str(number)) from error
    if not isinstance(loaded, dict):
        raise SourceRefusedError("fields", str(number))
    return loaded


def documents(source: SourceFile, rows: Iterable[Row]) -> list[ParsedDocument]:
    """Return documents by what the first row's fields say.

    Raises:
        SourceRefusedError: ``fields`` where no known shape fits, ``empty`` without rows, ``provenance`` where
            an office's own rows do not say whose they are and of what day.
    """
    named = [{COLUMNS.get(str(k).strip(), str(k).strip().lower()): v for k, v in row.items()} for row in rows]
    if not named:
        raise SourceRefusedError("empty")
    fields = set(named[0])
    dealt = dealings.shape_of(fields, source.kind)
    if dealt:
        return [dealings.document(source, named, dealt)]
    if {"law", "article", "digest_zh"} <= fields:
        return cards(source, named)
    if {"law", "article", "text"} <= fields:
        return _laws(source, named)
    if {"question", "answer"} <= fields:
        return [_questions(source, named)]
    if "text" in fields:
        return [_texts(source, named)]
    raise SourceRefusedError("fields", ", ".join(sorted(fields))[:120])


def _text(row: Row, field: str) -> str:
    value = row.get(field)
    return "" if value is None else storable(str(value))


def _texts_of(row: Row, field: str) -> tuple[str, ...]:
    value = row.get(field) or ()
    items = value if isinstance(value, list | tuple) else str(value).split("|")
    return tuple(text for item in items if (text := storable(str(item))))


def _by_law(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = {}
    for number, row in enumerate(rows, 1):
        if not (_text(row, "law") and _text(row, "article").replace("-", "").isdigit()):
            raise SourceRefusedError("fields", str(number))
        grouped.setdefault(law_title(_text(row, "law")), []).append(row)
    return grouped


def _laws(source: SourceFile, rows: Sequence[Row]) -> list[ParsedDocument]:
    made = []
    for law, own in _by_law(rows).items():
        name = file_name(_text(own[0], "file").rsplit(".", 1)[0])
        endings = [_text(row, "text") for row in own[-3:]]
        province = facts.province(law, source.folders, {})
        assembler = Assembler()
        assembler.skip(law)
        for row in own:
            label = article_label(_text(row, "article"))
            assembler.skip(label)
            text = _text(row, "text")
            if text:
                assembler.add(
                    passage(
                        text,
                        article=_text(row, "article"),
                        article_label=label,
                        language=language_of(text),
                    )
                )
        made.append(
            ParsedDocument(
                kind=source.kind or "law",
                title=law,
                text=assembler.text,
                passages=tuple(assembler.passages),
                level=facts.level(law, "", name, province, "", ""),
                province=province,
                document_number=name.serial,
                issued_on=name.issued_on,
                effective_from=facts.effective_from([], endings, name.issued_on, {}),
                is_repealed=bool(SUPERSEDED_FOLDERS & set(source.folders)),
                repeals=facts.repeals(law, endings),
                url=_text(own[0], "url"),
                licence=_text(own[0], "licence"),
            )
        )
    return made


def cards(source: SourceFile, rows: Sequence[Row]) -> list[ParsedDocument]:
    """Return article cards, one document a law: found by their words, shown as digests, never quoted.

    A digest is shown only where its row says ``checked``: read again against its article by a second reader.
    """
    made = []
    for law, own in _by_law(rows).items():
        assembler = Assembler()
        for row in own:
            article = _text(row, "article")
            digests = {name: _text(row, name) for name in ("digest_zh", "digest_en")}
            found_by = (
                digests["digest_en"],
                *_texts_of(row, "questions_zh"),
                *_texts_of(row, "questions_en"),
                " ".join(_texts_of(row, "terms")),
            )
            assembler.add(
                passage(
                    digests["digest_zh"],
                    title=f"{law} {article_label(article)}",
                    article=article,
                    article_label=article_label(article),
                    basis=(f"{law}#{article}",),
                    search_texts=tuple(text for text in found_by if text),
                    data={**digests, "checked": _text(row, "checked").lower() in TRUE},
                )
            )
        made.append(ParsedDocument("card", law, assembler.text, tuple(assembler.passages)))
    return made


def _questions(source: SourceFile, rows: Sequence[Row]) -> ParsedDocument:
    assembler = Assembler()
    for number, row in enumerate(rows, 1):
        question, answer = _text(row, "question"), _text(row, "answer")
        if not (question and answer):
            raise SourceRefusedError("fields", str(number))
        assembler.skip(question)
        assembler.add(
            passage(
                answer,
                title=question,
                language=language_of(question),
                basis=_texts_of(row, "basis"),
                search_texts=_texts_of(row, "similar"),
                data={"negative": list(_texts_of(row, "negative")), "topic": _text(row, "topic")},
            )
        )
    name = file_name(source.path.stem)
    return ParsedDocument(source.kind or "faq", name.title, assembler.text, tuple(assembler.passages))


def _texts(source: SourceFile, rows: Sequence[Row]) -> ParsedDocument:
    assembler = Assembler()
    for row in rows:
        text = _text(row, "text")
        if text:
            assembler.add(passage(text, title=_text(row, "title"), language=language_of(text)))
    if not assembler.passages:
        raise SourceRefusedError("no_text")
    name = file_name(source.path.stem)
    return ParsedDocument(source.kind or "law", name.title, assembler.text, tuple(assembler.passages))
