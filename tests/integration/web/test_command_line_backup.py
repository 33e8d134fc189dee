"""Backups: taken while running, whole when put back, refused when tampered with."""

import io
import json
import os
import sqlite3
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from core import database
from core.audit.service import checkpoint, seal
from core.audit.service import verify as verify_trail
from core.database import reading, transaction
from core.database.migrations import upgrade
from core.identity import Role
from core.identity.models import Account
from core.identity.service import create_account
from core.settings import get_settings
from web.command_line.main import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def people() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Account)) or 0


def add_person(login: str) -> None:
    from core.audit.service import record

    with transaction() as session:
        account = create_account(
            session, login=login, password="secret", role=Role.APPLICANT, display_name=login
        )
        record(session, actor_id="", action="made", subject_type="account", subject_id=account.id)
    seal()
    checkpoint()


@pytest.fixture
def installation(home: Path) -> Iterator[Path]:
    upgrade()
    add_person("first")
    (home / "uploads").mkdir()
    (home / "uploads" / "file_1.pdf").write_bytes(b"%PDF-1.4 content")
    yield home
    database.reset()


@pytest.fixture
def archive(installation: Path, tmp_path: Path) -> Path:
    target = tmp_path / "backup.tar.gz"
    done = run("backup", str(target))
    assert done.exit_code == 0, done.output
    return target


def test_a_backup_brings_back_rows_files_secrets_and_a_whole_audit_trail(
    installation: Path, archive: Path
) -> None:
    secrets = (installation / "secrets.json").read_bytes()
    add_person("second")
    (installation / "uploads" / "file_1.pdf").unlink()
    done = run("restore", str(archive), "--replace", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["audit"]["is_whole"]
    assert people() == 1
    assert (installation / "uploads" / "file_1.pdf").read_bytes() == b"%PDF-1.4 content"
    assert (installation / "secrets.json").read_bytes() == secrets
    assert verify_trail().is_whole


def test_what_was_there_is_kept_beside(installation: Path, archive: Path) -> None:
    add_person("second")
    kept = Path(json.loads(run("restore", str(archive), "--replace", "--json").output)["replaced"])
    with sqlite3.connect(kept / "database.sqlite3") as old:
        assert old.execute("select count(*) from account").fetchone() == (2,)


def test_a_backup_starts_a_new_installation(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.reset()
    monkeypatch.setenv("YAOZHENG_HOME", str(tmp_path / "elsewhere"))
    get_settings.cache_clear()
    assert run("restore", str(archive)).exit_code == 0
    assert people() == 1
    assert verify_trail().is_whole


def test_state_is_not_replaced_unless_that_is_asked_for(installation: Path, archive: Path) -> None:
    add_person("second")
    done = run("restore", str(archive))
    assert done.exit_code == 1
    assert "--replace" in done.output
    assert people() == 2


def test_a_backup_is_readable_by_its_owner_alone(archive: Path) -> None:
    assert archive.stat().st_mode & 0o077 == 0


def test_a_backup_holds_no_logs_no_sockets_and_not_itself(installation: Path) -> None:
    (installation / "logs").mkdir()
    (installation / "logs" / "web.log").write_text("line")
    first = json.loads(run("backup", "--json").output)
    second = json.loads(run("backup", "--json").output)
    with tarfile.open(second["file"]) as tar:
        names = tar.getnames()
    assert Path(first["file"]).parent == installation / "backups"
    assert not [name for name in names if "logs" in name or "backups" in name or "run/" in name]
    assert {"database.sqlite3", "manifest.json", "state/secrets.json"} <= set(names)


def rewritten(source: Path, target: Path, name: str, content: bytes | None) -> Path:
    """Copy a backup with one file changed, left out (None) or added."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for entry in old.getmembers():
            if entry.name != name:
                new.addfile(entry, old.extractfile(entry))
        if content is not None:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            new.addfile(entry, io.BytesIO(content))
    return target


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("state/uploads/file_1.pdf", b"another content"),
        ("state/uploads/file_1.pdf", None),
        ("state/uploads/slipped_in.sh", b"#!/bin/sh"),
        ("database.sqlite3", b"SQLite format 3\x00"),
        ("manifest.json", b"{}"),
        ("manifest.json", None),
        ("../escaped.txt", b"outside"),
    ],
)
def test_a_changed_backup_is_refused_and_nothing_is_touched(
    installation: Path, archive: Path, tmp_path: Path, name: str, content: bytes | None
) -> None:
    changed = rewritten(archive, tmp_path / "changed.tar.gz", name, content)
    add_person("second")
    done = run("restore", str(changed), "--replace")
    assert done.exit_code == 2, done.output
    assert people() == 2
    assert not list(tmp_path.rglob("escaped.txt"))


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08 truncated"])
def test_what_is_no_backup_is_refused(installation: Path, tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "something.tar.gz"
    source.write_bytes(content)
    assert run("restore", str(source), "--replace").exit_code == 2
    assert people() == 1


def test_a_running_installation_is_not_restored_over(installation: Path, archive: Path) -> None:
    from web.supervisor.service import only_one

    with only_one(get_settings()):
        done = run("restore", str(archive), "--replace")
    assert done.exit_code == 1
    assert people() == 1


def test_a_backup_of_another_kind_of_database_is_refused(
    installation: Path, archive: Path, tmp_path: Path
) -> None:
    with tarfile.open(archive) as tar:
        manifest = json.load(tar.extractfile("manifest.json") or io.BytesIO())
    manifest["database"] = "postgresql"
    other = rewritten(archive, tmp_path / "other.tar.gz", "manifest.json", json.dumps(manifest).encode())
    assert run("restore", str(other), "--replace").exit_code == 2
    assert people() == 1


def test_a_changed_audit_event_is_found_by_the_command(installation: Path) -> None:
    assert run("audit", "verify").exit_code == 0
    with sqlite3.connect(installation / "database.sqlite3") as raw:
        raw.execute("update audit_event set action = 'forged'")
    done = run("audit", "verify", "--json")
    assert done.exit_code == 1
    assert json.loads(done.output)["is_whole"] is False


@pytest.mark.postgres
@pytest.mark.skipif(not os.environ.get("YAOZHENG_TEST_POSTGRES_URL"), reason="no PostgreSQL was started")
def test_a_postgresql_database_is_dumped_and_put_back(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YAOZHENG_DATABASE_URL", os.environ["YAOZHENG_TEST_POSTGRES_URL"])
    get_settings.cache_clear()
    upgrade()
    before = people()
    target = tmp_path / "backup.tar.gz"
    assert run("backup", str(target)).exit_code == 0
    add_person(f"added-{tmp_path.name}")
    database.reset()
    done = run("restore", str(target), "--replace")
    assert done.exit_code == 0, done.output
    assert people() == before
