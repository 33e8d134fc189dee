"""The printed confirmation.

1. Submission writes the outbox row ``forms.render_document``; a worker calls ``render`` with the ids.
2. ``document`` tells the applicant whether the PDF is there, and what is missing if it cannot be made.
"""

from core.database import reading
from core.identity import Actor
from forms.filing.presenting import document_state
from forms.filing.store import load
from forms.filing.views import DocumentState


def document(actor: Actor, filing_id: str) -> DocumentState:
    """Return the state of a filing's printed confirmation.

    Raises:
        NotAvailable: absent or not the actor's.
    """
    with reading() as session:
        return document_state(load(session, actor, filing_id))
