"""Write the mini-program's words from the catalogues: a mini-program cannot ask for them before it shows any.

    .venv/bin/python scripts/miniprogram_messages.py

A fence test holds the written file to the catalogues.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from i18n.service import messages  # noqa: E402 - found by the line above

TARGET = ROOT / "web" / "miniprogram" / "components" / "yaozheng-chat" / "messages.js"
LOCALES = ("zh-CN", "en")
# What stands below these prefixes, under which name, and what of it the mini-program has no use for.
TAKEN = {
    "web.page.js.": "",
    "web.page.chat.": "chat.",
    "web.page.starter.": "starter.",
    "web.page.caution": "caution",
    "web.miniprogram.": "mp.",
}
LEFT_OUT = (
    "web.page.js.staff.",
    "web.page.js.role.applicant_seen",
    "web.page.js.save",
    "web.page.js.saving",
    "web.page.js.conversation_lost",
    "web.page.js.entry.file",
    "web.page.js.entry.cell",
    "web.page.chat.refresh",
    "web.page.chat.by_machine",
    "web.page.chat.phone_known",
)
HEAD = "// Written from the catalogues in i18n/locales by scripts/miniprogram_messages.py; do not edit.\n"


def words(locale):
    """Return the texts of one language by their short codes."""
    found = {}
    for prefix, name in TAKEN.items():
        for code, text in messages(prefix, locale).items():
            if not code.startswith(LEFT_OUT):
                found[name + code[len(prefix) :]] = text
    return dict(sorted(found.items()))


def rendered():
    """Return the file's text."""
    books = {locale: words(locale) for locale in LOCALES}
    return f"{HEAD}module.exports = {json.dumps(books, ensure_ascii=False, indent=2)};\n"


if __name__ == "__main__":
    TARGET.write_text(rendered(), "utf-8")
