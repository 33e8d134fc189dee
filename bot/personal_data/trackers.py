"""The dialogue engine's own store of conversations: rows of people who asked to be forgotten are deleted.

The engine keeps no words that the guard masks and nothing that the assistant said; what is left (intents,
ids) goes as well. The store is a database of its own (docs/architecture.md).
"""

from collections.abc import Sequence

import structlog
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from core.database.engine import _driver_url
from core.settings import get_settings

log = structlog.get_logger(__name__)


def forget_trackers(rasa_sessions: Sequence[str]) -> int:
    """Delete the events of sessions; return how many. A store that is not there has none."""
    url = get_settings().rasa_tracker_url
    path = get_settings().home / "rasa" / "trackers.sqlite3"
    if not url and not path.exists():
        return 0
    engine = create_engine(_driver_url(url) if url else f"sqlite:///{path}")
    deleted = 0
    try:
        with engine.begin() as connection:
            if not inspect(connection).has_table("events"):
                return 0
            for one in rasa_sessions:
                done = connection.execute(text("DELETE FROM events WHERE sender_id = :one"), {"one": one})
                deleted += done.rowcount
    except SQLAlchemyError as error:
        log.error("personal_data.trackers_kept", error=type(error).__name__, sessions=len(rasa_sessions))
        raise
    finally:
        engine.dispose()
    return deleted
