"""One database, SQLite in WAL mode or PostgreSQL: ``Base``, ``transaction()``, ``reading()``."""

from core.database.base import Base, JSONField, UTCDateTime
from core.database.engine import (
    Database,
    after_commit,
    current,
    is_duplicate,
    reading,
    reset,
    transaction,
    use,
)

__all__ = [
    "Base",
    "Database",
    "JSONField",
    "UTCDateTime",
    "after_commit",
    "current",
    "is_duplicate",
    "reading",
    "reset",
    "transaction",
    "use",
]
