"""From lines to a law, or to a text of sections where there are no articles."""

import re
from dataclasses import asdict

from knowledge_base.sources.base import (
    Assembler,
    Line,
    ParsedDocument,
    SourceFile,
    SourceRefusedError,
    TextDocument,
    passage,
)
from knowledge_base.sources.structure import article_dates, articles, facts, sections
from knowledge_base.sources.structure.articles import LawBody
from knowledge_base.sources.structure.numerals import is_date, iso_date
from knowledge_base.sources.structure.titles import FileName, clean, file_name, law_title, tight

SUPERSEDED_FOLDERS = frozenset({"superseded", "repealed", "废止"})
SHORTEST_SECTION = 10  # characters: closing formulas such as 特此公告 are nothing to cite
_CJK = re.compile(r"[\u3400-\u9fff]")


def parse(source: SourceFile, document: TextDocument) -> ParsedDocument:
    """Return the document that a text file holds.

    Raises:
        SourceRefusedError: ``no_text`` where nothing is left to cite.
    """
    name = file_name(source.path.stem)
    heading, lines = _title_line(document)
    title = law_title(document.meta.get("title", "") or heading) or name.title
    body = articles.cut(lines)
    assembler = Assembler()
    assembler.skip(title)
    if body.articles:
        _add_articles(assembler, body)
        _add_sections(assembler, body.annex)
    else:
        _add_sections(assembler, body.preamble)
    if not assembler.passages:
        raise SourceRefusedError("no_text")
    return _document(source, document, heading or title, title, name, body, assembler)


def _title_line(document: TextDocument) -> tuple[str, list[Line]]:
    lines = [Line(clean(line.text), line.level) for line in document.lines]
    lines = [line for line in lines if line.text]
    if lines and _is_title(lines[0]):
        return lines[0].text, lines[1:]
    return "", lines


def _is_title(line: Line) -> bool:
    is_short = len(line.text) <= sections.MAX_HEADING and not line.level
    return (line.level == 1 or is_short) and not line.text.endswith(("。", "；", "."))


def _add_articles(assembler: Assembler, body: LawBody) -> None:
    headings, begins = dict(_headings_before(body)), article_dates.own_beginnings(_endings(body))
    for index, article in enumerate(body.articles):
        for heading in headings.get(index, ()):
            assembler.skip(heading)
        assembler.skip(article.label)
        text = "\n".join(article.paragraphs)
        if text:
            assembler.add(
                passage(
                    text,
                    article=article.number,
                    article_label=article.label,
                    heading_path=article.headings,
                    language=language_of(text),
                    applies_from=begins.get(article.number),
                )
            )


def _headings_before(body: LawBody) -> list[tuple[int, list[str]]]:
    grouped: dict[int, list[str]] = {}
    for index, heading in body.headings:
        grouped.setdefault(index, []).append(heading)
    return list(grouped.items())


def _add_sections(assembler: Assembler, lines: list[Line]) -> None:
    for section in sections.cut(lines):
        for heading in section.headings[-1:]:
            assembler.skip(heading)
        if len(section.text) < SHORTEST_SECTION:
            assembler.skip(section.text)
            continue
        assembler.add(
            passage(
                section.text,
                title=section.headings[-1] if section.headings else "",
                article_label=section.label.rstrip("、"),
                heading_path=section.headings,
                language=language_of(section.text),
            )
        )


def language_of(text: str) -> str:
    """Return ``zh`` where a tenth of the characters or more are Chinese, else ``en``."""
    return "zh" if len(_CJK.findall(text)) * 10 >= len(text) else "en"


def _document(
    source: SourceFile,
    document: TextDocument,
    heading: str,
    title: str,
    name: FileName,
    body: LawBody,
    assembler: Assembler,
) -> ParsedDocument:
    header = [line.text for line in body.preamble] if body.articles else []
    endings = _endings(body)
    meta, notes = document.meta, source.provenance.get("note", "")
    province = facts.province(title, source.folders, meta)
    signed = [] if body.articles else [line.text for line in body.preamble if is_date(line.text)]
    issued = facts.issued_on(header, signed, name, meta)
    issuer = meta.get("authority", "") or facts.authority(header, tight(heading), notes)
    return ParsedDocument(
        kind=source.kind or meta.get("kind", "law"),
        title=title,
        text=assembler.text,
        passages=tuple(assembler.passages),
        level=meta.get("level", "")
        or facts.level(title, issuer, name, province, notes, source.provenance.get("path", "")),
        authority=issuer,
        province=province,
        document_number=facts.document_number(heading, header, name, notes, meta),
        issued_on=issued,
        effective_from=facts.effective_from(header, endings, issued, meta),
        repealed_on=iso_date(meta.get("repealed_on", "")),
        is_repealed=bool(SUPERSEDED_FOLDERS & set(source.folders)) or "repealed_on" in meta,
        repeals=facts.repeals(title, endings),
        partial_repeals=tuple(
            asdict(item) for item in article_dates.partial_repeals(title, _paragraphs(body))
        ),
        url=meta.get("url", "") or meta.get("source_url", ""),
        licence=meta.get("licence", "") or meta.get("license", ""),
    )


def _paragraphs(body: LawBody) -> list[str]:
    articles_text = [text for article in body.articles for text in article.paragraphs]
    return articles_text or [line.text for line in body.preamble]


def _endings(body: LawBody) -> list[str]:
    if body.articles:
        return ["\n".join(article.paragraphs) for article in body.articles[-3:]]
    return [line.text for line in body.preamble[-6:]]
