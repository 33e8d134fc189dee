"""English texts call legal terms as the glossary does, or are listed with a reason."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from babel.messages.pofile import read_po

from core.content import read_yaml
from core.settings import REPOSITORY
from i18n.glossary import entries
from i18n.service import FOLDER

from .sources import under

SHORTEST = 4  # shorter terms are parts of other words
EXCEPTIONS = yaml.safe_load(Path(__file__).with_name("other_terms.yml").read_text("utf-8"))
NAMED = re.compile("《([^《》]+)》")
CONTENT = ("knowledge_base/content/faq", "forms/items", "knowledge_base/answering/rules")


def terms() -> list[tuple[str, list[str]]]:
    """Return the terms, longest first, each with its English wordings."""
    found = [(str(one["zh"]), [str(word) for word in one["en"]]) for one in entries()]
    return sorted((one for one in found if len(one[0]) >= SHORTEST), key=lambda one: -len(one[0]))


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def missing(chinese: str, english: str) -> list[str]:
    """Return the terms of a Chinese text whose English is not in the English one."""
    rest, told, found = chinese, plain(english), []
    for term, wordings in terms():
        if term in rest:
            rest = rest.replace(term, " ")
            allowed = [*wordings, *EXCEPTIONS["wordings"].get(term, {}).get("also", [])]
            if not any(plain(word) in told for word in allowed):
                found.append(term)
    return found


def catalogue(language: str) -> dict[str, str]:
    found = {}
    for path in sorted((FOLDER / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as stream:
            for message in read_po(stream):
                if message.id:
                    code = message.id if isinstance(message.id, str) else message.id[0]
                    texts = message.string
                    found[code] = texts if isinstance(texts, str) else " ".join(texts)
    return found


def pairs(node: Any, place: str) -> Iterator[tuple[str, str, str]]:
    """Yield each text that stands in both languages, with its place."""
    if isinstance(node, dict):
        if isinstance(node.get("zh"), str) and isinstance(node.get("en"), str):
            yield place, node["zh"], node["en"]
        else:
            for key, value in node.items():
                yield from pairs(value, f"{place}.{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from pairs(value, f"{place}[{number}]")


def test_messages_use_the_glossarys_english_for_legal_terms() -> None:
    zh, en = catalogue("zh_CN"), catalogue("en")
    found = {code: wrong for code in zh if (wrong := missing(zh[code], en[code]))}
    listed = EXCEPTIONS["messages"]
    assert {code: wrong for code, wrong in found.items() if code not in listed} == {}
    assert sorted(set(listed) - set(found)) == [], "no longer needed"


def test_content_calls_laws_by_their_english_names() -> None:
    names = dict(terms())
    files = [
        path
        for folder in CONTENT
        for path in under(folder.split("/")[0], suffix=".yml")
        if str(path).startswith(folder)
    ]
    seen, wrong = 0, []
    for path in files:
        for place, chinese, english in pairs(read_yaml(REPOSITORY / path), path.name):
            for law in NAMED.findall(chinese):
                seen += law in names
                if law in names and not any(plain(word) in plain(english) for word in names[law]):
                    wrong.append(f"{place}: {law}")
    assert len(files) > 30
    assert seen > 3
    assert wrong == []


def test_every_exception_has_a_reason() -> None:
    assert all(len(one["why"]) > 10 and one["also"] for one in EXCEPTIONS["wordings"].values())
    assert all(len(why) > 10 for why in EXCEPTIONS["messages"].values())
