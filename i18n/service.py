"""Words for people.

1. ``negotiate_locale`` is the one place that decides a person's language.
2. ``translate`` looks a message code up in the catalogue that its first segment names and fills ``{name}``
   placeholders; a message with plural forms is chosen by the parameter ``n``.
3. ``messages`` returns all messages under a prefix, for clients that render in the browser.
4. ``format_date``, ``format_moment``, ``format_number`` and ``format_percent`` write dates, numbers and
   shares as the locale does.

Catalogues are ``locales/<language>/LC_MESSAGES/<domain>.po``; the msgid is the code.
"""

import string
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import babel.dates
import babel.numbers
from babel import Locale, UnknownLocaleError
from babel import negotiate_locale as _negotiate
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from core.clock import CHINA
from core.errors import InvariantBroken

LOCALES = ("zh-CN", "en")
DEFAULT_LOCALE = "zh-CN"
FOLDER = Path(__file__).parent / "locales"
_BABEL = {"zh-CN": "zh_CN", "en": "en"}
_PARSED = {locale: Locale.parse(name) for locale, name in _BABEL.items()}  # Babel parses a name at each call


def negotiate_locale(preferred: Sequence[str], default: str = DEFAULT_LOCALE) -> str:
    """Return the first supported locale of ``preferred`` (tags such as ``zh``, ``zh-Hant-TW``, ``en-GB``).

    Chinese of any kind gives zh-CN, English of any kind en, anything else ``default``.
    """
    for tag in preferred:
        language = tag.strip().replace("_", "-").split("-")[0].split(";")[0].lower()
        found = _negotiate([language], ["zh", "en"])
        if found:
            return DEFAULT_LOCALE if found == "zh" else "en"
    return default


def normalise_locale(tag: str) -> str:
    """Return ``zh-CN`` or ``en`` for any spelling of a locale."""
    try:
        Locale.parse(tag.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return DEFAULT_LOCALE
    return negotiate_locale([tag])


@lru_cache(maxsize=64)
def catalogue(domain: str, locale: str) -> Catalog:
    """Return one catalogue, read once a process.

    Raises:
        InvariantBroken: there is no such catalogue.
    """
    path = FOLDER / _BABEL[locale] / "LC_MESSAGES" / f"{domain}.po"
    if not path.exists():
        raise InvariantBroken("core.catalogue_missing", domain=domain)
    with path.open("rb") as stream:
        return read_po(stream, locale=_BABEL[locale], domain=domain, abort_invalid=True)


def translate(code: str, locale: str, **params: object) -> str:
    """Return the text of a message code.

    Args:
        code: such as ``forms.deficiency.required``.
        locale: ``zh-CN`` or ``en``.
        params: values of the placeholders; ``n`` selects the plural form where there is one.

    Raises:
        InvariantBroken: the code is not in the catalogue, or a placeholder has no value.
    """
    text = lookup(code, locale, n=params.get("n"))
    if text is None:
        raise InvariantBroken("core.message_missing", message=code)
    if "{" not in text:
        return text
    try:
        return text.format_map({name: _shown(value) for name, value in params.items()})
    except KeyError as error:
        raise InvariantBroken("core.message_parameter_missing", message=code) from error


def lookup(code: str, locale: str, *, n: object = None) -> str | None:
    """Return a code's raw text, or None where the catalogue lacks it."""
    book = catalogue(code.split(".", 1)[0], locale)
    message = book.get(code)
    if message is None:
        return None
    if isinstance(message.string, tuple | list):
        index = 0 if book.num_plurals == 1 else int(n != 1)
        return message.string[index] or None
    return message.string or None


def has_message(code: str, locale: str = DEFAULT_LOCALE) -> bool:
    """Whether a catalogue holds the code."""
    domain = code.split(".", 1)[0]
    return (FOLDER / _BABEL[locale] / "LC_MESSAGES" / f"{domain}.po").exists() and bool(lookup(code, locale))


def messages(prefix: str, locale: str) -> dict[str, str]:
    """Return all messages whose code starts with ``prefix``, placeholders unfilled."""
    book = catalogue(prefix.split(".", 1)[0], locale)
    return {
        str(message.id): str(message.string)
        for message in book
        if isinstance(message.id, str) and message.id.startswith(prefix)
    }


def placeholders(text: str) -> frozenset[str]:
    """Return the names of a text's placeholders."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def _shown(value: object) -> object:
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


def format_date(value: date, locale: str) -> str:
    """Write a date: 2026年5月15日, May 15, 2026."""
    return babel.dates.format_date(value, format="long", locale=_PARSED[locale])


def format_percent(value: float, locale: str) -> str:
    """Write a share between 0 and 1: 86%."""
    return babel.numbers.format_percent(value, locale=_PARSED[locale])


def format_number(value: float, locale: str) -> str:
    """Write a number with its thousands set apart: 12,345.6."""
    return babel.numbers.format_decimal(value, locale=_PARSED[locale])


def format_moment(value: datetime, locale: str) -> str:
    """Write a moment in China's time, to the minute."""
    return babel.dates.format_datetime(
        value.astimezone(CHINA), format="yyyy-MM-dd HH:mm", locale=_PARSED[locale]
    )
