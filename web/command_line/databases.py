"""Copying a whole database out and in: SQLite's online backup, or pg_dump and pg_restore."""

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import make_url

from core.errors import DependencyFailed
from core.settings import Settings

SQLITE, POSTGRESQL = "sqlite", "postgresql"
FILE_NAMES = {SQLITE: "database.sqlite3", POSTGRESQL: "database.pgdump"}


def kind_of(settings: Settings) -> str:
    """Return ``sqlite`` or ``postgresql``."""
    return SQLITE if settings.database_url.startswith("sqlite") else POSTGRESQL


def sqlite_path(settings: Settings) -> Path:
    """Return the file of a SQLite database."""
    return Path(make_url(settings.database_url).database or "")


def dump(settings: Settings, target: Path) -> None:
    """Write a consistent copy while the installation may be running.

    Raises:
        DependencyFailed: the copy is not sound, or PostgreSQL's tools are missing or fail.
    """
    if kind_of(settings) == POSTGRESQL:
        _postgres("pg_dump", settings, "--format=custom", "--no-owner", f"--file={target}")
        return
    source, copy = sqlite3.connect(sqlite_path(settings)), sqlite3.connect(target)
    try:
        source.backup(copy, pages=2000, sleep=0.01)
        (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
    finally:
        copy.close()
        source.close()
    if verdict != "ok":
        raise DependencyFailed("web.cli.backup.unsound", detail=verdict)


def load(settings: Settings, source: Path) -> None:
    """Put a copy in the place of the present database.

    Raises:
        DependencyFailed: PostgreSQL's tools are missing or fail; the database is as it was then.
    """
    if kind_of(settings) == POSTGRESQL:
        options = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
        _postgres("pg_restore", settings, *options, f"--dbname={_name(settings)}", str(source))
        return
    target = sqlite_path(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    for leftover in (Path(f"{target}-wal"), Path(f"{target}-shm")):
        leftover.unlink(missing_ok=True)
    shutil.move(source, target)


def _name(settings: Settings) -> str:
    return make_url(settings.database_url).database or ""


def _postgres(tool: str, settings: Settings, *options: str) -> None:
    """Run one of PostgreSQL's tools; the password goes through the environment, not the command line."""
    program = shutil.which(tool)
    if program is None:
        raise DependencyFailed("web.cli.backup.tool_missing", tool=tool)
    url = make_url(settings.database_url)
    known = {
        "PGHOST": url.host or str(url.query.get("host", "")),
        "PGPORT": str(url.port or ""),
        "PGUSER": url.username or "",
        "PGPASSWORD": url.password or "",
        "PGDATABASE": url.database or "",
    }
    env = {**os.environ, **{name: value for name, value in known.items() if value}}
    done = subprocess.run([program, *options], env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        detail = (done.stderr.strip().splitlines() or [""])[-1]
        raise DependencyFailed("web.cli.backup.tool_failed", tool=tool, detail=detail)
