"""Internal notes of a case; the applicant never sees them."""

import unicodedata

from sqlalchemy.orm import Session

from bot.handoff.access import visible_case
from bot.handoff.models import CaseNote, HandoffCase
from bot.handoff.opening import note_case
from core import clock
from core.database import transaction
from core.errors import InvalidInput
from core.identity import Actor
from core.ids import new_id
from core.text import visible

MAX_NOTE = 2000


def add_note(actor: Actor, case_id: str, text: str) -> None:
    """Leave a note for colleagues.

    Raises:
        NotAvailable: absent, or not this officer's province and field.
        InvalidInput: the note is empty or too long.
    """
    kept = written(text)
    with transaction() as session:
        keep_note(session, visible_case(session, actor, case_id), actor, kept)


def written(text: str) -> str:
    """Return a note or a resolution without format characters and without blanks around it.

    Raises:
        InvalidInput: it is empty, too long, or holds control characters.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    is_text = all(unicodedata.category(one) not in ("Cc", "Cs") or one in "\n\t" for one in plain)
    kept = visible(plain).strip()
    if not kept or len(kept) > MAX_NOTE or not is_text:
        raise InvalidInput("handoff.note_invalid", most=MAX_NOTE)
    return kept


def keep_note(session: Session, case: HandoffCase, actor: Actor, text: str) -> None:
    """Add a note to the caller's transaction."""
    session.add(
        CaseNote(id=new_id("note"), case_id=case.id, at=clock.now(), account_id=actor.account_id, text=text)
    )
    note_case(session, case, actor.account_id, "note_added")
