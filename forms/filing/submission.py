"""Checking, handing in, and where a filing stands afterwards."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.database import reading, transaction
from core.errors import InvalidInput, NotAvailable
from core.identity import Actor
from core.queue import enqueue
from forms.checks.service import DECLARATION, deficiencies_of
from forms.filing.numbers import next_number, receipt_code, tidy_filing_no
from forms.filing.presenting import document_state, history, present, state_label, title_of
from forms.filing.states import HANDED_IN, OPEN, STAFF_MOVES, State
from forms.filing.store import Draft, change, editable, expect_version, is_competent, load
from forms.filing.views import Deficiency, FilingStatus, FilingSummary, FilingView, Submission
from forms.items.catalogue import item
from forms.models import Enterprise, Filing
from forms.records.service import add_record
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
        draft = load(session, actor, filing_id, to_write=True)
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
            data={"filing_no": filing.filing_no},
        )
        _keep_as_record(session, draft)
        enqueue(session, "forms.render_document", {"filing_id": filing.id, "version": filing.version})
        return _submission(filing)


def _submission(filing: Filing, *, is_repeat: bool = False) -> Submission:
    if filing.filing_no is None or filing.receipt_code is None or filing.submitted_at is None:
        raise NotAvailable
    return Submission(filing.id, filing.filing_no, filing.receipt_code, filing.submitted_at, is_repeat)


def _keep_as_record(session: Session, draft: Draft) -> None:
    """Let the next filing start from this one; personal numbers stay with the filing."""
    visible = {f.key for f in draft.visible() if not f.sensitive and f.set_by == "applicant"}
    data: dict[str, Any] = {**draft.filing.facts, **{k: v for k, v in draft.known.items() if k in visible}}
    add_record(
        session,
        enterprise_id=draft.filing.enterprise_id,
        kind="filing",
        subject=draft.item.code,
        as_of=clock.today(),
        data={**data, "filing_no": draft.filing.filing_no},
        is_synthetic=draft.filing.is_synthetic,
    )


def get_filing(actor: Actor, filing_id: str, locale: str) -> FilingView:
    """Return a filing with its form; officers of the province and field may read it, masked alike."""
    with reading() as session:
        return present(load(session, actor, filing_id), locale, session=session)


def list_filings(actor: Actor, locale: str) -> list[FilingSummary]:
    """Return the filings of the actor's enterprises, newest change first."""
    if not actor.enterprise_ids:
        return []
    with reading() as session:
        filings = session.scalars(
            select(Filing)
            .where(Filing.enterprise_id.in_(actor.enterprise_ids))
            .order_by(Filing.updated_at.desc())
        ).all()
        return [_summary(load(session, actor, filing.id), locale) for filing in filings[:200]]


def _summary(draft: Draft, locale: str) -> FilingSummary:
    filing = draft.filing
    return FilingSummary(
        id=filing.id,
        item_code=filing.item_code,
        item_name=item(filing.item_code).name.get(locale),
        enterprise_id=filing.enterprise_id,
        enterprise_name=draft.enterprise.name,
        title=title_of(draft, locale),
        state=filing.state,
        state_label=state_label(filing.state, locale),
        filing_no=filing.filing_no or "",
        updated_at=filing.updated_at,
        submitted_at=filing.submitted_at,
    )


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
            explanation=translate(f"forms.state_means.{filing.state}", locale),
            submitted_at=filing.submitted_at,
            history=history(session, filing.id, locale),
            document=document_state(draft),
        )


def move_filing(actor: Actor, filing_id: str, to_state: str, reason: str) -> None:
    """Let a competent officer accept, return for correction, review, approve or refuse.

    Raises:
        NotAvailable: absent, or not this officer's province and field.
        InvalidInput: the move is not allowed, or a return or refusal gives no reason.
    """
    with transaction() as session:
        filing = session.scalars(select(Filing).where(Filing.id == filing_id).with_for_update()).first()
        enterprise = session.get(Enterprise, filing.enterprise_id) if filing else None
        if filing is None or enterprise is None or not is_competent(actor, filing, enterprise):
            raise NotAvailable
        if filing.state in OPEN or to_state not in STAFF_MOVES:
            raise InvalidInput("forms.move_not_allowed")
        if to_state in (State.RETURNED, State.REFUSED) and not reason.strip():
            raise InvalidInput("forms.reason_needed")
        draft = load(session, actor, filing_id)
        change(session, draft, actor, to_state, to_state=to_state, reason=reason.strip()[:2000])
