"""Write the words that the mini-program uses: it cannot ask for them before it shows any.

    .venv/bin/python scripts/miniprogram_messages.py

A fence test holds the written file to the catalogues.
"""

import json
import re
import sys
from pathlib import Path

from babel.core import get_global

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from i18n.service import counted_messages, language, locales, messages, negotiate_locale  # noqa: E402 - found by the line above

TARGET = ROOT / "web" / "miniprogram" / "components" / "yaozheng-chat" / "messages.js"
# What stands below these prefixes, under which name.
PREFIXES = {
    "web.page.js.": "",
    "web.page.chat.": "chat.",
    "web.page.starter.": "starter.",
    "web.page.caution": "caution",
    "web.miniprogram.": "mp.",
}
# How scripts and templates name a text; of these groups they make up the code.
NAMED = re.compile(r"""["'`]([a-z]+(?:[._][a-z_]+)*)["'`]""")
SHOWN = re.compile(r"\bwords\.([a-z_]+(?:\.[a-z_]+)*)")
GROUPS = (
    "role.",
    "level.",
    "sending.",
    "law_status.",
    "owner.",
    "rating.level.",
    "feedback.reason.",
    "starter.",
    "assist.done.",
    "chat.slot.",
)
NOT_OURS = ("role.applicant_seen",)
HEAD = "// Written from the catalogues in i18n/locales by scripts/miniprogram_messages.py; do not edit.\n"


def known(locale):
    """Return all texts of one language that may be asked for, by their short codes."""
    return {
        name + code[len(prefix) :]: text
        for prefix, name in PREFIXES.items()
        for code, text in (messages(prefix, locale) | counted_messages(prefix, locale)).items()
    }


def used():
    """Return the short codes that scripts and templates name."""
    sources = [
        path for path in TARGET.parent.rglob("*") if path.suffix in {".js", ".wxml"} and path != TARGET
    ]
    texts = [path.read_text("utf-8") for path in sources]
    found = {code for text in texts for pattern in (NAMED, SHOWN) for code in pattern.findall(text)}
    return {code.removesuffix("._") for code in found}


def words(locale):
    """Return the texts of one language that the mini-program uses."""
    asked = used()
    found = {
        code: text
        for code, text in sorted(known(locale).items())
        if code not in NOT_OURS and (code in asked or code.startswith(GROUPS))
    }
    return {**found, **about(locale)}


def about(locale):
    """Return what a language is called, the tags that ask for it, and how it writes dates.

    Mini-programs have no ``Intl``, and WeChat tells a person's language as ``zh_TW``.
    """
    spoken = language(locale)
    subtags = [one for one in get_global("likely_subtags") if one.split("_")[0] == spoken.babel.language]
    tags = [one.replace("_", "-").lower() for one in subtags if negotiate_locale([one]) == locale]
    pattern = spoken.babel.date_formats["medium"].pattern
    months = [spoken.babel.months["format"]["abbreviated"][number] for number in range(1, 13)]
    return {
        "language.name": spoken.name,
        "language.html": spoken.html,
        "language.tags": " ".join(sorted({spoken.html.lower(), *tags})),
        "date.months": " ".join(months) if "MMM" in pattern else "",
        "date.pattern": re.sub("y+", "{y}", re.sub("M+", "{m}", re.sub("d+", "{d}", pattern))),
    }


def rendered():
    """Return the file's text."""
    books = {locale: words(locale) for locale in locales()}
    return f"{HEAD}module.exports = {json.dumps(books, ensure_ascii=False, indent=2)};\n"


if __name__ == "__main__":
    TARGET.write_text(rendered(), "utf-8")
