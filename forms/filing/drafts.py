"""Filling a draft: start, answer, confirm, skip, declare, cancel; one transaction and one event each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.database import reading, transaction
from core.errors import InvalidInput, NotAvailable
from core.identity import Act, Actor
from core.identity.authority import hold_to
from core.ids import new_id
from forms.backoffice.service import announce
from forms.filing.bundling import told_in_bundle
from forms.filing.certificates import take_back
from forms.filing.comparing import copied_from
from forms.filing.display import show
from forms.filing.outcomes import Accepted, Rejected
from forms.filing.parsing import parse
from forms.filing.presenting import present
from forms.filing.secrets import bears_mark, note_refused
from forms.filing.several import several
from forms.filing.states import OPEN, State
from forms.filing.store import CONFIRMED, PROPOSED, SKIPPED, Draft, change, editable, load, write_value
from forms.filing.systems import tell_of_filing
from forms.filing.views import FilingView
from forms.guidance.service import facts_of
from forms.items.catalogue import item
from forms.models import Filing
from forms.prefill.service import context_for, propose
from forms.records.service import enterprise_of

TYPED = "typed"


@dataclass(frozen=True)
class Origin:
    """Where a draft was begun: the channel, the record it is copied from, the bundle it belongs to."""

    channel: str
    based_on: str | None = None
    bundle_id: str | None = None


def start_filing(
    actor: Actor,
    *,
    enterprise_id: str,
    item_code: str,
    answers: Mapping[str, str],
    idempotency_key: str,
    origin: Origin,
    locale: str = "zh-CN",
) -> FilingView:
    """Open a draft, pre-filled; or return the one that this account already has open for this item."""
    service_item = item(item_code)
    if service_item.form is None:
        raise InvalidInput("forms.item_not_online")
    with transaction() as session:
        hold_to(actor, Act.PREPARE, enterprise_id, item_code)
        enterprise = enterprise_of(session, actor, enterprise_id)
        session.refresh(enterprise, with_for_update=True)  # two starts at once find one draft
        found = _open_draft(session, actor, enterprise_id, item_code, idempotency_key)
        if found is not None:
            draft = load(session, actor, found.id, to_write=True)
            _take_answers(session, draft, actor, answers)
            return present(draft, locale, is_resumed=True, session=session)
        moment = clock.now()
        filing = Filing(
            id=new_id("fil"),
            item_code=item_code,
            enterprise_id=enterprise_id,
            account_id=actor.account_id,
            channel=origin.channel,
            state=State.DRAFT.value,
            version=0,
            answers=dict(answers),
            facts=facts_of(service_item, answers),
            start_key=idempotency_key,
            based_on=origin.based_on,
            bundle_id=origin.bundle_id,
            created_at=moment,
            updated_at=moment,
            is_synthetic=enterprise.is_synthetic,
        )
        session.add(filing)
        session.flush()
        draft = Draft(filing, service_item, enterprise, {})
        refresh_prefill(session, draft, actor)
        change(session, draft, actor, "started", data={"item": item_code, "channel": origin.channel})
        return present(draft, locale, session=session)


def _open_draft(
    session: Session, actor: Actor, enterprise_id: str, item_code: str, key: str
) -> Filing | None:
    repeated = session.scalars(
        select(Filing).where(Filing.account_id == actor.account_id, Filing.start_key == key)
    ).first()
    if repeated is not None:
        if (repeated.enterprise_id, repeated.item_code) != (enterprise_id, item_code):
            raise InvalidInput("forms.start_key_used")
        return repeated
    return session.scalars(
        select(Filing)
        .where(Filing.enterprise_id == enterprise_id, Filing.item_code == item_code)
        .where(Filing.account_id == actor.account_id, Filing.state.in_([state.value for state in OPEN]))
        .order_by(Filing.created_at.desc())
    ).first()


def _take_answers(session: Session, draft: Draft, actor: Actor, answers: Mapping[str, str]) -> None:
    """Let new routing answers replace those of a resumed draft."""
    facts = facts_of(draft.item, answers)
    if not answers or facts == draft.filing.facts or draft.filing.state not in {s.value for s in OPEN}:
        return
    draft.filing.answers, draft.filing.facts = dict(answers), facts
    refresh_prefill(session, draft, actor)
    edited(session, draft, actor, "rerouted", data={})


def refresh_prefill(session: Session, draft: Draft, actor: Actor) -> None:
    """Propose values for every field that no person has touched, in form order."""
    context = context_for(
        session,
        actor,
        draft.filing.enterprise_id,
        draft.item,
        {},
        base=copied_from(session, draft),
        bundle=told_in_bundle(session, draft),
    )
    known = draft.known
    for definition in draft.form.fields:
        row = draft.rows.get(definition.key)
        if row is not None and row.status != PROPOSED:
            continue
        found = propose(definition, replace(context, known=known))
        if found is None:
            if row is not None:
                session.delete(row)
                del draft.rows[definition.key]
                known = draft.known
            continue
        if row is None or row.value != found.value or row.problems != found.problems:
            write_value(
                session,
                draft,
                definition.key,
                value=found.value,
                status=PROPOSED,
                origin=found.source,
                receipt=found.receipt,
                problems=found.problems,
                alternatives=found.alternatives,
            )
            known = draft.known


def edited(session: Session, draft: Draft, actor: Actor, action: str, *, data: dict[str, Any]) -> None:
    """Record an edit: a checked filing is a draft again and the declaration must be given anew."""
    filing = draft.filing
    filing.declared_by = filing.declared_at = None
    row = draft.rows.pop("truth_commit", None)
    if row is not None:
        session.delete(row)
    to_state = filing.state
    if filing.state == State.CHECKED:
        to_state = State.RETURNED.value if filing.filing_no else State.DRAFT.value
    change(session, draft, actor, action, to_state=to_state, data=data)


def answer_field(
    actor: Actor,
    filing_id: str,
    key: str,
    raw: object,
    *,
    source: str,
    locale: str,
    expected_version: int | None = None,
) -> Accepted | Rejected:
    """Store what a person typed, or say why it cannot be taken."""
    with transaction() as session:
        draft = load(session, actor, filing_id, to_write=True)
        editable(draft, expected_version)
        definition = draft.form.field(key)
        if definition is None or definition not in draft.visible():
            return Rejected("forms.rejected.not_asked")
        if definition.set_by != "applicant":
            return Rejected(
                f"forms.rejected.set_by_{definition.set_by}", {"field": definition.label.get(locale)}
            )
        value = parse(definition, raw, locale)
        if isinstance(value, Rejected):
            return value
        if bears_mark(value):
            note_refused(actor, filing_id, key, repr(value).encode())
            return Rejected("forms.rejected.secret", {"field": definition.label.get(locale)})
        store_answer(session, draft, actor, key, value, source)
        return Accepted(show(definition, value, locale), value)


def named_values(actor: Actor, filing_id: str, text: str, asked: str) -> list[tuple[str, str]]:
    """Return the fields that a text names, each with what it says of them, where it names several."""
    with reading() as session:
        return several(load(session, actor, filing_id), text, asked)


def store_answer(
    session: Session,
    draft: Draft,
    actor: Actor,
    key: str,
    value: Any,
    source: str,
    by: Mapping[str, Any] | None = None,
) -> None:
    """Store a value that a person gave, and propose anew what follows from it.

    ``by`` is the receipt of an officer who proposed it; the person who took it stands in it as well.
    """
    receipt = {
        "source": source,
        **(by or {}),
        "confirmed_by": actor.account_id,
        "confirmed_at": clock.isoformat(clock.now()),
    }
    origin = by["source"] if by else TYPED
    write_value(session, draft, key, value=value, status=CONFIRMED, origin=origin, receipt=receipt)
    refresh_prefill(session, draft, actor)
    edited(session, draft, actor, "answered", data={"field": key, "source": source})


def confirm_prefilled(
    actor: Actor, filing_id: str, keys: Iterable[str] | None, *, expected_version: int | None = None
) -> list[str]:
    """Confirm proposals by name; ``None`` confirms all that nothing is doubtful about. Returns the keys."""
    with transaction() as session:
        draft = load(session, actor, filing_id, to_write=True)
        editable(draft, expected_version)
        wanted = None if keys is None else set(keys)
        confirmed = []
        for field in draft.visible():
            row = draft.rows.get(field.key)
            if row is None or row.status != PROPOSED:
                continue
            if field.key in wanted if wanted is not None else not row.problems:
                row.status = CONFIRMED
                row.receipt = {
                    **row.receipt,
                    "confirmed_by": actor.account_id,
                    "confirmed_at": clock.isoformat(clock.now()),
                }
                confirmed.append(field.key)
        if confirmed:
            refresh_prefill(session, draft, actor)
            edited(session, draft, actor, "confirmed", data={"fields": confirmed})
        return confirmed


def skip_field(
    actor: Actor, filing_id: str, key: str, locale: str = "zh-CN", *, expected_version: int | None = None
) -> Accepted | Rejected:
    """Leave an optional field empty; a required one is put off and stays a deficiency."""
    with transaction() as session:
        draft = load(session, actor, filing_id, to_write=True)
        editable(draft, expected_version)
        definition = draft.form.field(key)
        if definition is None or definition not in draft.visible() or definition.set_by != "applicant":
            return Rejected("forms.rejected.not_asked")
        write_value(session, draft, key, value=None, status=SKIPPED, origin=TYPED)
        refresh_prefill(session, draft, actor)
        edited(session, draft, actor, "skipped", data={"field": key})
        return Accepted("")


def confirm_declaration(actor: Actor, filing_id: str, accepted: bool) -> None:
    """Take the person's own declaration, or take it back."""
    with transaction() as session:
        draft = load(session, actor, filing_id, to_write=True, act=Act.SUBMIT)
        editable(draft)
        field = next((f for f in draft.form.fields if f.set_by == "declaration"), None)
        if field is None:
            raise NotAvailable
        draft.filing.declared_by = actor.account_id if accepted else None
        draft.filing.declared_at = clock.now() if accepted else None
        receipt = {"confirmed_by": actor.account_id, "confirmed_at": clock.isoformat(clock.now())}
        write_value(
            session,
            draft,
            field.key,
            value=True if accepted else None,
            status=CONFIRMED if accepted else SKIPPED,
            origin=TYPED,
            receipt=receipt if accepted else {},
        )
        change(session, draft, actor, "declared" if accepted else "declaration_withdrawn")


def cancel_filing(actor: Actor, filing_id: str, reason: str = "") -> None:
    """Withdraw a filing; what was typed stays readable to the applicant."""
    with transaction() as session:
        draft = load(session, actor, filing_id, to_write=True, act=Act.SUBMIT)
        change(session, draft, actor, "withdrawn", to_state=State.WITHDRAWN.value, reason=reason[:500])
        if draft.filing.filing_no:
            take_back(session, draft.filing)
            announce(session, draft, State.WITHDRAWN.value)
            tell_of_filing(session, draft.filing)
