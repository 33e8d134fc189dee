"""The printed confirmation.

1. Submission writes the outbox row ``forms.render_document``; a worker calls ``render`` with ids alone.
2. ``render`` writes ``documents/<filing_id>.pdf`` and then names it in the filing; doing it again changes
   nothing. Without a Chinese font it says so in the filing and fails, so that the queue tries again.
3. ``word_document`` and ``notice_document`` make the Word version and the deficiency notice when they are
   asked for.
4. ``document`` tells the applicant whether the PDF is there, or what is missing; ``request_document``
   asks for it anew.
"""

import os

from core.audit.service import record
from core.database import reading, transaction
from core.errors import AssistantError, NotAvailable
from core.identity import Actor
from core.queue import enqueue
from core.realtime import publish_after_commit
from core.settings import get_settings
from forms.documents.content import Confirmation, confirmation
from forms.documents.notice import newest_notice, notice_paper
from forms.documents.rendering import notice_to_pdf, to_pdf
from forms.documents.word import to_docx
from forms.filing.presenting import document_state
from forms.filing.states import HANDED_IN
from forms.filing.store import load, load_unchecked
from forms.filing.views import DocumentState
from forms.models import Filing

LOCALE = "zh-CN"
TASK = "forms.render_document"


def document(actor: Actor, filing_id: str) -> DocumentState:
    """Return the state of a filing's printed confirmation.

    Raises:
        NotAvailable: absent or not the actor's.
    """
    with reading() as session:
        return document_state(load(session, actor, filing_id))


def request_document(actor: Actor, filing_id: str) -> None:
    """Ask for the document again, for instance after the font was installed.

    Raises:
        NotAvailable: absent, not the actor's, or not handed in.
    """
    with transaction() as session:
        filing = load(session, actor, filing_id).filing
        if filing.state not in HANDED_IN:
            raise NotAvailable
        if not filing.document_name:
            enqueue(session, TASK, {"filing_id": filing_id, "version": filing.version})


def word_document(actor: Actor, filing_id: str, locale: str) -> tuple[str, bytes]:
    """Return the confirmation as a Word document, with its file name.

    Raises:
        NotAvailable: absent, not the actor's, or not handed in.
    """
    with reading() as session:
        draft = load(session, actor, filing_id)
        if draft.filing.filing_no is None:
            raise NotAvailable
        content = confirmation(session, draft, locale)
    return f"{content.title}-{content.filing_no}.docx", to_docx("confirmation", content, locale)


def notice_document(actor: Actor, filing_id: str, form: str, locale: str) -> tuple[str, bytes]:
    """Return the newest deficiency notice as ``pdf`` or ``docx``, with its file name.

    Raises:
        NotAvailable: absent, not the actor's, or no notice was given.
    """
    with reading() as session:
        draft = load(session, actor, filing_id)
        paper = notice_paper(draft, newest_notice(session, filing_id), locale)
    made = to_docx("notice", paper, locale) if form == "docx" else notice_to_pdf(paper, locale)
    return f"{paper.title}-{paper.filing_no}.{form}", made


def render(filing_id: str, version: int) -> None:
    """Make the PDF of a submitted filing; ``version`` is that of the submission which asked for it.

    Raises:
        AssistantError: it could not be made; the filing says why.
    """
    path = get_settings().folder("documents") / f"{filing_id}.pdf"
    with reading() as session:
        draft = load_unchecked(session, filing_id)
        if draft is None or draft.filing.filing_no is None or (draft.filing.document_name and path.exists()):
            return
        content, title = confirmation(session, draft, LOCALE), draft.form.document.title.get(LOCALE)
    try:
        made = to_pdf(content, LOCALE)
    except AssistantError as error:
        _note(filing_id, None, error.code)
        raise
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_bytes(made)
    temporary.replace(path)
    _note(filing_id, _file_name(title, content), None)


def _file_name(title: str, content: Confirmation) -> str:
    return f"{title}-{content.filing_no}.pdf"


def _note(filing_id: str, name: str | None, problem: str | None) -> None:
    with transaction() as session:
        filing = session.get_one(Filing, filing_id)
        filing.document_name, filing.document_problem = name, problem
        record(
            session,
            actor_id="system",
            action="filing.document_rendered" if name else "filing.document_failed",
            subject_type="filing",
            subject_id=filing_id,
        )
        publish_after_commit(session, f"draft:{filing_id}")
