"""Our own knowledge: guides of the service items, FAQ entries, article cards."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from core.content import read_yaml
from core.database import transaction
from core.errors import InvalidInput
from knowledge_base.curation.publish import end_shipped
from knowledge_base.passages import store
from knowledge_base.sources.base import Assembler, ParsedDocument, passage
from knowledge_base.sources.service import PARSER_VERSION, ingest

CONTENT = Path(__file__).resolve().parent.parent / "content"
LANGUAGES = ("zh", "en")
MAX_ALIASES = 8
Fields = Mapping[str, Any]


def import_guides(guides: Sequence[Fields]) -> int:
    """Store the guides of all service items, one passage an aspect and language.

    Args:
        guides: ``{service_item_code, title, aliases, aspects: [{aspect, title, blocks, text, basis,
            verified}]}``; the whole set: a guide that is no longer in it leaves the index.

    Returns:
        How many guides were added or changed.
    """
    return _import_set("guide", "guides", [_guide(guide) for guide in guides])


def import_faq(folder: Path = CONTENT / "faq") -> int:
    """Store the FAQ entries of a folder's YAML files, one passage an entry and language.

    Returns:
        How many files were added or changed.

    Raises:
        InvalidInput: a file is not a list of entries; names the file and the entry.
    """
    return _import_set("faq", "faq", [_faq(path) for path in sorted(folder.glob("*.yml"))])


def import_cards(folder: Path = CONTENT / "cards") -> int:
    """Store the article cards of a folder's JSON lines; return how many files were added or changed."""
    if not folder.is_dir():
        return 0
    report = ingest([folder], kind="card")
    return report.count(store.ADDED) + report.count(store.CHANGED)


def _import_set(kind: str, origin: str, documents: Sequence[ParsedDocument]) -> int:
    changed = 0
    with transaction() as session:
        for document in documents:
            digest = hashlib.sha256(
                json.dumps([store.content_digest(document), PARSER_VERSION]).encode()
            ).hexdigest()
            outcome = store.save(
                session,
                document,
                sha256=digest,
                import_digest=digest,
                origin={"set": origin, "file": document.title},
            )
            changed += outcome != store.UNCHANGED
        store.retire_missing(session, kind, origin, [document.title for document in documents])
        end_shipped(session)
    return changed


def _guide(guide: Fields) -> ParsedDocument:
    assembler = Assembler()
    for aspect in guide["aspects"]:
        for language in LANGUAGES:
            title, aliases = aspect["title"][language], guide["aliases"].get(language, [])
            assembler.skip(title)
            assembler.add(
                passage(
                    aspect["text"][language],
                    title=title,
                    language=language,
                    blocks=tuple(aspect["blocks"][language]),
                    basis=_basis(aspect["basis"]),
                    service_item_code=guide["service_item_code"],
                    aspect=aspect["aspect"],
                    search_texts=(title, *(f"{alias} {title}" for alias in aliases[:MAX_ALIASES])),
                    data={
                        "aliases": {key: list(guide["aliases"].get(key, [])) for key in LANGUAGES},
                        "item_title": dict(guide["title"]),
                        "verified": bool(aspect["verified"]),
                        "plain": aspect["plain"][language],
                    },
                )
            )
    return ParsedDocument("guide", guide["title"]["zh"], assembler.text, tuple(assembler.passages))


def _basis(entries: Sequence[Fields | str]) -> tuple[str, ...]:
    keys = (e if isinstance(e, str) else f"{e['law']}#{e['article']}" for e in entries)
    return tuple(dict.fromkeys(keys))


def read_entries(path: Path) -> list[Fields]:
    """Read a file of questions with answers: a list, a list under ``entries``, or one entry.

    Raises:
        InvalidInput: it is no YAML, or something in it is no entry.
    """
    try:
        loaded = read_yaml(path)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = "-" if mark is None else mark.line + 1
        raise InvalidInput("knowledge_base.yaml_invalid", file=path.name, line=line) from error
    entries = loaded.get("entries", [loaded]) if isinstance(loaded, dict) else loaded
    if not isinstance(entries, list):
        raise InvalidInput("knowledge_base.faq_invalid", file=path.name, entry="-")
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            raise InvalidInput("knowledge_base.faq_invalid", file=path.name, entry=number)
    return entries


def _faq(path: Path) -> ParsedDocument:
    assembler = Assembler()
    for number, entry in enumerate(read_entries(path), 1):
        try:
            for language in LANGUAGES:
                _add_entry(assembler, entry, language)
        except (KeyError, TypeError, AttributeError) as error:
            raise InvalidInput("knowledge_base.faq_invalid", file=path.name, entry=number) from error
    return ParsedDocument("faq", path.stem, assembler.text, tuple(assembler.passages))


def _add_entry(assembler: Assembler, entry: Fields, language: str) -> None:
    question = entry["question"][language].strip()
    assembler.skip(question)
    assembler.add(
        passage(
            entry["answer"][language].strip(),
            title=question,
            language=language,
            basis=_basis(entry.get("basis") or []),
            service_item_code=entry.get("service_item") or "",
            search_texts=tuple((entry.get("similar") or {}).get(language) or ()),
            data={
                "id": entry["id"],
                "topic": entry.get("topic", ""),
                "negative": list((entry.get("negative") or {}).get(language) or ()),
                "verified": bool(entry.get("verified", False)),
            },
        )
    )
