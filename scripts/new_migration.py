"""Write a migration for what the models have and the newest migration lacks.

    .venv/bin/python scripts/new_migration.py "what changed" [--initial]

``--initial`` makes the first migration anew from all models: only as long as nothing is installed anywhere.
"""

import argparse
import tempfile
from pathlib import Path

from alembic import command

from core.database.engine import Database
from core.database.migrations import service


def main() -> None:
    """Compare an empty, upgraded database with the models."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    parser.add_argument("message")
    parser.add_argument("--initial", action="store_true")
    chosen = parser.parse_args()
    versions = service.FOLDER / "versions"
    if chosen.initial:
        for old in versions.glob("*.py"):
            old.unlink()
    number = f"{len(list(versions.glob('*.py'))) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder:
        opened = Database(f"sqlite:///{Path(folder) / 'empty.sqlite3'}")
        service.upgrade(opened)
        config = service.configuration(opened)
        command.revision(config, message=chosen.message, autogenerate=True, rev_id=number)
        opened.dispose()


if __name__ == "__main__":
    main()
