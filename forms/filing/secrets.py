"""Papers and answers that bear a mark of secrecy are not taken: this service is no place for them.

The text layer of PDF files, all parts of Word files (heads and feet too) and the file's name are read;
pictures have no text here, and people look at them. Nothing of what was refused is kept but its HMAC.

Source: 保守国家秘密法 articles 28, 31; GB/T 9704-2012 7.2.2 (where marks stand).
"""

import hmac
import html
import re
import zipfile
from io import BytesIO
from typing import Any

import structlog

from core.audit.service import record
from core.database import transaction
from core.identity import Actor
from core.privacy.service import classification_mark
from core.secrets import get_secrets
from forms.checks.attachments import DOCX, read_text

log = structlog.get_logger(__name__)
_PARTS = re.compile(r"word/(?:document|header\d*|footer\d*|footnotes|comments)\.xml")
_TAG = re.compile(r"<[^>]*>")
_MOST_BYTES = 20 * 1024 * 1024


def file_bears_mark(content: bytes, media_type: str, name: str) -> bool:
    """Whether a file or its name bears a mark of secrecy; one that cannot be read is left to people."""
    try:
        text = _word_text(content) if media_type == DOCX else read_text(content, media_type)
    except Exception as error:  # noqa: BLE001 - boundary: a damaged attachment is looked at by people
        log.warning("forms.marks_unreadable", error=type(error).__name__)
        text = ""
    return any(classification_mark(part) for part in (name.rsplit(".", 1)[0], text))


def bears_mark(value: Any) -> bool:
    """Whether an answer, or a part of it, bears a mark of secrecy."""
    if isinstance(value, str):
        return classification_mark(value) is not None
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(bears_mark(part) for part in parts)


def _word_text(content: bytes) -> str:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = [one for one in archive.infolist() if _PARTS.fullmatch(one.filename)]
        found = [archive.read(one).decode(errors="replace") for one in parts if one.file_size <= _MOST_BYTES]
    lines = re.sub(r"</w:p>|<w:br[^>]*/>|<w:tab[^>]*/>", "\n", "\n".join(found))
    return html.unescape(_TAG.sub("", lines))


def note_refused(actor: Actor, filing_id: str, key: str, content: bytes) -> None:
    """Leave in the trail that something was refused, without its text."""
    digest = hmac.new(get_secrets().audit_key.encode(), content, "sha256").hexdigest()
    with transaction() as session:
        record(
            session,
            actor_id=actor.account_id,
            action="filing.secret_refused",
            subject_type="filing",
            subject_id=filing_id,
            data={"field": key, "reason": "classification_mark", "hmac": digest},
        )
