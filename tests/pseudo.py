"""A language of the tests: English with accents, longer by two fifths, in brackets; and any made-up one.

What stands in a page without brackets did not come from the catalogues; what does not fit is seen before a
translator finds out.
"""

import re
from pathlib import Path

from babel.messages.pofile import read_po, write_po

from i18n.service import FOLDER

PARTS = re.compile(r"(\{[^{}]*\})")
ACCENTED = str.maketrans("AEIOUaceinouy", "ÅÉÎÖÛåçéîñöûý")
PLAIN = re.compile(r"[^\W\d_]{2,}")
TAG = "en-XA"


def stretched(text: str) -> str:
    """Return a text of the pseudo-language; placeholders stay."""
    parts = [one if PARTS.fullmatch(one) else one.translate(ACCENTED) for one in PARTS.split(text)]
    words = max(1, round(len(text) * 0.4) // 5)
    return f"[{''.join(parts)}{' îpsûm' * words if len(text) > 3 else '·'}]"


def write_language(root: Path, name: str = "en_XA", *, of: str = "en") -> Path:
    """Write the catalogues of a pseudo-language below a folder; that is all that makes a language."""
    folder = root / name / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (root / name / "locale.yml").write_text(f"dates: {of}\ncontent: {of}\nname: '[Pseudo]'\n", "utf-8")
    for source in sorted((FOLDER / of / "LC_MESSAGES").glob("*.po")):
        with source.open("rb") as stream:
            book = read_po(stream, abort_invalid=True)
        for message in book:
            if message.id:
                forms = message.string
                is_one = isinstance(forms, str)
                message.string = stretched(forms) if is_one else tuple(map(stretched, forms))
        with (folder / source.name).open("wb") as made:
            write_po(made, book, width=0)
    return root
