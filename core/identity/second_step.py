"""The second step of staff's sign-in: time-based one-time passwords, and recovery codes.

1. ``begin`` makes a secret; ``enrolment`` shows it again until ``confirm`` has seen a right code. Then come
   ``RECOVERY_CODES`` recovery codes, told this once.
2. ``challenge`` remembers, for five minutes, that a password was right; ``answer`` takes the code and opens
   the session. A code counts once; the step before and after count too, for clocks that are a little off.
3. Wrong codes lock the second step of that person for a while, whatever the address they come from.
4. ``renew_codes`` makes new recovery codes, ``turn_off`` ends the second step where it is not required,
   ``reset`` is the administrator's, for somebody who lost the telephone.

The secret is encrypted with the installation's key; recovery codes, of 80 random bits, are kept as SHA-256.
Source: RFC 6238.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from cryptography.fernet import Fernet
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import Conflict, InvalidInput, NotAvailable, TooMany
from core.identity import sessions
from core.identity.actor import Actor, Role
from core.identity.models import Account, RecoveryCode, SecondStep, SignInChallenge
from core.identity.sessions import REQUIRED, Device, SignedIn
from core.ids import new_token, token_digest
from core.secrets import get_secrets
from core.settings import get_settings

ISSUER = "药政助手"
STEP_S, DRIFT_STEPS = 30, 1
RECOVERY_CODES = 10
MAX_FAILURES, LOCK_TIME = 5, timedelta(minutes=5)
CHALLENGE_LIFE = timedelta(minutes=5)


@dataclass(frozen=True)
class Enrolment:
    """What goes into the authenticator app: the secret in Base32, and the same as an ``otpauth`` address."""

    secret: str
    uri: str


@dataclass(frozen=True)
class State:
    """Whether an account has a second step, and how many recovery codes are left."""

    is_on: bool
    is_required: bool
    codes_left: int


class SecondStepNeeded(InvalidInput):
    """The password is right; a one-time password is needed too. ``challenge`` names this sign-in for it."""

    def __init__(self, challenge: str = "") -> None:
        super().__init__("core.second_step_needed")
        self.challenge = challenge


def state_of(actor: Actor) -> State:
    """Return where an account stands."""
    with reading() as session:
        left = select(func.count()).where(
            RecoveryCode.account_id == actor.account_id, RecoveryCode.used_at.is_(None)
        )
        is_required = actor.is_staff and get_settings().staff_totp == REQUIRED
        return State(is_on(session, actor.account_id), is_required, session.scalar(left) or 0)


def is_on(session: Session, account_id: str) -> bool:
    """Whether an account signs in with a second step."""
    kept = session.get(SecondStep, account_id)
    return kept is not None and kept.confirmed_at is not None


def begin(actor: Actor) -> Enrolment:
    """Make a secret for a member of staff; one that was not confirmed is replaced.

    Raises:
        NotAvailable: the actor is no member of staff.
        Conflict: there is a second step already.
    """
    _staff(actor)
    secret = pyotp.random_base32()
    with transaction() as session:
        if is_on(session, actor.account_id):
            raise Conflict("core.second_step_is_on")
        kept = SecondStep(
            account_id=actor.account_id,
            secret=_cipher().encrypt(secret.encode()).decode(),
            made_at=clock.now(),
            confirmed_at=None,
            last_step=0,
            failures=0,
            locked_until=None,
        )
        session.merge(kept)
        return _enrolment(session, actor, secret)


def enrolment(actor: Actor) -> Enrolment | None:
    """Return the secret that waits for its first code, None where there is none."""
    with reading() as session:
        kept = session.get(SecondStep, actor.account_id)
        if kept is None or kept.confirmed_at is not None:
            return None
        return _enrolment(session, actor, _secret(kept))


def _enrolment(session: Session, actor: Actor, secret: str) -> Enrolment:
    login = session.get_one(Account, actor.account_id).login
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER))


def confirm(actor: Actor, code: str) -> list[str]:
    """Turn the second step on after a right code; return the recovery codes.

    Raises:
        NotAvailable: no secret waits for a code.
        InvalidInput: the code is wrong.
        TooMany: too many wrong codes.
    """
    with transaction() as session:
        kept = session.get(SecondStep, actor.account_id, with_for_update=True)
        if kept is None or kept.confirmed_at is not None:
            raise NotAvailable
        problem = _taken(session, kept, code, is_new=True)
        codes: list[str] = []
        if problem is None:
            kept.confirmed_at = clock.now()
            codes = _new_codes(session, actor.account_id)
            _note(session, actor.account_id, actor.account_id, "second_step_on")
    if problem is not None:
        raise problem
    return codes


def challenge(account_id: str, method: str) -> SecondStepNeeded:
    """Return the demand for a one-time password, which holds a fresh challenge."""
    token, moment = new_token(), clock.now()
    with transaction() as session:
        session.execute(delete(SignInChallenge).where(SignInChallenge.expires_at <= moment))
        session.add(
            SignInChallenge(
                token_digest=token_digest(token),
                account_id=account_id,
                method=method,
                expires_at=moment + CHALLENGE_LIFE,
            )
        )
    return SecondStepNeeded(token)


def answer(token: str, code: str, device: Device | None = None) -> SignedIn:
    """Take the one-time password of a sign-in that has begun, and open the session.

    Raises:
        NotAvailable: the challenge is unknown or has run out: sign in anew.
        InvalidInput: the code is wrong.
        TooMany: too many wrong codes.
    """
    with transaction() as session:
        asked = session.get(SignInChallenge, token_digest(token), with_for_update=True)
        if asked is None or asked.expires_at <= clock.now():
            raise NotAvailable("core.sign_in_ran_out")
        account = session.get_one(Account, asked.account_id)
        problem = check(session, account.id, code)
        signed_in = None
        if problem is None and account.is_active:
            session.delete(asked)
            signed_in = sessions.open_for(session, account, method=asked.method, device=device)
    if signed_in is None:
        raise problem or InvalidInput("core.sign_in_failed")
    return signed_in


def check(session: Session, account_id: str, code: str) -> InvalidInput | TooMany | None:
    """Use a one-time password or a recovery code up; return what is wrong, None when it is right."""
    kept = session.get(SecondStep, account_id, with_for_update=True)
    if kept is None or kept.confirmed_at is None:
        return InvalidInput("core.second_step_wrong")
    return _taken(session, kept, code)


def _taken(
    session: Session, kept: SecondStep, code: str, *, is_new: bool = False
) -> InvalidInput | TooMany | None:
    moment = clock.now()
    if kept.locked_until is not None and kept.locked_until > moment:
        return TooMany("core.second_step_locked", retry_after_s=int(LOCK_TIME.total_seconds()))
    tidy = "".join(code.split()).replace("-", "").upper()
    step = _step_of(_secret(kept), tidy, kept.last_step)
    if step is not None:
        kept.last_step, kept.failures, kept.locked_until = step, 0, None
        return None
    if not is_new and _spend_recovery_code(session, kept.account_id, tidy):
        kept.failures = 0
        return None
    kept.failures += 1
    if kept.failures >= MAX_FAILURES:
        kept.failures, kept.locked_until = 0, moment + LOCK_TIME
        _note(session, kept.account_id, kept.account_id, "second_step_locked")
    return InvalidInput("core.second_step_wrong")


def _step_of(secret: str, code: str, last_step: int) -> int | None:
    """Return the time step of a code that is right and newer than the last one that counted."""
    totp, now = pyotp.TOTP(secret), int(clock.now().timestamp()) // STEP_S
    found = None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        is_right = secrets.compare_digest(totp.generate_otp(step).encode(), code.encode())
        if is_right and step > last_step:
            found = step
    return found


def _spend_recovery_code(session: Session, account_id: str, code: str) -> bool:
    row = session.get(RecoveryCode, token_digest(f"{account_id}:{code}"), with_for_update=True)
    if row is None or row.account_id != account_id or row.used_at is not None:
        return False
    row.used_at = clock.now()
    _note(session, account_id, account_id, "recovery_code_used")
    return True


def renew_codes(actor: Actor, code: str) -> list[str]:
    """Make new recovery codes, the old ones end; a right one-time password is needed.

    Raises:
        InvalidInput: the code is wrong.
        TooMany: too many wrong codes.
    """
    with transaction() as session:
        problem = check(session, actor.account_id, code)
        made = [] if problem else _new_codes(session, actor.account_id)
    if problem is not None:
        raise problem
    return made


def _new_codes(session: Session, account_id: str) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    raw = [base64.b32encode(secrets.token_bytes(10)).decode() for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(digest=token_digest(f"{account_id}:{one}"), account_id=account_id, used_at=None)
        for one in raw
    )
    _note(session, account_id, account_id, "recovery_codes_made")
    return ["-".join(one[at : at + 4] for at in range(0, 16, 4)) for one in raw]


def turn_off(actor: Actor, code: str) -> None:
    """End the second step after a right code.

    Raises:
        Conflict: it is required.
        InvalidInput: the code is wrong.
        TooMany: too many wrong codes.
    """
    if state_of(actor).is_required:
        raise Conflict("core.second_step_required")
    with transaction() as session:
        problem = check(session, actor.account_id, code)
        if problem is None:
            _forget(session, actor.account_id)
            _note(session, actor.account_id, actor.account_id, "second_step_off")
    if problem is not None:
        raise problem


def reset(actor: Actor, account_id: str) -> None:
    """End the second step and the sessions of somebody who lost the telephone and the recovery codes.

    Raises:
        NotAvailable: the actor is no administrator, or there is no such account.
    """
    with transaction() as session:
        if actor.role is not Role.ADMINISTRATOR or session.get(Account, account_id) is None:
            raise NotAvailable
        _forget(session, account_id)
        _note(session, actor.account_id, account_id, "second_step_reset")
        sessions.end_all(session, actor.account_id, account_id)


def _forget(session: Session, account_id: str) -> None:
    for table in (RecoveryCode, SecondStep, SignInChallenge):
        session.execute(delete(table).where(table.account_id == account_id))


def _secret(kept: SecondStep) -> str:
    return _cipher().decrypt(kept.secret.encode()).decode()


def _cipher() -> Fernet:
    key = hashlib.sha256(get_secrets().identity_key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _staff(actor: Actor) -> None:
    if not actor.is_staff:
        raise NotAvailable


def _note(session: Session, by: str, account_id: str, action: str) -> None:
    record(
        session,
        actor_id=by,
        action=f"account.{action}",
        subject_type="account",
        subject_id=account_id,
        data={},
    )
