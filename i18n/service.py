"""Words for people.

1. ``negotiate_locale`` is the one place that decides a person's language, among those that there are
   catalogues for (``i18n.languages``); ``content_language`` says whether it reads guides and questions in
   Chinese or in English.
2. ``translate`` looks a message code up in the catalogue that its first segment names and fills ``{name}``
   placeholders, dates and moments written as the locale does; a message with plural forms is chosen by the
   parameter ``n``.
3. ``messages`` and ``counted_messages`` return all messages under a prefix, for clients that render in the
   browser.
4. ``format_date``, ``format_moment``, ``format_time``, ``format_number``, ``format_percent`` and
   ``format_list`` write dates, numbers, shares and rows of things as the locale does.

Catalogues are ``locales/<language>/LC_MESSAGES/<domain>.po``; the msgid is the code. How a language is
added: docs/localisation.md.
"""

import gettext
import string
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache

import babel.dates
import babel.lists
import babel.numbers
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from core.clock import CHINA
from core.errors import InvariantBroken
from i18n.languages import (
    AUTHORITATIVE,
    CONTENT_LOCALES,
    DEFAULT_LOCALE,
    FOLDER,
    Language,
    language,
    languages,
    locales,
    negotiate,
)

__all__ = [
    "AUTHORITATIVE",
    "CONTENT_LOCALES",
    "DEFAULT_LOCALE",
    "FOLDER",
    "Language",
    "content_language",
    "counted_messages",
    "format_date",
    "format_list",
    "format_moment",
    "format_number",
    "format_percent",
    "format_time",
    "has_message",
    "language",
    "language_name",
    "languages",
    "locales",
    "lookup",
    "messages",
    "negotiate_locale",
    "normalise_locale",
    "placeholders",
    "translate",
]

_NUMBERS = 120  # enough to meet every plural category of whole numbers


def negotiate_locale(preferred: Sequence[str], default: str = DEFAULT_LOCALE) -> str:
    """Return the first supported locale of ``preferred`` (tags such as ``zh``, ``zh-TW``, ``en-GB``).

    Chinese as Taiwan, Hong Kong and Macao write it gives zh-Hant, any other zh-CN, English of any kind en,
    anything else ``default``.
    """
    return negotiate(preferred, default)


def normalise_locale(tag: str) -> str:
    """Return the tag of a supported locale for any spelling of one."""
    return negotiate([tag])


def content_language(locale: str) -> str:
    """Return ``zh`` or ``en``: the language in which a locale shows guides, questions and forms."""
    return language(locale).content


def catalogue(domain: str, locale: str) -> Catalog:
    """Return one catalogue, read once a process.

    Raises:
        InvariantBroken: there is no such catalogue.
    """
    return _read(language(locale), domain)


@lru_cache(maxsize=256)
def _read(spoken: Language, domain: str) -> Catalog:
    path = spoken.folder / "LC_MESSAGES" / f"{domain}.po"
    if not path.exists():
        raise InvariantBroken("core.catalogue_missing", domain=domain)
    with path.open("rb") as stream:
        return read_po(stream, locale=spoken.babel, domain=domain, abort_invalid=True)


@lru_cache(maxsize=16)
def _plural(expression: str) -> Callable[[int], int]:
    """Return the rule of a catalogue's header: which form goes with a number."""
    return gettext.c2py(expression)


def translate(code: str, locale: str, **params: object) -> str:
    """Return the text of a message code.

    Args:
        code: such as ``forms.deficiency.required``.
        locale: ``zh-CN``, ``zh-Hant``, ``en``.
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
        return text.format_map({name: _shown(name, value, locale) for name, value in params.items()})
    except KeyError as error:
        raise InvariantBroken("core.message_parameter_missing", message=code) from error


def lookup(code: str, locale: str, *, n: object = None) -> str | None:
    """Return a code's raw text, or None where the catalogue lacks it."""
    book = catalogue(code.split(".", 1)[0], locale)
    message = book.get(code)
    if message is None:
        return None
    if isinstance(message.string, tuple | list):
        index = _plural(book.plural_expr)(n if isinstance(n, int) else 0)
        return message.string[index] or None
    return message.string or None


def has_message(code: str, locale: str = DEFAULT_LOCALE) -> bool:
    """Whether a catalogue holds the code."""
    domain = code.split(".", 1)[0]
    folder = language(locale).folder
    return (folder / "LC_MESSAGES" / f"{domain}.po").exists() and bool(lookup(code, locale))


def messages(prefix: str, locale: str) -> dict[str, str]:
    """Return all messages whose code starts with ``prefix``, placeholders unfilled, those of one form."""
    book = catalogue(prefix.split(".", 1)[0], locale)
    return {
        str(message.id): str(message.string)
        for message in book
        if isinstance(message.id, str) and message.id.startswith(prefix)
    }


def counted_messages(prefix: str, locale: str) -> dict[str, dict[str, str]]:
    """Return the messages with several forms: code → plural category → text, as in ``Intl.PluralRules``."""
    book, babel_locale = catalogue(prefix.split(".", 1)[0], locale), language(locale).babel
    index = _plural(book.plural_expr)
    forms = {babel_locale.plural_form(n): index(n) for n in reversed(range(_NUMBERS))}
    return {
        message.id[0]: {category: message.string[at] for category, at in forms.items()}
        for message in book
        if isinstance(message.id, tuple | list)
        and isinstance(message.string, tuple | list)
        and message.id[0].startswith(prefix)
    }


def placeholders(text: str) -> frozenset[str]:
    """Return the names of a text's placeholders."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def _shown(name: str, value: object, locale: str) -> object:
    if isinstance(value, datetime):
        return format_moment(value, locale)
    if isinstance(value, date):
        return format_date(value, locale)
    return format_number(value, locale) if name == "n" and isinstance(value, int | float) else value


def format_date(value: date, locale: str) -> str:
    """Write a date: 2026年5月15日, May 15, 2026."""
    return babel.dates.format_date(value, format="long", locale=language(locale).babel)


def format_percent(value: float, locale: str) -> str:
    """Write a share between 0 and 1: 86%."""
    return babel.numbers.format_percent(value, locale=language(locale).babel)


def format_number(value: float, locale: str) -> str:
    """Write a number with its thousands set apart: 12,345.6."""
    return babel.numbers.format_decimal(value, locale=language(locale).babel)


def format_moment(value: datetime, locale: str) -> str:
    """Write a moment in China's time, to the minute: 2026年5月15日 09:30, May 15, 2026 09:30."""
    local = value.astimezone(CHINA)
    day = babel.dates.format_date(local, format="medium", locale=language(locale).babel)
    return f"{day} {format_time(value, locale)}"


def format_time(value: datetime, locale: str) -> str:
    """Write the hour and minute of a moment in China's time: 09:30."""
    return babel.dates.format_skeleton("Hm", value.astimezone(CHINA), locale=language(locale).babel)


def language_name(named: str, locale: str) -> str:
    """Return what a language is called in another: Traditional Chinese for ``zh-Hant`` in English."""
    found, names = language(named), language(locale).babel.languages
    known = names.get(found.html.replace("-", "_"))
    return str(known) if known and found.tag.lower() == named.lower() else named


def format_list(values: Sequence[str], locale: str) -> str:
    """Write several things in a row: 甲、乙和丙; A, B, and C."""
    return babel.lists.format_list(values, locale=language(locale).babel)
