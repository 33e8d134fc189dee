"""Bytes to text: UTF-8, UTF-16 with a mark, GB18030; what is none of these is refused with a reason."""

import codecs
import io
import unicodedata
from zipfile import BadZipFile, ZipFile

from core.text import visible
from knowledge_base.sources.base import SourceRefusedError

MAX_BYTES = 50 * 1024 * 1024
MAX_SWOLLEN = 8 * MAX_BYTES  # of an Office package, unpacked
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SIGNATURES = {
    b"%PDF-": ".pdf",
    b"PK\x03\x04": ".docx",
    b"\xd0\xcf\x11\xe0": ".doc",
    b"\x89PNG": ".png",
    b"\xff\xd8\xff": ".jpg",
    b"GIF8": ".gif",
    b"\x7fELF": ".bin",
    b"\x1f\x8b": ".gz",
}


def signature(content: bytes) -> str:
    """Return the suffix that a file's first bytes betray; empty for text."""
    return next((suffix for mark, suffix in _SIGNATURES.items() if content.startswith(mark)), "")


def check_size(content: bytes) -> None:
    """Refuse empty and oversized files.

    Raises:
        SourceRefusedError: ``empty`` or ``too_large``.
    """
    if not content.strip():
        raise SourceRefusedError("empty")
    if len(content) > MAX_BYTES:
        raise SourceRefusedError("too_large")


def check_package(content: bytes, suffix: str) -> None:
    """Refuse what is no Office package, is locked by a password, or would swell beyond bounds when opened.

    Raises:
        SourceRefusedError: ``empty``, ``too_large``, ``encrypted`` or ``broken``.
    """
    check_size(content)
    if signature(content) == ".doc" and _LOCKED in content:
        raise SourceRefusedError("encrypted", suffix)
    try:
        with ZipFile(io.BytesIO(content)) as package:
            swollen = sum(part.file_size for part in package.infolist())
    except BadZipFile as error:
        raise SourceRefusedError("broken", suffix) from error
    if swollen > MAX_SWOLLEN:
        raise SourceRefusedError("too_large")


def decode(content: bytes) -> str:
    """Return a text file's words, line ends as newlines.

    Raises:
        SourceRefusedError: ``empty``, ``too_large``, ``binary`` or ``encoding``.
    """
    check_size(content)
    if signature(content):
        raise SourceRefusedError("binary")
    text = _decoded(content)
    if "\x00" in text or _share_of_controls(text) > 0.02:
        raise SourceRefusedError("binary")
    if not text.strip():
        raise SourceRefusedError("empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def storable(text: str) -> str:
    """Return a text without what no database keeps (controls, halves of surrogate pairs) or no eye sees."""
    return visible(text).strip()


def _decoded(content: bytes) -> str:
    encodings = [name for mark, name in _MARKS if content.startswith(mark)] or ["utf-8", "gb18030"]
    if b"\x00" in content and not encodings[0].startswith("utf-16"):
        raise SourceRefusedError("binary")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SourceRefusedError("encoding")


def _share_of_controls(text: str) -> float:
    sample = text[:20_000]
    controls = sum(unicodedata.category(c) in ("Cc", "Co", "Cn") and c not in "\n\r\t\f" for c in sample)
    return controls / max(1, len(sample))
