"""Write the catalogues in traditional characters from the simplified ones.

    .venv/bin/python scripts/traditional_catalogues.py

Characters change (OpenCC's s2hk), words do not: what a law calls 批准文号 is 批准文號 here, not another word.
Left as they are: names between 《》, which stand in the official text so, and placeholders. A term of the
glossary is converted as a whole, so that it reads the same wherever it stands. A fence test holds the written
files to the simplified ones; nobody edits them by hand.
"""

import io
import re
import sys
from pathlib import Path

from babel.messages.pofile import read_po, write_po
from opencc import OpenCC

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from i18n.glossary import entries  # noqa: E402 - found by the line above
from i18n.languages import FOLDER  # noqa: E402

SOURCE, TARGET = "zh_CN", "zh_Hant"
HEAD = "Written from the simplified catalogue by scripts/traditional_catalogues.py; do not edit."
KEPT = r"《[^《》]*》|\{[^{}]*\}"
_convert = OpenCC("s2hk").convert


def _terms():
    return sorted({str(entry["zh"]) for entry in entries()}, key=lambda term: (-len(term), term))


PARTS = re.compile(f"({KEPT})|({'|'.join(map(re.escape, _terms()))})")


def traditional(text):
    """Return a text in traditional characters."""
    done, at = [], 0
    for found in PARTS.finditer(text):
        kept, term = found.groups()
        done += [_convert(text[at : found.start()]), kept or _convert(term)]
        at = found.end()
    return "".join([*done, _convert(text[at:])])


def rendered(domain):
    """Return one catalogue's text."""
    with (FOLDER / SOURCE / "LC_MESSAGES" / f"{domain}.po").open("rb") as stream:
        book = read_po(stream, domain=domain, abort_invalid=True)
    lines = ['msgid ""', 'msgstr ""', '"Project-Id-Version: yaozheng\\n"', f'"Language: {TARGET}\\n"']
    lines += ['"MIME-Version: 1.0\\n"', '"Content-Type: text/plain; charset=UTF-8\\n"']
    lines += ['"Content-Transfer-Encoding: 8bit\\n"', '"Plural-Forms: nplurals=1; plural=0;\\n"']
    for message in book:
        if message.id:
            forms = message.string
            many = isinstance(forms, tuple | list)
            message.string = tuple(map(traditional, forms)) if many else traditional(forms)
            message.auto_comments, message.user_comments, message.locations = [], [], []
    made = io.BytesIO()
    write_po(made, book, width=0, omit_header=True)
    return f"# {HEAD}\n" + "\n".join(lines) + "\n\n" + made.getvalue().decode().strip() + "\n"


def domains():
    """Return the names of the catalogues."""
    return sorted(path.stem for path in (FOLDER / SOURCE / "LC_MESSAGES").glob("*.po"))


def path_of(domain):
    """Return where a catalogue stands."""
    return FOLDER / TARGET / "LC_MESSAGES" / f"{domain}.po"


if __name__ == "__main__":
    for name in domains():
        path_of(name).parent.mkdir(parents=True, exist_ok=True)
        path_of(name).write_text(rendered(name), "utf-8")
