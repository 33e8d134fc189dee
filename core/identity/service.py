"""Signing in and resolving who acts.

1. ``create_account`` stores an argon2 hash; ``grant_authority`` lets an account act for an enterprise.
2. ``sign_in`` checks the password, locks an account after ``MAX_FAILURES`` failures, opens a session.
3. ``resolve`` turns a session token into an ``Actor`` with today's authority; ``sign_out`` ends it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from core import clock
from core.database import reading, transaction
from core.errors import InvalidInput, NotAvailable, TooMany
from core.identity.actor import ANONYMOUS, CASE_HANDLERS, Actor, Role
from core.identity.models import Account, EnterpriseAuthority, WebSession
from core.ids import new_id, new_token, token_digest

SESSION_LIFE = timedelta(hours=12)
MAX_FAILURES = 8
LOCK_TIME = timedelta(minutes=5)
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_dummy_hash = _hasher.hash("no such account")


@dataclass(frozen=True)
class SignedIn:
    """A new session: the token goes into the cookie, the CSRF token into forms."""

    token: str
    csrf_token: str
    actor: Actor


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
    """Let an account act for an enterprise from today."""
    session.add(
        EnterpriseAuthority(
            id=new_id("auth"),
            account_id=account_id,
            enterprise_id=enterprise_id,
            scope=scope,
            valid_from=clock.today(),
            valid_to=valid_to,
        )
    )


def sign_in(login: str, password: str) -> SignedIn:
    """Open a session.

    Raises:
        InvalidInput: unknown login or wrong password (one reply for both).
        TooMany: the account is locked for a while after repeated failures.
    """
    with transaction() as session:
        account = session.scalars(select(Account).where(Account.login == login.strip())).first()
        is_locked = (
            account is not None and account.locked_until is not None and account.locked_until > clock.now()
        )
        matches = False if is_locked else _verify(account, password)
        if account is not None and account.is_active and matches:
            account.failed_sign_ins, account.locked_until = 0, None
            return _open_session(session, account)
        if account is not None and not is_locked:
            _count_failure(account)
    if is_locked:
        raise TooMany("core.account_locked", retry_after_s=int(LOCK_TIME.total_seconds()))
    raise InvalidInput("core.sign_in_failed")


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


def _open_session(session: Session, account: Account) -> SignedIn:
    token, csrf = new_token(), new_token()
    moment = clock.now()
    session.add(
        WebSession(
            token_digest=token_digest(token),
            account_id=account.id,
            csrf_token=csrf,
            created_at=moment,
            expires_at=moment + SESSION_LIFE,
        )
    )
    return SignedIn(token=token, csrf_token=csrf, actor=_actor(session, account))


def resolve(token: str) -> tuple[Actor, str]:
    """Return the actor of a session token and its CSRF token; ``ANONYMOUS`` and "" if it is not valid."""
    if not token:
        return ANONYMOUS, ""
    with reading() as session:
        row = session.get(WebSession, token_digest(token))
        if row is None or row.expires_at <= clock.now():
            return ANONYMOUS, ""
        account = session.get(Account, row.account_id)
        if account is None or not account.is_active:
            return ANONYMOUS, ""
        return _actor(session, account), row.csrf_token


def actor_of(account_id: str) -> Actor:
    """Return the actor of an account, for work that a conversation started."""
    if not account_id:
        return ANONYMOUS
    with reading() as session:
        account = session.get(Account, account_id)
        return ANONYMOUS if account is None or not account.is_active else _actor(session, account)


def actor_named(login: str) -> Actor:
    """Return the actor of a login, for commands of whoever runs the installation.

    Raises:
        NotAvailable: there is no such account, or it is closed.
    """
    with reading() as session:
        account = session.scalar(select(Account).where(Account.login == login.strip()))
        if account is None or not account.is_active:
            raise NotAvailable("core.no_such_account")
        return _actor(session, account)


def _actor(session: Session, account: Account) -> Actor:
    return _actors(session, [account])[0]


def _actors(session: Session, accounts: Sequence[Account]) -> list[Actor]:
    today = clock.today()
    rows = session.execute(
        select(EnterpriseAuthority.account_id, EnterpriseAuthority.enterprise_id).where(
            EnterpriseAuthority.account_id.in_([account.id for account in accounts]),
            EnterpriseAuthority.valid_from <= today,
            or_(EnterpriseAuthority.valid_to.is_(None), EnterpriseAuthority.valid_to >= today),
        )
    ).all()
    return [
        Actor(
            account_id=account.id,
            role=Role(account.role),
            display_name=account.display_name,
            enterprise_ids=frozenset(one for owner, one in rows if owner == account.id),
            province=account.province,
            competences=frozenset(account.competences),
        )
        for account in accounts
    ]


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
    return _actors(session, session.scalars(query).all())


def mobile_of(session: Session, account_id: str) -> str:
    """Return the mobile number of an account, "" where it has none."""
    return session.scalar(select(Account.mobile).where(Account.id == account_id)) or ""


def open_session_for(session: Session, account_id: str) -> SignedIn | None:
    """Open a session, in the caller's transaction, for someone whom another proof than a password names."""
    account = session.get(Account, account_id)
    return _open_session(session, account) if account is not None and account.is_active else None


def sign_out(token: str) -> None:
    """End a session."""
    with transaction() as session:
        session.execute(delete(WebSession).where(WebSession.token_digest == token_digest(token)))
