"""Signing in and resolving who acts.

1. ``create_account`` stores an argon2 hash; ``grant_authority`` lets an account act for an enterprise.
2. ``sign_in`` checks the password, locks an account after ``MAX_FAILURES`` failures, asks for the second step
   where the account has one (``core.identity.second_step``), opens a session (``core.identity.sessions``).
3. ``resolve`` turns a session token into an ``Actor`` with today's authority; ``sign_out`` ends it.
4. ``change_password`` ends the person's other sessions.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import InvalidInput, NotAvailable, TooMany
from core.identity import second_step, sessions
from core.identity.actor import ANONYMOUS, CASE_HANDLERS, Actor, Role
from core.identity.actors import actor_in, actors_in
from core.identity.models import Account, EnterpriseAuthority
from core.identity.sessions import Device, SignedIn
from core.ids import new_id

PASSWORD_LEAST, PASSWORD_MOST = 10, 128
MAX_FAILURES = 8
LOCK_TIME = timedelta(minutes=5)
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_dummy_hash = _hasher.hash("no such account")


def create_account(
    session: Session, *, login: str, password: str, role: Role, display_name: str, **details: object
) -> Account:
    """Add an account to the caller's transaction; ``details`` are further columns of ``Account``."""
    account = Account(
        id=new_id("acct"),
        login=login,
        display_name=display_name,
        password_hash=_hasher.hash(password),
        role=role.value,
        created_at=clock.now(),
        failed_sign_ins=0,
        is_active=True,
        **details,
    )
    session.add(account)
    session.flush()
    return account


def set_password(session: Session, login: str, password: str) -> None:
    """Give an account a new password."""
    account = session.scalars(select(Account).where(Account.login == login)).one()
    account.password_hash = _hasher.hash(password)


def grant_authority(
    session: Session, *, account_id: str, enterprise_id: str, scope: str, valid_to: date | None = None
) -> None:
    """Let an account act for an enterprise from today, without further limits."""
    session.add(
        EnterpriseAuthority(
            id=new_id("auth"),
            account_id=account_id,
            enterprise_id=enterprise_id,
            scope=scope,
            valid_from=clock.today(),
            valid_to=valid_to,
            acts=[],
            service_items=[],
            granted_by="",
            ended_at=None,
        )
    )


def sign_in(login: str, password: str, code: str = "", device: Device | None = None) -> SignedIn:
    """Open a session.

    Args:
        login: as it is kept.
        password: as it was typed.
        code: one-time password or recovery code, where the account has a second step and it is known already.
        device: browser and network, roughly.

    Raises:
        InvalidInput: unknown login, wrong password (one reply for both), wrong code.
        SecondStepNeeded: the password is right and the account has a second step; go on with ``answer``.
        TooMany: the account is locked for a while after repeated failures.
    """
    with transaction() as session:
        account = session.scalars(select(Account).where(Account.login == login.strip())).first()
        is_locked = (
            account is not None and account.locked_until is not None and account.locked_until > clock.now()
        )
        matches = False if is_locked else _verify(account, password)
        needs_code = False
        problem: InvalidInput | TooMany | None = None
        if account is not None and account.is_active and matches:
            account.failed_sign_ins, account.locked_until = 0, None
            needs_code = second_step.is_on(session, account.id)
            problem = second_step.check(session, account.id, code) if needs_code and code else None
            if problem is None and (code or not needs_code):
                return sessions.open_for(session, account, device=device)
        elif account is not None and not is_locked:
            _count_failure(account)
    if is_locked:
        raise TooMany("core.account_locked", retry_after_s=int(LOCK_TIME.total_seconds()))
    if problem is not None:
        raise problem
    if needs_code and account is not None:
        raise second_step.challenge(account.id, sessions.PASSWORD)
    raise InvalidInput("core.sign_in_failed")


def change_password(actor: Actor, old: str, new: str, current_id: str = "") -> None:
    """Give the person a new password and end all their other sessions.

    Raises:
        InvalidInput: the old password is wrong, or the new one is too short, too long or the old one.
        TooMany: the account is locked for a while after repeated failures.
    """
    problem: InvalidInput | TooMany | None = None
    with transaction() as session:
        account = session.get_one(Account, actor.account_id)
        if account.locked_until is not None and account.locked_until > clock.now():
            problem = TooMany("core.account_locked", retry_after_s=int(LOCK_TIME.total_seconds()))
        elif not _verify(account, old):
            _count_failure(account)
            problem = InvalidInput("core.password_wrong")
        elif not PASSWORD_LEAST <= len(new) <= PASSWORD_MOST or new in (old, account.login):
            problem = InvalidInput("core.password_weak")
        else:
            account.password_hash = _hasher.hash(new)
            _note(session, account.id, "password_changed")
            sessions.end_all(session, account.id, account.id, but=current_id)
    if problem is not None:
        raise problem


def _note(session: Session, account_id: str, action: str) -> None:
    record(
        session,
        actor_id=account_id,
        action=f"account.{action}",
        subject_type="account",
        subject_id=account_id,
        data={},
    )


def _verify(account: Account | None, password: str) -> bool:
    try:
        return (
            _hasher.verify(account.password_hash if account else _dummy_hash, password)
            and account is not None
        )
    except VerificationError:
        return False


def check_password(account_id: str, password: str) -> bool:
    """Return whether a signed-in person's password is right; failures count as those of signing in.

    Raises:
        TooMany: the account is locked for a while after repeated failures.
    """
    with transaction() as session:
        account = session.get(Account, account_id)
        is_locked = account is not None and account.locked_until is not None
        if is_locked and account is not None and (account.locked_until or clock.now()) > clock.now():
            raise TooMany("core.account_locked", retry_after_s=int(LOCK_TIME.total_seconds()))
        is_right = _verify(account, password)
        if account is not None and not is_right:
            _count_failure(account)
    return is_right


def _count_failure(account: Account) -> None:
    account.failed_sign_ins += 1
    if account.failed_sign_ins >= MAX_FAILURES:
        account.failed_sign_ins, account.locked_until = 0, clock.now() + LOCK_TIME


def resolve(token: str) -> tuple[Actor, str]:
    """Return the actor of a session token and its CSRF token; ``ANONYMOUS`` and "" if it is not valid."""
    found = sessions.find(token)
    return found.actor, found.csrf_token


def actor_of(account_id: str) -> Actor:
    """Return the actor of an account, for work that a conversation started."""
    if not account_id:
        return ANONYMOUS
    with reading() as session:
        account = session.get(Account, account_id)
        return ANONYMOUS if account is None or not account.is_active else actor_in(session, account)


def actor_named(login: str) -> Actor:
    """Return the actor of a login, for commands of whoever runs the installation.

    Raises:
        NotAvailable: there is no such account, or it is closed.
    """
    with reading() as session:
        account = session.scalar(select(Account).where(Account.login == login.strip()))
        if account is None or not account.is_active:
            raise NotAvailable("core.no_such_account")
        return actor_in(session, account)


def display_names(session: Session, account_ids: Iterable[str]) -> dict[str, str]:
    """Return the names under which accounts are shown to others."""
    rows = session.execute(select(Account.id, Account.display_name).where(Account.id.in_(set(account_ids))))
    return {account_id: name for account_id, name in rows}


def case_handlers(session: Session, among: Collection[str] | None = None) -> list[Actor]:
    """Return the active accounts that may claim cases, by name; ``among`` limits them to some ids."""
    roles = [role.value for role in CASE_HANDLERS]
    query = select(Account).where(Account.role.in_(roles), Account.is_active).order_by(Account.display_name)
    if among is not None:
        query = query.where(Account.id.in_(among))
    return actors_in(session, session.scalars(query).all())


def mobile_of(session: Session, account_id: str) -> str:
    """Return the mobile number of an account, "" where it has none."""
    return session.scalar(select(Account.mobile).where(Account.id == account_id)) or ""


def open_session_for(
    session: Session, account_id: str, *, method: str = sessions.PASSWORD, device: Device | None = None
) -> SignedIn | None:
    """Open a session, in the caller's transaction, for someone whom another proof than a password names."""
    account = session.get(Account, account_id)
    if account is None or not account.is_active:
        return None
    return sessions.open_for(session, account, method=method, device=device)


def sign_out(token: str) -> None:
    """End a session."""
    sessions.end(token)
