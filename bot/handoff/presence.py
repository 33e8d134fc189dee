"""Who is here: officers at the console, people with their chat open.

Held connections and acts say so every half minute (``seen``, ``Beat``); who has not been seen for ``HERE``
has left. An officer may be away while signed in (``set_away``); signing out forgets them (``forget``).
"""

import time
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.handoff.competence import serves
from bot.handoff.models import Presence
from core import clock
from core.database import is_duplicate, reading, transaction
from core.identity import Actor
from core.identity.service import case_handlers

HERE = timedelta(seconds=90)
BEAT_S = 30.0


class Beat:
    """Says for one held connection that its holder is here, at most every ``BEAT_S`` seconds."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._next = 0.0

    def __call__(self) -> None:
        """Say so if it is time."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + BEAT_S
            seen(self._key)


def seen(key: str) -> None:
    """Note that the holder of ``key``, an account or a conversation, is here now."""
    if not key:
        return
    moment = clock.now()
    with transaction() as session:
        touched = session.execute(update(Presence).where(Presence.key == key).values(seen_at=moment))
    if not touched.rowcount:  # type: ignore[attr-defined]
        _add(key, moment)


def _add(key: str, moment: datetime) -> None:
    try:
        with transaction() as session:
            session.add(Presence(key=key, seen_at=moment, is_away=False))
    except IntegrityError as error:
        if not is_duplicate(error):
            raise


def set_away(session: Session, actor: Actor, is_away: bool) -> None:
    """Let an officer who stays signed in be away, or here again."""
    found = session.get(Presence, actor.account_id, with_for_update=True)
    if found is None:
        found = Presence(key=actor.account_id)
        session.add(found)
    found.seen_at, found.is_away = clock.now(), is_away


def forget(session: Session, key: str) -> None:
    """Note that an officer has left."""
    found = session.get(Presence, key)
    if found is not None:
        session.delete(found)


def here(session: Session, keys: Collection[str]) -> set[str]:
    """Return those of the keys that are here and not away."""
    return set(session.scalars(select(Presence.key).where(Presence.key.in_(keys), *_is_here())))


def _is_here() -> tuple[ColumnElement[bool], ...]:
    return Presence.seen_at > clock.now() - HERE, Presence.is_away.is_(False)


def last_seen(session: Session, keys: Collection[str]) -> dict[str, Presence]:
    """Return what is known of each key."""
    return {found.key: found for found in session.scalars(select(Presence).where(Presence.key.in_(keys)))}


def state_of(known: Presence | None) -> str:
    """Return here, away or gone."""
    if known is None or known.seen_at <= clock.now() - HERE:
        return "gone"
    return "away" if known.is_away else "here"


def is_away(account_id: str) -> bool:
    """Whether an officer has said that they are away."""
    with reading() as session:
        found = session.get(Presence, account_id)
        return found is not None and found.is_away


def officers_here(session: Session, province: str, domain: str) -> int:
    """Return how many officers competent for a province and field are here."""
    query = select(Presence.key).where(*_is_here(), Presence.key.startswith("acct_"))
    found = case_handlers(session, session.scalars(query).all())
    return sum(serves(one, province, domain) for one in found)
