"""Guides for people and for the knowledge base, made from the items' data."""

from typing import Any

from core.blocks import Block, bullet_list, paragraph, plain_text, steps, table
from forms.items.basics import Source, Text
from forms.items.catalogue import items
from forms.items.citations import clause
from forms.items.definition import ASPECTS, DecisionPoint, Entry, ServiceItem
from i18n.service import CONTENT_LOCALES, translate

LANGUAGES = CONTENT_LOCALES


def export_guides() -> list[dict[str, Any]]:
    """Return every item's guide in both languages, one section an aspect, with the provisions it rests on."""
    return [_guide(item) for item in items().values()]


def _guide(item: ServiceItem) -> dict[str, Any]:
    return {
        "service_item_code": item.code,
        "title": _text(item.name),
        "aliases": {language: list(item.aliases.get(language, [])) for language in ("zh", "en")},
        "aspects": [_aspect(item, name) for name in ASPECTS if entries_of(item, name)],
    }


def entries_of(item: ServiceItem, aspect: str) -> list[Entry]:
    """Return the facts of one aspect; decision points are told from the routing questions."""
    entries = list(item.guide.get(aspect, []))  # type: ignore[call-overload]
    if aspect == "decision_points":
        entries += [_decision(point) for point in item.decision_points]
    return entries


def guide_entries(code: str, aspect: str, locale: str) -> list[tuple[str, str]]:
    """Return the facts of one aspect of an item, each with the provision it rests on."""
    service_item = items()[code]
    return [
        (
            entry.text.get(locale),
            clause(entry.source, locale) if entry.verified else translate("forms.to_be_verified", locale),
        )
        for entry in entries_of(service_item, aspect)
    ]


def _decision(point: DecisionPoint) -> Entry:
    def routes(language: str) -> str:
        lines = []
        for option in point.options:
            end = option.outcome.text if option.outcome else None
            label, text = getattr(option.label, language), getattr(end, language) if end else ""
            lines.append(
                translate("forms.guide.route", LANGUAGES[language], option=label, text=text)
                if text
                else label
            )
        return translate("forms.guide.route_separator", LANGUAGES[language]).join(lines)

    return Entry(
        title=point.ask,
        text=Text(zh=routes("zh"), en=routes("en")),
        source=point.source,
        verified=point.verified,
    )


def _aspect(item: ServiceItem, aspect: str) -> dict[str, Any]:
    entries = entries_of(item, aspect)
    blocks = {language: aspect_blocks(item, aspect, locale) for language, locale in LANGUAGES.items()}
    return {
        "aspect": aspect,
        "title": {language: _title(item, aspect, locale) for language, locale in LANGUAGES.items()},
        "blocks": blocks,
        "text": {language: plain_text(made) for language, made in blocks.items()},
        "plain": {lang: "\n".join(getattr(entry.text, lang) for entry in entries) for lang in LANGUAGES},
        "basis": [{"law": s.law, "article": s.article} for s in _basis(entries)],
        "verified": all(entry.verified for entry in entries),
    }


def _title(item: ServiceItem, aspect: str, locale: str) -> str:
    name = translate(f"forms.guide.aspect.{aspect}", locale)
    return translate("forms.guide.title", locale, item=item.name.get(locale), aspect=name)


def _basis(entries: list[Entry]) -> list[Source]:
    seen = {(s.law, s.article): s for entry in entries for s in entry.source}
    return list(seen.values())


def aspect_blocks(item: ServiceItem, aspect: str, locale: str) -> list[Block]:
    """Return one aspect as blocks: materials and time limits as tables, the procedure as steps."""
    entries = entries_of(item, aspect)
    if aspect in ("materials", "time_limit"):
        return [_table(item, aspect, entries, locale)]
    if aspect in ("procedure", "decision_points"):
        return [steps((e.title.get(locale) if e.title else "", _cited(e, locale)) for e in entries)]
    if len(entries) == 1:
        return [paragraph(_cited(entries[0], locale))]
    return [bullet_list(_cited(entry, locale) for entry in entries)]


def _cited(entry: Entry, locale: str) -> str:
    basis = clause(entry.source, locale) if entry.verified else translate("forms.to_be_verified", locale)
    return translate("forms.guide.cited", locale, text=entry.text.get(locale), basis=basis)


def _table(item: ServiceItem, aspect: str, entries: list[Entry], locale: str) -> Block:
    columns = [translate(f"forms.guide.column.{aspect}.{n}", locale) for n in (1, 2, 3)]
    rows = []
    for entry in entries:
        basis = clause(entry.source, locale) if entry.verified else translate("forms.to_be_verified", locale)
        text = entry.text.get(locale)
        if entry.required is not None:
            need = translate("forms.guide.required" if entry.required else "forms.guide.conditional", locale)
            text = translate("forms.guide.material", locale, need=need, text=text)
        if entry.obtained_from:
            text += translate("forms.guide.obtained", locale)
        rows.append([entry.title.get(locale) if entry.title else "", text, basis])
    return table(_title(item, aspect, locale), columns, rows)


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
