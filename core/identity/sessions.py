"""Sessions of browsers and mini-programs, which their owner sees and ends.

1. ``open_for`` opens one in the caller's transaction; what is kept of its token is the SHA-256.
2. ``find`` turns a token into a ``CurrentSession``. A session ends at its absolute limit, that of staff also
   after a while without a request. A closed account has none.
3. ``list_own`` shows a person's sessions, ``end_own`` and ``end_others`` end them; ``end_of_person`` is the
   administrator's. A new password ends all others (``core.identity.service.change_password``).

The last use is noted once a minute.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import NotAvailable
from core.identity.actor import ANONYMOUS, STAFF, Actor, Role
from core.identity.actors import actor_in
from core.identity.models import Account, SecondStep, WebSession
from core.ids import new_id, new_token, token_digest
from core.settings import get_settings

PASSWORD, PLATFORM, WECHAT = "password", "oidc", "wechat"
SEEN_EVERY = timedelta(minutes=1)
REQUIRED = "required"


@dataclass(frozen=True)
class Device:
    """Who asks, roughly: ``browser`` as "Firefox · Windows", ``address`` a network as 203.0.113.*."""

    browser: str = ""
    address: str = ""


@dataclass(frozen=True)
class SignedIn:
    """A new session: the token goes into the cookie, the CSRF token into forms; ``life`` is its limit."""

    token: str
    csrf_token: str
    actor: Actor
    life: timedelta = timedelta(hours=12)


@dataclass(frozen=True)
class CurrentSession:
    """The session of a request.

    Attributes:
        actor: who acts; ``ANONYMOUS`` while the second step that staff need is not set up (``is_pending``).
        csrf_token: what unsafe requests must show.
        id: names the session to its owner.
        enterprise_id: the enterprise that the person chose to act for, "" for none.
        is_pending: the account must set up its second step first.
        owner: whose session it is, pending or not.
    """

    actor: Actor = ANONYMOUS
    csrf_token: str = ""
    id: str = ""
    enterprise_id: str = ""
    is_pending: bool = False
    owner: Actor = ANONYMOUS


@dataclass(frozen=True)
class SessionView:
    """A session as its owner sees it."""

    id: str
    device: str
    address: str
    method: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    is_current: bool


NO_SESSION = CurrentSession()


def life_of(role: Role) -> timedelta:
    """Return the absolute limit of a session."""
    settings = get_settings()
    return timedelta(hours=settings.staff_session_hours if role in STAFF else settings.session_hours)


def open_for(
    session: Session, account: Account, *, method: str = PASSWORD, device: Device | None = None
) -> SignedIn:
    """Open a session for an account whose owner was proven, in the caller's transaction."""
    token, csrf, moment = new_token(), new_token(), clock.now()
    who = device or Device()
    life = life_of(Role(account.role))
    row = WebSession(
        token_digest=token_digest(token),
        id=new_id("ses"),
        account_id=account.id,
        csrf_token=csrf,
        created_at=moment,
        expires_at=moment + life,
        seen_at=moment,
        method=method,
        device=who.browser[:60],
        address=who.address[:45],
        enterprise_id="",
    )
    session.add(row)
    _note(session, account.id, account.id, "session_opened", session_id=row.id, method=method)
    return SignedIn(token=token, csrf_token=csrf, actor=actor_in(session, account), life=life)


def find(token: str) -> CurrentSession:
    """Return the session of a token, ``NO_SESSION`` where it is not valid."""
    if not token:
        return NO_SESSION
    with reading() as session:
        row = session.get(WebSession, token_digest(token))
        account = session.get(Account, row.account_id) if row is not None else None
        if row is None or account is None or not account.is_active or _is_over(row, Role(account.role)):
            return NO_SESSION
        found = _current(session, row, account)
    _note_seen(row)
    return found


def _current(session: Session, row: WebSession, account: Account) -> CurrentSession:
    actor = actor_in(session, account)
    chosen = row.enterprise_id if actor.may_act_for(row.enterprise_id) else ""
    found = CurrentSession(actor, row.csrf_token, row.id, chosen, owner=actor)
    return replace(found, actor=ANONYMOUS, is_pending=True) if _must_set_up(session, actor) else found


def _must_set_up(session: Session, actor: Actor) -> bool:
    if not actor.is_staff or get_settings().staff_totp != REQUIRED:
        return False
    kept = session.get(SecondStep, actor.account_id)
    return kept is None or kept.confirmed_at is None


def _is_over(row: WebSession, role: Role) -> bool:
    moment, idle = clock.now(), timedelta(minutes=get_settings().staff_idle_minutes)
    return row.expires_at <= moment or (role in STAFF and row.seen_at + idle <= moment)


def _note_seen(row: WebSession) -> None:
    moment = clock.now()
    if moment - row.seen_at >= SEEN_EVERY:
        with transaction() as session:
            mine = WebSession.token_digest == row.token_digest
            session.execute(update(WebSession).where(mine).values(seen_at=moment))


def is_open(session_id: str) -> bool:
    """Whether a session is still there, for streams that outlive the request that opened them."""
    with reading() as session:
        row = session.scalar(select(WebSession).where(WebSession.id == session_id))
        account = session.get(Account, row.account_id) if row is not None else None
        return (
            row is not None
            and account is not None
            and account.is_active
            and not _is_over(row, Role(account.role))
        )


def end(token: str) -> None:
    """End the session of a token."""
    with transaction() as session:
        session.execute(delete(WebSession).where(WebSession.token_digest == token_digest(token)))


def list_own(actor: Actor, current_id: str = "") -> list[SessionView]:
    """Return a person's open sessions, the last used first."""
    with reading() as session:
        query = select(WebSession).where(WebSession.account_id == actor.account_id)
        rows = session.scalars(query.order_by(WebSession.seen_at.desc(), WebSession.id)).all()
        return [_view(row, current_id) for row in rows if not _is_over(row, actor.role)]


def _view(row: WebSession, current_id: str) -> SessionView:
    return SessionView(
        row.id,
        row.device,
        row.address,
        row.method,
        row.created_at,
        row.seen_at,
        row.expires_at,
        row.id == current_id,
    )


def end_own(actor: Actor, session_id: str) -> None:
    """End one of the person's sessions.

    Raises:
        NotAvailable: absent, or another's.
    """
    with transaction() as session:
        mine = (WebSession.account_id == actor.account_id, WebSession.id == session_id)
        if not _ended(session, *mine):
            raise NotAvailable
        _note(session, actor.account_id, actor.account_id, "session_ended", session_id=session_id)


def end_others(actor: Actor, current_id: str) -> int:
    """End all sessions of the person but one; return how many."""
    with transaction() as session:
        return end_all(session, actor.account_id, actor.account_id, but=current_id)


def end_of_person(actor: Actor, account_id: str) -> int:
    """End all sessions of somebody; return how many.

    Raises:
        NotAvailable: the actor is no administrator, or there is no such account.
    """
    with transaction() as session:
        if actor.role is not Role.ADMINISTRATOR or session.get(Account, account_id) is None:
            raise NotAvailable
        return end_all(session, actor.account_id, account_id)


def end_all(session: Session, by: str, account_id: str, *, but: str = "") -> int:
    """End the sessions of an account in the caller's transaction; return how many."""
    count = _ended(session, WebSession.account_id == account_id, WebSession.id != but)
    _note(session, by, account_id, "sessions_ended", count=count)
    return count


def _ended(session: Session, *conditions: object) -> int:
    found = session.execute(delete(WebSession).where(*conditions))  # type: ignore[arg-type]
    return found.rowcount if isinstance(found, CursorResult) else 0


def choose_enterprise(actor: Actor, session_id: str, enterprise_id: str) -> None:
    """Keep for which enterprise the person acts in this session; "" for none.

    Raises:
        NotAvailable: there is no authority over it today.
    """
    if enterprise_id and not actor.may_act_for(enterprise_id):
        raise NotAvailable
    with transaction() as session:
        mine = (WebSession.account_id == actor.account_id, WebSession.id == session_id)
        session.execute(update(WebSession).where(*mine).values(enterprise_id=enterprise_id))


def _note(session: Session, by: str, account_id: str, action: str, **data: object) -> None:
    record(
        session,
        actor_id=by,
        action=f"account.{action}",
        subject_type="account",
        subject_id=account_id,
        data=data,
    )
