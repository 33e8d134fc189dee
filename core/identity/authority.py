"""Authority of persons over enterprises: who may act for whom, in what, until when.

1. The legal representative of an enterprise authorises a person with ``authorise``: acts, service items, last
   day. Doing it again replaces what was said before. ``end`` takes it back at once.
2. ``of_person`` shows a person what they may do and until when; those that end within ``SOON`` say so.
   ``of_enterprise`` shows the legal representative everybody who acts for the enterprise.

Nobody but a legal representative passes authority on, and nobody changes their own. Each step is an audit
event. What an authority covers is held to where filings are read and written (``forms.filing.store``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import InvalidInput, NotAvailable
from core.identity.actor import Act, Actor, Role
from core.identity.actors import is_in_force
from core.identity.models import Account, EnterpriseAuthority
from core.ids import new_id

LEGAL_REPRESENTATIVE, PROXY = "legal_representative", "proxy"
SOON = timedelta(days=30)
LONGEST = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Grant:
    """What a legal representative gives; no acts or no items limit nothing."""

    login: str
    acts: Iterable[str]
    service_items: Iterable[str]
    valid_to: date


@dataclass(frozen=True)
class AuthorityView:
    """One person's authority over one enterprise; ``state`` is valid, soon, future or ended."""

    id: str
    enterprise_id: str
    account_id: str
    person: str
    scope: str
    acts: tuple[str, ...]
    service_items: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    state: str


def of_person(actor: Actor) -> list[AuthorityView]:
    """Return what a person may do, the soonest to end first."""
    return _views(EnterpriseAuthority.account_id == actor.account_id)


def of_enterprise(actor: Actor, enterprise_id: str) -> list[AuthorityView]:
    """Return everybody who can sign in and acts for an enterprise.

    Raises:
        NotAvailable: the actor is not its legal representative.
    """
    with reading() as session:
        _represents(session, actor, enterprise_id)
    return _views(EnterpriseAuthority.enterprise_id == enterprise_id)


def _views(condition: object) -> list[AuthorityView]:
    with reading() as session:
        query = select(EnterpriseAuthority, Account.display_name).join(
            Account, Account.id == EnterpriseAuthority.account_id
        )
        rows = session.execute(query.where(condition, Account.is_active)).all()  # type: ignore[arg-type]
        found = [_view(row, name) for row, name in rows]
    return sorted(found, key=lambda one: (one.state == "ended", one.valid_to or date.max, one.id))


def _view(row: EnterpriseAuthority, person: str) -> AuthorityView:
    return AuthorityView(
        row.id,
        row.enterprise_id,
        row.account_id,
        person,
        row.scope,
        tuple(row.acts),
        tuple(row.service_items),
        row.valid_from,
        row.valid_to,
        _state(row),
    )


def _state(row: EnterpriseAuthority) -> str:
    if not is_in_force(row):
        return "future" if row.ended_at is None and row.valid_from > clock.today() else "ended"
    is_soon = row.valid_to is not None and row.valid_to - clock.today() <= SOON
    return "soon" if is_soon else "valid"


def represented(actor: Actor) -> list[str]:
    """Return the enterprises whose legal representative the person is today."""
    return [
        one.enterprise_id
        for one in of_person(actor)
        if one.scope == LEGAL_REPRESENTATIVE and one.state in ("valid", "soon")
    ]


def authorise(actor: Actor, enterprise_id: str, grant: Grant, items: Iterable[str]) -> str:
    """Let a person act for an enterprise; return the id of the authority.

    Args:
        actor: the legal representative.
        enterprise_id: the enterprise.
        grant: to whom, for what, until when.
        items: the codes of all service items that there are.

    Raises:
        NotAvailable: the actor is not the enterprise's legal representative.
        InvalidInput: ``fields`` names what is wrong.
    """
    acts, chosen = sorted(set(grant.acts)), sorted(set(grant.service_items))
    with transaction() as session:
        _represents(session, actor, enterprise_id)
        account = session.scalar(select(Account).where(Account.login == grant.login.strip()))
        problems = _problems(actor, grant, account, acts, set(chosen) <= set(items))
        if problems or account is None:
            raise InvalidInput("core.authority_invalid", fields=problems)
        row = _row(session, account.id, enterprise_id)
        if row.scope == LEGAL_REPRESENTATIVE:
            raise InvalidInput("core.authority_invalid", fields={"login": "core.authority_person_wrong"})
        row.acts, row.service_items = [] if set(acts) == set(Act) else acts, chosen
        row.valid_from, row.valid_to = clock.today(), grant.valid_to
        row.granted_by, row.ended_at = actor.account_id, None
        details = {"acts": acts, "service_items": chosen, "valid_to": str(grant.valid_to)}
        _note(session, actor, row, "granted", details)
        return row.id


def _problems(
    actor: Actor, grant: Grant, account: Account | None, acts: list[str], are_items_known: bool
) -> dict[str, str]:
    today = clock.today()
    is_person_right = (
        account is not None
        and account.is_active
        and account.role == Role.APPLICANT
        and account.id != actor.account_id
    )
    checks = {
        "login": (is_person_right, "core.authority_person_wrong"),
        "acts": (bool(acts) and set(acts) <= set(Act), "core.authority_acts_needed"),
        "service_items": (are_items_known, "core.authority_items_wrong"),
        "valid_to": (today <= grant.valid_to <= today + LONGEST, "core.authority_day_wrong"),
    }
    return {field: code for field, (is_right, code) in checks.items() if not is_right}


def _row(session: Session, account_id: str, enterprise_id: str) -> EnterpriseAuthority:
    authority = EnterpriseAuthority
    mine = (authority.account_id == account_id, authority.enterprise_id == enterprise_id)
    row = session.scalar(select(authority).where(*mine).with_for_update())
    if row is None:
        row = authority(id=new_id("auth"), account_id=account_id, enterprise_id=enterprise_id, scope=PROXY)
        session.add(row)
    return row


def end(actor: Actor, authority_id: str) -> None:
    """Take an authority back at once; doing it again changes nothing.

    Raises:
        NotAvailable: absent, a legal representative's, or of an enterprise that the actor does not represent.
    """
    with transaction() as session:
        row = session.get(EnterpriseAuthority, authority_id, with_for_update=True)
        if row is None or row.scope == LEGAL_REPRESENTATIVE:
            raise NotAvailable
        _represents(session, actor, row.enterprise_id)
        if row.ended_at is None:
            row.ended_at = clock.now()
            _note(session, actor, row, "ended", {})


def hold_to(actor: Actor, act: str, enterprise_id: str, item_code: str = "") -> None:
    """Refuse what the actor's authority over an enterprise does not cover.

    Raises:
        InvalidInput: it has ended, or it is limited to other acts or service items.
        NotAvailable: there never was one.
    """
    last_day = actor.ended_on(enterprise_id)
    if not actor.may_act_for(enterprise_id):
        if last_day is None:
            raise NotAvailable
        raise InvalidInput("core.authority_ended", day=last_day.isoformat())
    if not actor.may(act, enterprise_id, item_code):
        raise InvalidInput("core.authority_too_narrow")


def _represents(session: Session, actor: Actor, enterprise_id: str) -> None:
    authority = EnterpriseAuthority
    mine = (
        authority.account_id == actor.account_id,
        authority.enterprise_id == enterprise_id,
        authority.scope == LEGAL_REPRESENTATIVE,
    )
    row = session.scalar(select(authority).where(*mine))
    if row is None or not is_in_force(row):
        raise NotAvailable


def _note(
    session: Session, actor: Actor, row: EnterpriseAuthority, action: str, data: Mapping[str, object]
) -> None:
    record(
        session,
        actor_id=actor.account_id,
        action=f"authority.{action}",
        subject_type="account",
        subject_id=row.account_id,
        data={"enterprise_id": row.enterprise_id, **data},
    )
