"""The contract manufacturer's own confirmation (关联确认). Source: 化妆品注册备案管理办法 第31条."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.database import reading, transaction
from core.errors import NotAvailable
from core.identity import Act, Actor
from forms.filing.presenting import title_of
from forms.filing.states import OPEN
from forms.filing.store import CONFIRMED, Draft, change, load_unchecked, write_value
from forms.models import Filing
from forms.records.service import licences_numbered

KEY, NUMBER, LICENCE = "manu_confirm", "prod_licence_no", "cosmetic_prod_licence"


def pending_confirmations(actor: Actor, locale: str = "zh-CN") -> list[tuple[str, str, str]]:
    """Return (filing id, filer, product) of drafts that name the actor's licence as their manufacturer."""
    with reading() as session:
        open_ids = session.scalars(
            select(Filing.id).where(Filing.state.in_([state.value for state in OPEN]))
        ).all()
        drafts = [draft for filing_id in open_ids if (draft := load_unchecked(session, filing_id))]
        return [
            (draft.filing.id, draft.enterprise.name, title_of(draft, locale))
            for draft in drafts
            if _asks_for_confirmation(draft) and _names_licence_of(session, draft, actor)
        ]


def confirm_manufacture(actor: Actor, filing_id: str) -> None:
    """Confirm that the actor's enterprise makes the product.

    Raises:
        NotAvailable: no such draft, or it does not name a licence of the actor's enterprises.
    """
    with transaction() as session:
        session.get(Filing, filing_id, with_for_update=True)
        draft = load_unchecked(session, filing_id)
        if draft is None:
            raise NotAvailable
        is_open = draft.filing.state in {state.value for state in OPEN}
        if not is_open or not _asks_for_confirmation(draft) or not _names_licence_of(session, draft, actor):
            raise NotAvailable
        receipt = {"confirmed_by": actor.account_id, "confirmed_at": clock.isoformat(clock.now())}
        write_value(session, draft, KEY, value=True, status=CONFIRMED, origin="manufacturer", receipt=receipt)
        change(session, draft, actor, "manufacture_confirmed")


def _asks_for_confirmation(draft: Draft) -> bool:
    return any(field.key == KEY for field in draft.visible()) and draft.known.get(KEY) is not True


def _names_licence_of(session: Session, draft: Draft, actor: Actor) -> bool:
    number = draft.known.get(NUMBER)
    found = licences_numbered(session, [LICENCE], str(number)) if number else []
    return any(actor.may(Act.SUBMIT, enterprise_id) for enterprise_id, _ in found)
