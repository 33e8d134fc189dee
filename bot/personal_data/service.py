"""A person's rights over their data.

1. ``export`` packs all that is stored about the person: ``data.json``, ``data.txt`` to read, attachments.
2. ``what_erasure_touches`` says what would go, what is kept by law, and what is in the way.
3. ``erase_account`` erases after a second confirmation: the person types their login again and, where they
   have one, their password. Administrators do the same for a person by command.
4. ``apply_retention`` runs each night.

Each leaves an audit event with ids and counts.

Source: 个人信息保护法 articles 44 to 50.
"""

from sqlalchemy import select

from bot.personal_data.collecting import bundle
from bot.personal_data.erasing import Standing, erase, standing_of
from bot.personal_data.retention import apply_retention
from core.audit.service import record
from core.database import reading, transaction
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor, Role
from core.identity.models import Account
from core.identity.service import check_password

__all__ = [
    "Standing",
    "apply_retention",
    "erase_account",
    "export",
    "find_account",
    "own_login",
    "what_erasure_touches",
]


def _may(actor: Actor, account_id: str) -> None:
    is_own = actor.role is Role.APPLICANT and actor.account_id == account_id
    if not is_own and actor.role is not Role.ADMINISTRATOR:
        raise NotAvailable


def find_account(actor: Actor, login: str) -> str:
    """Return the id of the applicant with a login, for an administrator.

    Raises:
        NotAvailable: no administrator asks, or no applicant has it (accounts of staff are not for this).
    """
    with reading() as session:
        row = session.scalars(select(Account).where(Account.login == login)).first()
    if actor.role is not Role.ADMINISTRATOR or row is None or row.role != Role.APPLICANT:
        raise NotAvailable
    return row.id


def own_login(actor: Actor) -> str:
    """Return the login that the person types to confirm.

    Raises:
        NotAvailable: they are no applicant.
    """
    _may(actor, actor.account_id)
    with reading() as session:
        account = session.get(Account, actor.account_id)
    if account is None:
        raise NotAvailable
    return account.login


def export(actor: Actor, account_id: str, locale: str) -> bytes:
    """Return a zip file of all that is stored about a person.

    Raises:
        NotAvailable: it is neither their own nor asked for by an administrator.
    """
    _may(actor, account_id)
    with transaction() as session:
        if session.get(Account, account_id) is None:
            raise NotAvailable
        record(
            session,
            actor_id=actor.account_id,
            action="personal_data.exported",
            subject_type="account",
            subject_id=account_id,
        )
        return bundle(session, account_id, locale)


def what_erasure_touches(actor: Actor, account_id: str) -> Standing:
    """Return what would go, what stays, what is in the way.

    Raises:
        NotAvailable: it is neither their own nor asked for by an administrator.
    """
    _may(actor, account_id)
    with reading() as session:
        return standing_of(session, account_id)


def erase_account(actor: Actor, account_id: str, *, typed_login: str, password: str | None) -> dict[str, int]:
    """Erase a person's data; it cannot be taken back.

    Args:
        actor: the person, or an administrator.
        account_id: whose data.
        typed_login: the login, typed anew as second confirmation.
        password: the person's; None where an administrator erases by command.

    Raises:
        NotAvailable: it is neither their own nor asked for by an administrator.
        InvalidInput: login or password is not theirs.
        Conflict: a case is open or a filing is being processed.
        TooMany: too many wrong passwords.
    """
    _may(actor, account_id)
    if actor.account_id == account_id and not check_password(account_id, password or ""):
        raise InvalidInput("web.page.my_data.not_confirmed")
    with transaction() as session:
        account = session.get(Account, account_id)
        if account is None or account.role != Role.APPLICANT:
            raise NotAvailable
        if typed_login.strip() != account.login:
            raise InvalidInput("web.page.my_data.not_confirmed")
        if not standing_of(session, account_id).is_free:
            raise Conflict("web.page.my_data.in_the_way")
        counts = erase(session, account_id)
        record(
            session,
            actor_id=actor.account_id,
            action="personal_data.erased",
            subject_type="account",
            subject_id=account_id,
            data={"by": "self" if actor.account_id == account_id else "administrator", **counts},
        )
    return counts
