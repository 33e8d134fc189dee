"""The languages that people can choose: whatever catalogues there are.

1. Each folder ``locales/<name>`` with catalogues is a language; nothing else lists them. The setting
   ``YAOZHENG_LOCALES`` names a further folder of the same shape, for languages of one installation alone.
2. ``locale.yml`` in it may say what its name does not: ``content``, the language in which it reads guides,
   questions and forms where they have none of its own, and ``dates``, the CLDR locale for dates and numbers.
3. ``negotiate`` compares a wish with these by language, then script (zh-TW and zh-HK are written in Hant),
   then territory; Babel's CLDR data says which script a territory writes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from babel import Locale, UnknownLocaleError
from babel.core import get_global

from core.errors import InvalidInput
from core.settings import get_settings

FOLDER = Path(__file__).parent / "locales"
DEFAULT_LOCALE = "zh-CN"
CONTENT_LANGUAGES = ("zh", "en")  # in which guides, questions and forms are written
CONTENT_LOCALES = {"zh": DEFAULT_LOCALE, "en": "en"}
_SCRIPT_CODE = 4  # letters, as in Hant
AUTHORITATIVE = "zh-Hans"  # in which the law is written


@dataclass(frozen=True, eq=False)  # each is made once
class Language:
    """A language to choose.

    Attributes:
        tag: as cookies, conversations and clients name it: ``zh-CN``, ``zh-Hant``, ``en``.
        folder: its catalogues.
        babel: whose dates, numbers and plurals it uses.
        content: ``zh`` or ``en``, the content that it shows.
        name: what its speakers call it.
    """

    tag: str
    folder: Path
    babel: Locale
    content: str
    name: str

    @property
    def html(self) -> str:
        """What pages in it are marked with: ``zh-Hans``, ``zh-Hant``, ``en``."""
        try:
            known = Locale.parse(self.tag, sep="-")
        except (ValueError, UnknownLocaleError):
            return self.tag
        return "-".join(part for part in (known.language, known.script) if part)


def languages() -> tuple[Language, ...]:
    """Return the languages, the default one first."""
    return _found(FOLDER, _more())


def locales() -> tuple[str, ...]:
    """Return the tags of the languages, the default one first."""
    return tuple(one.tag for one in languages())


def language(locale: str) -> Language:
    """Return the language of any spelling of a locale, the default one where it is not spoken."""
    return _nearest(locale, _more()) or languages()[0]


def negotiate(preferred: Sequence[str], default: str = DEFAULT_LOCALE) -> str:
    """Return the first language of ``preferred`` (``zh-HK``, ``en-GB;q=0.8``) that is spoken."""
    more = _more()
    found = (_nearest(tag.split(";")[0].strip(), more) for tag in preferred)
    return next((one.tag for one in found if one), default)


def _more() -> str:
    try:
        return get_settings().locales
    except InvalidInput:
        return ""  # words are needed to say which setting is wrong


@lru_cache(maxsize=8)
def _found(shipped: Path, more: str) -> tuple[Language, ...]:
    found = {one.tag: one for root in (shipped, *_roots(more)) for one in _in(root)}
    return tuple(sorted(found.values(), key=lambda one: (one.tag != DEFAULT_LOCALE, one.tag)))


def _roots(more: str) -> tuple[Path, ...]:
    return (Path(more).expanduser(),) if more else ()


def _in(root: Path) -> Iterator[Language]:
    for catalogues in sorted(root.glob("*/LC_MESSAGES")):
        folder = catalogues.parent
        told = folder / "locale.yml"
        more = (yaml.safe_load(told.read_text("utf-8")) or {}) if told.exists() else {}
        babel = Locale.parse(more.get("dates") or folder.name)
        content = more.get("content") or babel.language
        yield Language(
            tag=folder.name.replace("_", "-"),
            folder=folder,
            babel=babel,
            content=content if content in CONTENT_LANGUAGES else CONTENT_LANGUAGES[0],
            name=more.get("name") or _own_name(babel),
        )


def _own_name(babel: Locale) -> str:
    names = babel.languages
    return str(names.get(f"{babel.language}_{babel.script}") or names.get(babel.language) or babel)


@lru_cache(maxsize=256)
def _nearest(tag: str, more: str) -> Language | None:
    spoken = _found(FOLDER, more)
    plain = tag.replace("_", "-")
    exact = next((one for one in spoken if one.tag.lower() == plain.lower()), None)
    wish = _parsed(plain)
    if exact or wish is None:
        return exact
    same = [one for one in spoken if one.babel.language == wish.language and _parsed(one.tag)]
    ranked = [(_script(one.babel) == _script(wish), one.babel.territory == wish.territory) for one in same]
    return same[ranked.index(max(ranked))] if same else None


@lru_cache(maxsize=256)
def _parsed(tag: str) -> Locale | None:
    """Return the locale of a tag; where CLDR has none, how its territory writes, else its language alone."""
    plain = tag.replace("_", "-")
    written = str(get_global("likely_subtags").get(plain.replace("-", "_"), "")).split("_")[:2]
    parts = plain.split("-")
    scripted = "-".join(parts[:2]) if len(parts) > 1 and len(parts[1]) == _SCRIPT_CODE else ""
    for attempt in (scripted, plain, "-".join(written), parts[0]):
        try:
            return Locale.parse(attempt, sep="-")
        except (ValueError, TypeError, UnknownLocaleError):
            continue
    return None


def _script(babel: Locale) -> str:
    likely = str(get_global("likely_subtags").get(babel.language, ""))
    return babel.script or (likely.split("_")[1] if likely.count("_") == 2 else "")
