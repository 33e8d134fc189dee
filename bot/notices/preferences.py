"""How a person wishes to be told: topics muted, rhythm, quiet hours, e-mail, WeChat.

An address is used once its owner has typed the code that was sent to it. The code is derived from the
installation's key, the account, the address and the moment of asking: nothing secret is stored, nothing is
left in the queue.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from bot.notices.channels import email as email_channel
from bot.notices.channels import wechat as wechat_channel
from bot.notices.models import NoticePreference
from bot.notices.rhythm import AT_ONCE, RHYTHMS
from bot.notices.topics import topics
from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import Conflict, InvalidInput, NotAvailable, TooMany
from core.identity import Actor
from core.queue import enqueue
from core.secrets import get_secrets

CODE_LIFE = timedelta(minutes=30)
ASK_AGAIN = timedelta(minutes=1)
MOST_TRIES = 5
QUIET_FROM, QUIET_TO = 21, 8


@dataclass(frozen=True)
class Preferences:
    """What a person chose; ``email_waits`` while an address is not confirmed."""

    muted: list[str]
    rhythm: str
    quiet_from: int
    quiet_to: int
    by_email: bool
    by_wechat: bool
    email: str
    email_waits: bool
    has_email: bool
    has_wechat: bool


def preferences(actor: Actor) -> Preferences:
    """Return what a person chose, or what holds without a choice.

    Raises:
        NotAvailable: nobody is signed in.
    """
    _require_person(actor)
    with reading() as session:
        row = session.get(NoticePreference, actor.account_id) or _fresh(actor.account_id)
        return Preferences(
            muted=list(row.muted),
            rhythm=row.rhythm,
            quiet_from=row.quiet_from,
            quiet_to=row.quiet_to,
            by_email=row.by_email,
            by_wechat=row.by_wechat,
            email=row.email,
            email_waits=bool(row.email) and row.email_confirmed_at is None,
            has_email=email_channel.is_set_up(),
            has_wechat=wechat_channel.is_set_up(),
        )


def _require_person(actor: Actor) -> None:
    if not actor.account_id:
        raise NotAvailable


def _fresh(account_id: str) -> NoticePreference:
    return NoticePreference(
        account_id=account_id,
        locale="zh-CN",
        muted=[],
        rhythm=AT_ONCE,
        quiet_from=QUIET_FROM,
        quiet_to=QUIET_TO,
        by_email=False,
        by_wechat=False,
        email="",
        email_asked_at=None,
        email_tries=0,
        email_confirmed_at=None,
        updated_at=clock.now(),
    )


def _row(session: Session, account_id: str) -> NoticePreference:
    found = session.get(NoticePreference, account_id, with_for_update=True)
    if found is None:
        found = _fresh(account_id)
        session.add(found)
    return found


def choose(
    actor: Actor,
    locale: str,
    *,
    muted: Sequence[str],
    rhythm: str,
    quiet: tuple[int, int],
    by_email: bool,
    by_wechat: bool,
) -> None:
    """Keep a person's choice.

    Raises:
        NotAvailable: nobody is signed in.
        InvalidInput: a topic, rhythm or hour is none.
    """
    _require_person(actor)
    if rhythm not in RHYTHMS or set(muted) - set(topics()):
        raise InvalidInput("notices.choice_unknown")
    if not all(0 <= hour <= 23 for hour in quiet):
        raise InvalidInput("notices.hour_wrong")
    with transaction() as session:
        row = _row(session, actor.account_id)
        row.locale, row.rhythm = locale, rhythm
        row.muted = [topic for topic in topics() if topic in muted]
        row.quiet_from, row.quiet_to = quiet
        row.by_email = by_email and row.email_confirmed_at is not None
        row.by_wechat = by_wechat and wechat_channel.is_set_up()
        row.updated_at = clock.now()
        _note(session, actor, "preference.chosen", rhythm=rhythm, muted=row.muted, by_email=row.by_email)


def ask_email(actor: Actor, locale: str, address: str) -> None:
    """Keep an address and send it a code.

    Raises:
        NotAvailable: nobody is signed in, or e-mail is not set up.
        InvalidInput: it is no address.
        TooMany: a code was sent a moment ago.
    """
    _require_person(actor)
    if not email_channel.is_set_up():
        raise NotAvailable
    kept = checked_address(address)
    with transaction() as session:
        row, moment = _row(session, actor.account_id), clock.now()
        if row.email_asked_at is not None and moment - row.email_asked_at < ASK_AGAIN:
            raise TooMany("notices.code_sent", retry_after_s=int(ASK_AGAIN.total_seconds()))
        row.email, row.email_asked_at, row.email_tries = kept, moment, 0
        row.email_confirmed_at, row.by_email, row.locale = None, False, locale
        session.flush()
        enqueue(session, "bot.notices.confirm_email", {"account_id": actor.account_id})
        _note(session, actor, "preference.email_asked")


def checked_address(address: str) -> str:
    """Return an address in its plain form.

    Raises:
        InvalidInput: it is none.
    """
    try:
        found = validate_email(address.strip()[:254], check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise InvalidInput("notices.email_wrong") from error
    return str(found.normalized)


def confirm_email(actor: Actor, code: str) -> None:
    """Take the code that came by e-mail: from now on notices may go there.

    Raises:
        NotAvailable: nobody is signed in.
        Conflict: no code waits, it is too old, or it was mistyped too often.
        InvalidInput: it is another one.
    """
    _require_person(actor)
    with transaction() as session:
        row = _row(session, actor.account_id)
        asked = row.email_asked_at
        is_open = asked is not None and clock.now() - asked <= CODE_LIFE and row.email_tries < MOST_TRIES
        if not row.email or row.email_confirmed_at is not None or not is_open or asked is None:
            raise Conflict("notices.code_over")
        row.email_tries += 1
        is_right = hmac.compare_digest(code_for(row.account_id, row.email, asked), _digits(code))
        if is_right:
            row.email_confirmed_at, row.by_email = clock.now(), True
            _note(session, actor, "preference.email_confirmed")
    if not is_right:
        raise InvalidInput("notices.code_wrong")


def _digits(code: str) -> str:
    return "".join(sign for sign in code[:20] if sign in "0123456789")


def forget_email(actor: Actor) -> None:
    """Drop a person's address.

    Raises:
        NotAvailable: nobody is signed in.
    """
    _require_person(actor)
    with transaction() as session:
        row = _row(session, actor.account_id)
        row.email, row.by_email, row.email_confirmed_at = "", False, None
        _note(session, actor, "preference.email_forgotten")


def code_for(account_id: str, address: str, asked_at: datetime) -> str:
    """Return the six digits that prove an address."""
    told = f"{account_id}\n{address}\n{int(asked_at.timestamp() * 1000)}".encode()
    digest = hmac.new(get_secrets().audit_key.encode(), told, hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def _note(session: Session, actor: Actor, action: str, **data: object) -> None:
    record(
        session,
        actor_id=actor.account_id,
        action=action,
        subject_type="account",
        subject_id=actor.account_id,
        data=data,
    )
