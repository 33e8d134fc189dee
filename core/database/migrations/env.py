"""Alembic's entry: runs the migrations on the database that ``service.configuration`` passes on."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, text

from core.database import Base, UTCDateTime
from core.database.engine import Database
from core.database.migrations.service import LOCK_KEY
from core.database.model_modules import load_models


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own types as the plain ones that store them: a migration imports nothing of ours."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def run(opened: Database) -> None:
    load_models()
    with opened.engine.connect() as connection:
        if opened.is_sqlite:
            connection = connection.execution_options(sqlite_begin="IMMEDIATE")
        with connection.begin():
            if not opened.is_sqlite:
                connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                render_as_batch=opened.is_sqlite,
                compare_type=True,
                render_item=_render,
            )
            context.run_migrations()


run(context.config.attributes["database"])
