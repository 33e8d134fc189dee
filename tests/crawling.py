"""What is wrong with the words of a page: a language that is not its own, a code for a text."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from i18n.service import FOLDER

HAN = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff01-\uff5e]")
WORD = re.compile(r"[A-Za-z][A-Za-z]+")
SHOWN = ("alt", "aria-label", "placeholder", "title", "label", "data-label")
UNREAD = ("script", "style", "template", "noscript", "svg")
ALLOWED = Path(__file__).with_name("latin_in_chinese.yml")
DOMAINS = "|".join(sorted(path.stem for path in (FOLDER / "zh_CN" / "LC_MESSAGES").glob("*.po")))
CODE = re.compile(rf"\b(?:{DOMAINS})\.[a-z_]+(?:\.[a-z0-9_]+)+\b|\{{[a-z_]+\}}")


@lru_cache(maxsize=1)
def allowed() -> frozenset[str]:
    """Return the Latin words that Chinese pages may hold."""
    return frozenset(yaml.safe_load(ALLOWED.read_text("utf-8")))


def spoken(page: Any) -> Iterator[tuple[str, str, bool]]:
    """Yield every text that a page shows or reads out: the text, its language, whether somebody wrote it."""
    for element in page.iter():
        if not isinstance(element.tag, str) or _is_unread(element):
            continue
        lang, is_data = _marks(element)
        if element.text and element.text.strip() and element.tag not in ("textarea",):
            yield " ".join(element.text.split()), lang, is_data
        for name in SHOWN:
            if element.get(name, "").strip():
                yield " ".join(element.get(name).split()), lang, is_data
        for child in element:
            if child.tail and child.tail.strip():
                yield " ".join(child.tail.split()), lang, is_data


def _is_unread(element: Any) -> bool:
    return element.tag in UNREAD or any(one.tag in UNREAD for one in element.iterancestors())


def _marks(element: Any) -> tuple[str, bool]:
    chain = [element, *element.iterancestors()]
    lang = next((one.get("lang") for one in chain if one.get("lang") is not None), "")
    return lang, any(one.get("translate") == "no" for one in chain)


def faults(page: Any, lang: str) -> list[str]:
    """Return the texts that are not in the page's language and not marked as being in another.

    In English pages what people wrote in Chinese is to be marked as Chinese too; in Chinese ones it is enough
    that it is marked as theirs.
    """
    is_wrong = has_chinese if lang == "en" else has_english
    found = [
        text
        for text, own, is_data in spoken(page)
        if CODE.search(text) or (own == lang and is_wrong(text) and not (is_data and lang != "en"))
    ]
    return list(dict.fromkeys(found))


def has_chinese(text: str) -> bool:
    """Whether a text holds Chinese characters or punctuation."""
    return bool(HAN.search(text))


def has_english(text: str) -> bool:
    """Whether a text holds a Latin word that is neither a code in capitals nor allowed."""
    return any(not word.isupper() and word not in allowed() for word in WORD.findall(text))
