"""Checking, handing in, and where a filing stands afterwards."""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from sqlalchemy import select

from core import clock
from core.database import reading, transaction
from core.errors import InvalidInput, NotAvailable
from core.identity import Act, Actor, Role
from core.queue import enqueue
from forms.backoffice.service import announce
from forms.checks.service import DECLARATION, deficiencies_of
from forms.filing.certificates import handed_in, issue_certificate, keep_filing
from forms.filing.corrections import answer_notice, notice_view
from forms.filing.deadlines import deadline_of
from forms.filing.holding import certificate_of
from forms.filing.numbers import (
    certificate_number,
    is_complete_at_submission,
    keeps_number,
    next_number,
    receipt_code,
    tidy_filing_no,
)
from forms.filing.presenting import (
    document_state,
    history,
    present,
    state_label,
    summary,
    title_of,
)
from forms.filing.rebuilding import VALUES, values_hmac
from forms.filing.states import HANDED_IN, OPEN, State
from forms.filing.store import Draft, change, editable, expect_version, load
from forms.filing.systems import tell_of_filing
from forms.filing.views import Deficiency, FilingStatus, FilingSummary, FilingView, Submission
from forms.items.catalogue import item
from forms.models import Filing
from i18n.service import translate


def check_filing(actor: Actor, filing_id: str, locale: str) -> list[Deficiency]:
    """Return all deficiencies; a draft without any but the declaration becomes ``checked``."""
    with transaction() as session:
        draft = load(session, actor, filing_id, to_write=True)
        editable(draft)
        found = deficiencies_of(session, draft, actor, locale)
        is_sound = all(deficiency.rule == DECLARATION for deficiency in found)
        if is_sound and draft.filing.state != State.CHECKED:
            change(session, draft, actor, "checked", to_state=State.CHECKED.value)
        return found


def submit_filing(
    actor: Actor, filing_id: str, *, expected_version: int | None, idempotency_key: str
) -> Submission:
    """Hand in, exactly once: state, number, key, outbox row and audit event in one transaction.

    Raises:
        InvalidInput: there are deficiencies; ``fields`` names them.
        Conflict: the filing changed after ``expected_version``, or was withdrawn.
    """
    with transaction() as session:
        draft = load(session, actor, filing_id, to_write=True, act=Act.SUBMIT)
        filing = draft.filing
        if filing.state in HANDED_IN and filing.state != State.RETURNED:
            return _submission(filing, is_repeat=True)
        editable(draft)
        expect_version(draft, expected_version)
        found = deficiencies_of(session, draft, actor, "zh-CN")
        if found:
            fields = {deficiency.field: f"forms.deficiency.{deficiency.rule}" for deficiency in found}
            raise InvalidInput("forms.not_ready", fields=fields, n=len(found))
        if filing.state != State.CHECKED:
            change(session, draft, actor, "checked", to_state=State.CHECKED.value)
        if filing.filing_no is None:
            filing.filing_no = next_number(session, draft)
            filing.receipt_code = receipt_code(filing.id, filing.filing_no)
        filing.submitted_at = clock.now()
        filing.submit_key = idempotency_key
        filing.document_name = filing.document_problem = None
        change(
            session,
            draft,
            actor,
            "submitted",
            to_state=State.SUBMITTED.value,
            data={"filing_no": filing.filing_no, VALUES: values_hmac(handed_in(draft))},
        )
        keep_filing(session, draft)
        if is_complete_at_submission(draft):
            kept = keeps_number(draft)
            number = certificate_number(session, draft) if kept else filing.filing_no
            issue_certificate(session, draft, number=number)
        answer_notice(session, filing.id)
        announce(session, draft, State.SUBMITTED.value)
        tell_of_filing(session, filing)
        enqueue(session, "forms.render_document", {"filing_id": filing.id, "version": filing.version})
        return _submission(filing)


def _submission(filing: Filing, *, is_repeat: bool = False) -> Submission:
    if filing.filing_no is None or filing.receipt_code is None or filing.submitted_at is None:
        raise NotAvailable
    return Submission(filing.id, filing.filing_no, filing.receipt_code, filing.submitted_at, is_repeat)


def get_filing(actor: Actor, filing_id: str, locale: str, *, is_shared: bool = False) -> FilingView:
    """Return a filing with its form; officers of the province and field may read it, masked alike.

    They read what was handed in; a draft only where the applicant called staff to it (``is_shared``).
    """
    with reading() as session:
        return present(load(session, actor, filing_id, is_shared=is_shared), locale, session=session)


def list_filings(actor: Actor, locale: str) -> list[FilingSummary]:
    """Return the filings of the actor's enterprises, newest change first; to other systems no drafts."""
    if not actor.enterprise_ids:
        return []
    with reading() as session:
        query = select(Filing).where(Filing.enterprise_id.in_(actor.enterprise_ids))
        if actor.role is Role.SYSTEM:
            query = query.where(Filing.filing_no.is_not(None))
        filings = session.scalars(query.order_by(Filing.updated_at.desc())).all()
        seen = [one for one in filings if actor.may("", one.enterprise_id, one.item_code)]
        return [summary(load(session, actor, filing.id), locale) for filing in seen[:200]]


def draft_in_hand(actor: Actor, since: datetime) -> str:
    """Return the id of the draft that the account itself touched last, not before ``since``; "" if none."""
    if not actor.enterprise_ids:
        return ""
    query = select(Filing.id).where(
        Filing.account_id == actor.account_id,
        Filing.enterprise_id.in_(actor.enterprise_ids),
        Filing.state.in_([state.value for state in OPEN]),
        Filing.updated_at >= since,
    )
    with reading() as session:
        return session.scalars(query.order_by(Filing.updated_at.desc())).first() or ""


def filing_status(actor: Actor, filing_no: str, locale: str) -> FilingStatus:
    """Return where a filing stands, by its number.

    Raises:
        NotAvailable: no such number, or not the actor's.
    """
    with reading() as session:
        found = session.scalars(
            select(Filing.id).where(Filing.filing_no == tidy_filing_no(filing_no))
        ).first()
        if found is None:
            raise NotAvailable
        draft = load(session, actor, found)
        filing = draft.filing
        return FilingStatus(
            filing_id=filing.id,
            filing_no=filing.filing_no or "",
            item_name=draft.item.name.get(locale),
            enterprise_name=draft.enterprise.name,
            title=title_of(draft, locale),
            state=filing.state,
            state_label=state_label(filing.state, locale),
            explanation=_explained(draft, locale),
            submitted_at=filing.submitted_at,
            history=history(session, filing.id, locale),
            document=document_state(draft),
            deadline=deadline_of(draft, locale),
            notice=notice_view(session, draft, locale),
            certificate=certificate_of(session, draft, locale),
        )


def _explained(draft: Draft, locale: str) -> str:
    state = draft.filing.state
    if state == State.SUBMITTED and is_complete_at_submission(draft):
        state = f"{state}_complete"
    return translate(f"forms.state_means.{state}", locale)


@dataclass(frozen=True)
class ReceiptCheck:
    """What anybody may know who holds number and code: the item, when it was handed in, where it stands."""

    filing_no: str
    item_name: str
    state_label: str
    submitted_at: datetime


def verify_receipt(filing_no: str, code: str, locale: str) -> ReceiptCheck:
    """Verify a printed receipt: number and code must belong together.

    Raises:
        NotAvailable: they do not, or there is no such filing; the same answer for both.
    """
    with reading() as session:
        query = select(Filing).where(Filing.filing_no == tidy_filing_no(filing_no))
        filing = session.scalars(query).first()
        expected = (filing.receipt_code or "") if filing else ""
        is_right = compare_digest(code.strip().upper().encode(), expected.encode())
        if filing is None or not expected or not is_right or filing.submitted_at is None:
            raise NotAvailable
        return ReceiptCheck(
            filing.filing_no or "",
            item(filing.item_code).name.get(locale),
            state_label(filing.state, locale),
            filing.submitted_at,
        )
