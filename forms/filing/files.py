"""Attachments: size, real type and place are decided here, never by the name that came along.

Source of the limit: our own (10 MB a file); formats: PDF, JPEG, PNG, DOCX.
"""

import hashlib
import zipfile
from io import BytesIO
from typing import IO

from sqlalchemy.orm import Session

from core import clock
from core.database import reading, transaction
from core.errors import NotAvailable
from core.identity import Actor
from core.ids import new_id
from core.settings import get_settings
from forms.filing.drafts import store_answer
from forms.filing.outcomes import Accepted, Rejected
from forms.filing.scanning import CLEAN, scan
from forms.filing.secrets import file_bears_mark, note_refused
from forms.filing.store import Draft, editable, load
from forms.models import Filing, FilingFile

LONGEST_NAME = 150
MAX_BYTES = 10 * 1024 * 1024
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SUFFIXES = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", DOCX: ".docx"}
ALSO = {"image/jpeg": (".jpeg",)}
# A Word file that unpacks to more than this, or holds more parts, is made to exhaust whoever opens it.
MOST_UNPACKED, MOST_PARTS, MACROS = 200 * 1024 * 1024, 5000, "vbaproject.bin"


def sniff(content: bytes) -> str | None:
    """Return the media type that the bytes themselves show, or None."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"PK\x03\x04"):
        return DOCX if _is_document(content) else None
    return None


def _is_document(content: bytes) -> bool:
    """Whether an archive is a Word file without macros that opens without harm; nothing is unpacked here."""
    try:
        parts = zipfile.ZipFile(BytesIO(content)).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False
    names = {part.filename.lower() for part in parts}
    is_small = len(parts) <= MOST_PARTS and sum(part.file_size for part in parts) <= MOST_UNPACKED
    has_macros = any(name.rsplit("/", 1)[-1] == MACROS for name in names)
    return "word/document.xml" in names and is_small and not has_macros


def attach_file(
    actor: Actor, filing_id: str, key: str, filename: str, stream: IO[bytes], *, locale: str = "zh-CN"
) -> Accepted | Rejected:
    """Store an attachment of a draft and make it the field's value.

    An earlier one is replaced; a field that takes several keeps those before.
    """
    content = stream.read(MAX_BYTES + 1)
    media_type = sniff(content)
    name = _plain_name(filename, media_type)
    is_secret = len(content) <= MAX_BYTES and file_bears_mark(content, media_type or "", name)
    with transaction() as session:
        draft = load(session, actor, filing_id, to_write=True)
        editable(draft)
        field = draft.form.field(key)
        if field is None or field.type not in ("file", "files") or field not in draft.visible():
            return Rejected("forms.rejected.not_asked")
        label = field.label.get(locale)
        if len(content) > MAX_BYTES:
            return Rejected(
                "forms.rejected.file_too_large", {"field": label, "max_mb": MAX_BYTES // 1024 // 1024}
            )
        if not content:
            return Rejected("forms.rejected.file_empty", {"field": label})
        if media_type is None:
            return Rejected("forms.rejected.file_type", {"field": label})
        scanned = scan(content)
        if scanned != CLEAN:
            return Rejected(f"forms.rejected.file_{scanned}", {"field": label})
        if is_secret:
            note_refused(actor, filing_id, key, content)
            return Rejected("forms.rejected.secret", {"field": label})
        file_id = new_id("file")
        stored_as = f"{file_id}{SUFFIXES[media_type]}"
        (get_settings().folder("uploads") / stored_as).write_bytes(content)
        session.add(
            FilingFile(
                id=file_id,
                filing_id=filing_id,
                key=key,
                name=name,
                media_type=media_type,
                size_bytes=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                stored_as=stored_as,
                account_id=actor.account_id,
                at=clock.now(),
            )
        )
        attached = {"file_id": file_id, "name": name}
        held = draft.known.get(key) or []
        if field.type == "files" and len(held) >= field.max_items:
            return Rejected("forms.rejected.too_many_rows", {"field": label, "max": field.max_items})
        store_answer(
            session, draft, actor, key, [*held, attached] if field.type == "files" else attached, "web"
        )
        return Accepted(name, attached)


def _plain_name(filename: str, media_type: str | None) -> str:
    """Return a name without folders, unseen characters and an ending that the content does not bear out."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c for c in name if c.isprintable()).strip()[:LONGEST_NAME] or "file"
    suffix = SUFFIXES.get(media_type or "", "")
    is_true = plain.lower().endswith((suffix, *ALSO.get(media_type or "", ())))
    return plain if is_true else f"{plain}{suffix}"


def read_attachment(actor: Actor, filing_id: str, file_id: str) -> tuple[str, str, bytes]:
    """Return an attachment's name, media type and content.

    Raises:
        NotAvailable: absent or not the actor's.
    """
    with reading() as session:
        draft = load(session, actor, filing_id)
        row = session.get(FilingFile, file_id)
        if row is None or not _belongs(session, draft, row):
            raise NotAvailable
        path = get_settings().folder("uploads") / row.stored_as
        if not path.exists():
            raise NotAvailable
        return row.name, row.media_type, path.read_bytes()


def _belongs(session: Session, draft: Draft, row: FilingFile) -> bool:
    """Whether a file is the filing's, or was told once in another filing of the same enterprise's bundle."""
    if row.filing_id == draft.filing.id:
        return True
    named = [one for value in draft.known.values() for one in (value if isinstance(value, list) else [value])]
    is_named = any(isinstance(one, dict) and one.get("file_id") == row.id for one in named)
    other = session.get(Filing, row.filing_id) if is_named else None
    return other is not None and other.enterprise_id == draft.filing.enterprise_id
