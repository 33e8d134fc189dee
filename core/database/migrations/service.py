"""Bring the database of this process up to date.

1. ``head`` names the newest revision that ships with the code, ``revision`` the one the database is at.
2. ``upgrade`` runs what lies between them, in one transaction where the database allows it.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from core import database
from core.database.engine import Database

FOLDER = Path(__file__).parent
LOCK_KEY = 7_221_365


def configuration(opened: Database) -> Config:
    """Return Alembic's configuration for an opened database."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["database"] = opened
    return config


def head() -> str:
    """Return the newest revision in the code."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def revision(opened: Database | None = None) -> str:
    """Return the revision of a database, "" where it is empty."""
    found = opened or database.current()
    with found.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def upgrade(opened: Database | None = None) -> str:
    """Run the migrations that the database lacks; return the revision it is at then.

    Doing it again changes nothing. Two processes that start at once wait for each other.
    """
    found = opened or database.current()
    if revision(found) != head():
        command.upgrade(configuration(found), "head")
    return revision(found)
