"""Accounts bound to WeChat users of the mini-program.

1. ``link`` takes a sign-in code and, once, login and password: the WeChat user is bound to the account.
2. ``sign_in_by_code`` opens a session for a bound user from then on; nobody bound, no session.
3. ``unlink`` takes all bonds of an account away. Who is told of a filing is found with ``openids_of``.

A code is exchanged before a password is looked at, so that passwords cannot be tried without WeChat.
"""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import InvalidInput
from core.identity import service as identity
from core.identity.actor import Actor, Role
from core.identity.models import WeChatLink
from core.identity.sessions import WECHAT, SignedIn
from core.identity.wechat import CodeExchange, code_exchange


def sign_in_by_code(code: str, exchange: CodeExchange | None = None) -> SignedIn | None:
    """Open a session for the account that is bound to who is behind a code; None where none is.

    Raises:
        InvalidInput, TooMany, DependencyFailed: see ``CodeExchange``.
        NotAvailable: no mini-program is set up.
    """
    openid = (exchange or code_exchange()).openid_of(code)
    with transaction() as session:
        found = session.get(WeChatLink, openid)
        return identity.open_session_for(session, found.account_id, method=WECHAT) if found else None


def link(code: str, login: str, password: str, exchange: CodeExchange | None = None) -> SignedIn:
    """Bind an applicant's account to who is behind a code, and open a session.

    Raises:
        InvalidInput: the code is not valid, login and password are wrong, or it is an account of staff.
        TooMany, DependencyFailed, NotAvailable: see ``sign_in_by_code``.
    """
    openid = (exchange or code_exchange()).openid_of(code)
    signed_in = identity.sign_in(login, password)
    if signed_in.actor.role is not Role.APPLICANT:
        identity.sign_out(signed_in.token)
        raise InvalidInput("core.wechat_applicants_only")
    account_id = signed_in.actor.account_id
    with transaction() as session:
        session.merge(WeChatLink(openid=openid, account_id=account_id, linked_at=clock.now()))
        _note(session, account_id, "wechat_linked")
    return signed_in


def unlink(actor: Actor) -> None:
    """Take every bond of an account away."""
    with transaction() as session:
        session.execute(delete(WeChatLink).where(WeChatLink.account_id == actor.account_id))
        _note(session, actor.account_id, "wechat_unlinked")


def openids_of(account_id: str) -> list[str]:
    """Return the WeChat users who are bound to an account, the newest first."""
    with reading() as session:
        query = select(WeChatLink.openid).where(WeChatLink.account_id == account_id)
        return list(session.scalars(query.order_by(WeChatLink.linked_at.desc())))


def _note(session: Session, account_id: str, action: str) -> None:
    record(
        session,
        actor_id=account_id,
        action=f"account.{action}",
        subject_type="account",
        subject_id=account_id,
        data={},
    )
