"""Keys by which other systems call the API.

1. An administrator makes a key with ``create_key``: a name, scopes, a last day, calls a minute. The whole key
   is told this once; what is kept is its SHA-256.
2. ``authenticate`` turns a key into a ``KeyHolder``: an ``Actor`` of the role ``SYSTEM`` with the enterprises
   whose authority is recorded and in force today. A wrong, expired and revoked key fail alike.
3. ``grant_to_key`` records an enterprise's written authority, ``end_authority`` ends it. Without one a key
   reads nothing of an enterprise, and it acts for no person at all.
4. ``list_keys`` and ``get_key`` show keys with their last use; ``revoke_key`` ends one at once.

Each of these but the last use is an audit event.
"""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import clock
from core.audit.service import record
from core.database import reading, transaction
from core.errors import InvalidInput, NotAvailable, NotSignedIn
from core.identity.actor import Actor, Role
from core.identity.models import ApiKey, ApiKeyAuthority
from core.ids import new_id, new_token, token_digest
from core.text import visible

PREFIX = "yzk_"
SHAPE = re.compile(rf"{PREFIX}([0-9a-f]{{12}})_[A-Za-z0-9_-]{{43}}")
LONGEST_LIFE_DAYS = 730
PER_MINUTE_DEFAULT, PER_MINUTE_MOST = 60, 1200
NAME_MOST, BASIS_MOST = 80, 200
USE_NOTED_EVERY = timedelta(minutes=1)
_NOBODY = token_digest("no such key")


class Scope(StrEnum):
    """What a key may be used for."""

    ASK = "questions:ask"
    SERVICE_ITEMS = "service_items:read"
    FILINGS = "filings:read"
    OPEN_DATA = "open_data:read"
    WEBHOOKS = "webhooks:manage"


@dataclass(frozen=True)
class NewKey:
    """What an administrator asks for; ``expires_on`` is the last day on which the key works."""

    name: str
    scopes: Iterable[str]
    expires_on: date
    per_minute: int = PER_MINUTE_DEFAULT


@dataclass(frozen=True)
class AuthorityView:
    """An enterprise's authority for a key."""

    id: str
    enterprise_id: str
    basis: str
    recorded_at: datetime
    valid_to: date
    is_in_force: bool


@dataclass(frozen=True)
class KeyView:
    """A key as administrators see it; ``hint`` is the part by which it is told from others."""

    id: str
    name: str
    hint: str
    scopes: tuple[str, ...]
    per_minute: int
    created_at: datetime
    expires_on: date
    last_used_at: datetime | None
    revoked_at: datetime | None
    state: str
    authorities: tuple[AuthorityView, ...] = ()


@dataclass(frozen=True)
class IssuedKey:
    """A new key; ``secret`` is the whole key and is told this once."""

    key: KeyView
    secret: str


@dataclass(frozen=True)
class KeyHolder:
    """Another system that showed a valid key."""

    actor: Actor
    scopes: frozenset[str]
    per_minute: int


def looks_like_a_key(token: str) -> bool:
    """Tell whether a bearer token is meant as a key, well formed or not."""
    return token.startswith(PREFIX)


def create_key(actor: Actor, wanted: NewKey) -> IssuedKey:
    """Make a key.

    Raises:
        NotAvailable: the actor is no administrator.
        InvalidInput: ``fields`` names what is wrong.
    """
    _administrator(actor)
    name, scopes = tidy_line(wanted.name), sorted(set(wanted.scopes))
    problems = _problems(wanted, name, scopes)
    if problems:
        raise InvalidInput("core.key_invalid_input", fields=problems)
    lookup = new_id("")[-12:]
    secret = f"{PREFIX}{lookup}_{new_token()}"
    row = ApiKey(
        id=new_id("key"),
        lookup=lookup,
        digest=token_digest(secret),
        name=name,
        scopes=scopes,
        per_minute=wanted.per_minute,
        created_by=actor.account_id,
        created_at=clock.now(),
        expires_on=wanted.expires_on,
        last_used_at=None,
        revoked_at=None,
    )
    with transaction() as session:
        session.add(row)
        details = {"scopes": scopes, "per_minute": row.per_minute, "expires_on": str(row.expires_on)}
        _note(session, actor, row.id, "created", details)
    return IssuedKey(_view(row, ()), secret)


def tidy_line(text: str) -> str:
    """Return one line of text without what cannot be seen."""
    return " ".join(visible(text).split())


def _problems(wanted: NewKey, name: str, scopes: list[str]) -> dict[str, str]:
    today = clock.today()
    is_life_right = today <= wanted.expires_on <= today + timedelta(days=LONGEST_LIFE_DAYS)
    checks = {
        "name": (0 < len(name) <= NAME_MOST, "core.key_name_needed"),
        "scopes": (bool(scopes) and set(scopes) <= set(Scope), "core.key_scope_needed"),
        "expires_on": (is_life_right, "core.key_day_wrong"),
        "per_minute": (1 <= wanted.per_minute <= PER_MINUTE_MOST, "core.key_limit_wrong"),
    }
    return {field: code for field, (is_right, code) in checks.items() if not is_right}


def authenticate(token: str) -> KeyHolder:
    """Return who holds a key.

    The digest is compared for unknown keys too, so that time tells nothing of which exist.

    Raises:
        NotSignedIn: malformed, unknown, expired or revoked; the same answer for all.
    """
    shape = SHAPE.fullmatch(token)
    with reading() as session:
        query = select(ApiKey).where(ApiKey.lookup == (shape.group(1) if shape else ""))
        row = session.scalars(query).first()
        matches = hmac.compare_digest(token_digest(token), row.digest if row else _NOBODY)
        if row is None or not matches or _state(row) != "valid":
            raise NotSignedIn("core.key_invalid")
        holder = _holder(session, row)
    _note_use(row)
    return holder


def holder_of(session: Session, key_id: str) -> KeyHolder | None:
    """Return who holds a key, for the system's own work; None where the key is not valid any more."""
    row = session.get(ApiKey, key_id)
    return None if row is None or _state(row) != "valid" else _holder(session, row)


def _holder(session: Session, row: ApiKey) -> KeyHolder:
    enterprises = session.scalars(
        select(ApiKeyAuthority.enterprise_id).where(
            ApiKeyAuthority.key_id == row.id,
            ApiKeyAuthority.ended_at.is_(None),
            ApiKeyAuthority.valid_to >= clock.today(),
        )
    ).all()
    actor = Actor(row.id, Role.SYSTEM, row.name, frozenset(enterprises))
    return KeyHolder(actor, frozenset(row.scopes), row.per_minute)


def _note_use(row: ApiKey) -> None:
    moment = clock.now()
    if row.last_used_at is None or moment - row.last_used_at >= USE_NOTED_EVERY:
        with transaction() as session:
            session.execute(update(ApiKey).where(ApiKey.id == row.id).values(last_used_at=moment))


def list_keys(actor: Actor) -> list[KeyView]:
    """Return all keys, the newest first.

    Raises:
        NotAvailable: the actor is no administrator.
    """
    _administrator(actor)
    with reading() as session:
        rows = session.scalars(select(ApiKey).order_by(ApiKey.created_at.desc(), ApiKey.id)).all()
        return [_view(row, _authorities(session, row.id)) for row in rows]


def get_key(actor: Actor, key_id: str) -> KeyView:
    """Return one key.

    Raises:
        NotAvailable: absent, or the actor is no administrator.
    """
    _administrator(actor)
    with reading() as session:
        row = _found(session, key_id)
        return _view(row, _authorities(session, key_id))


def revoke_key(actor: Actor, key_id: str) -> None:
    """End a key at once; doing it again changes nothing.

    Raises:
        NotAvailable: absent, or the actor is no administrator.
    """
    _administrator(actor)
    with transaction() as session:
        row = _found(session, key_id)
        if row.revoked_at is None:
            row.revoked_at = clock.now()
            _note(session, actor, key_id, "revoked", {})


def grant_to_key(actor: Actor, key_id: str, *, enterprise_id: str, basis: str, valid_to: date) -> None:
    """Record that an enterprise has authorised the system behind a key in writing.

    Args:
        actor: an administrator, who has seen the paper.
        key_id: the key.
        enterprise_id: an enterprise that exists.
        basis: number or name of the paper.
        valid_to: the last day.

    Raises:
        NotAvailable: absent, or the actor is no administrator.
        InvalidInput: ``fields`` names what is wrong.
    """
    _administrator(actor)
    kept, today = tidy_line(basis), clock.today()
    problems = {} if 0 < len(kept) <= BASIS_MOST else {"basis": "core.key_basis_needed"}
    if not today <= valid_to <= today + timedelta(days=LONGEST_LIFE_DAYS):
        problems["valid_to"] = "core.key_day_wrong"
    if problems:
        raise InvalidInput("core.key_invalid_input", fields=problems)
    with transaction() as session:
        _found(session, key_id)
        authority = ApiKeyAuthority(
            id=new_id("kauth"),
            key_id=key_id,
            enterprise_id=enterprise_id,
            basis=kept,
            recorded_by=actor.account_id,
            recorded_at=clock.now(),
            valid_to=valid_to,
            ended_at=None,
        )
        session.add(authority)
        details = {"authority_id": authority.id, "enterprise_id": enterprise_id, "valid_to": str(valid_to)}
        _note(session, actor, key_id, "authority_recorded", details)


def end_authority(actor: Actor, key_id: str, authority_id: str) -> None:
    """End an enterprise's authority at once.

    Raises:
        NotAvailable: absent, or the actor is no administrator.
    """
    _administrator(actor)
    with transaction() as session:
        row = session.get(ApiKeyAuthority, authority_id)
        if row is None or row.key_id != key_id:
            raise NotAvailable
        if row.ended_at is None:
            row.ended_at = clock.now()
            _note(session, actor, key_id, "authority_ended", {"authority_id": authority_id})


def _administrator(actor: Actor) -> None:
    if actor.role is not Role.ADMINISTRATOR:
        raise NotAvailable


def _found(session: Session, key_id: str) -> ApiKey:
    row = session.get(ApiKey, key_id)
    if row is None:
        raise NotAvailable
    return row


def _state(row: ApiKey) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "valid" if clock.today() <= row.expires_on else "expired"


def _authorities(session: Session, key_id: str) -> tuple[AuthorityView, ...]:
    query = select(ApiKeyAuthority).where(ApiKeyAuthority.key_id == key_id)
    rows = session.scalars(query.order_by(ApiKeyAuthority.recorded_at)).all()
    return tuple(
        AuthorityView(
            id=row.id,
            enterprise_id=row.enterprise_id,
            basis=row.basis,
            recorded_at=row.recorded_at,
            valid_to=row.valid_to,
            is_in_force=row.ended_at is None and clock.today() <= row.valid_to,
        )
        for row in rows
    )


def _view(row: ApiKey, authorities: tuple[AuthorityView, ...]) -> KeyView:
    return KeyView(
        id=row.id,
        name=row.name,
        hint=f"{PREFIX}{row.lookup}",
        scopes=tuple(row.scopes),
        per_minute=row.per_minute,
        created_at=row.created_at,
        expires_on=row.expires_on,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        state=_state(row),
        authorities=authorities,
    )


def _note(session: Session, actor: Actor, key_id: str, action: str, data: dict[str, Any]) -> None:
    record(
        session,
        actor_id=actor.account_id,
        action=f"api_key.{action}",
        subject_type="api_key",
        subject_id=key_id,
        data=data,
    )
