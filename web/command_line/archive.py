"""A backup: one ``.tar.gz`` with the database, the state folders and a manifest of SHA-256 sums.

Order matters: the audit checkpoints are copied before the database, so that none of them is ahead of it; the
files that rows name (uploads, documents, snapshots) after it, so that none of them is missing.
"""

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core import clock
from core.errors import Conflict, DependencyFailed, InvalidInput
from core.settings import Settings
from web.command_line import databases

FORMAT = 1
MANIFEST = "manifest.json"
PREFIX = "state/"
AUDIT = "audit"
NOT_KEPT = frozenset({"run", "logs", "celery", "backups", "replaced"})


@dataclass(frozen=True)
class Manifest:
    """What a backup holds; ``files`` maps names to SHA-256 sums."""

    created_at: str
    database: str
    files: dict[str, str]

    def to_json(self) -> bytes:
        """Return the file that lies in the backup."""
        body = {
            "format": FORMAT,
            "created_at": self.created_at,
            "database": self.database,
            "files": self.files,
        }
        return json.dumps(body, ensure_ascii=False, indent=1).encode()

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read the manifest of an unpacked backup.

        Raises:
            InvalidInput: it is no backup of ours, or of another format.
        """
        try:
            body = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            found = cls(body["created_at"], body["database"], dict(body["files"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InvalidInput("web.cli.restore.no_backup") from error
        if body.get("format") != FORMAT:
            raise InvalidInput("web.cli.restore.no_backup")
        return found


class _Hashing(io.RawIOBase):
    """Hashes what is read through it."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read and hash."""
        data = self._stream.read(size)
        self.sha256.update(data)
        return data


def write(settings: Settings, target: Path) -> Manifest:
    """Write a backup; ``target`` appears only when it is complete, readable by its owner alone."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    sums: dict[str, str] = {}
    kind = databases.kind_of(settings)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        copy = Path(folder) / databases.FILE_NAMES[kind]
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz") as tar:
            for path in _files(settings.home / AUDIT):
                _add(tar, path, PREFIX + str(path.relative_to(settings.home)), sums)
            databases.dump(settings, copy)
            _add(tar, copy, copy.name, sums)
            for path in _state(settings, target):
                _add(tar, path, PREFIX + str(path.relative_to(settings.home)), sums)
            manifest = Manifest(clock.isoformat(clock.now()), kind, sums)
            _add_bytes(tar, MANIFEST, manifest.to_json())
    part.replace(target)
    return manifest


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _state(settings: Settings, target: Path) -> Iterator[Path]:
    database = databases.sqlite_path(settings).name if databases.kind_of(settings) == databases.SQLITE else ""
    for entry in sorted(settings.home.iterdir()):
        is_database = bool(database) and entry.name.startswith(database)
        if entry.name in NOT_KEPT or entry.name == AUDIT or is_database:
            continue
        for path in [entry] if entry.is_file() else _files(entry):
            if path.parent != target.parent or not path.name.startswith(target.name):
                yield path


def _add(tar: tarfile.TarFile, path: Path, name: str, sums: dict[str, str]) -> None:
    with path.open("rb") as stream:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = os.fstat(stream.fileno()).st_size, 0o600
        entry.mtime = int(os.fstat(stream.fileno()).st_mtime)
        hashing = _Hashing(stream)
        tar.addfile(entry, hashing)
    sums[name] = hashing.sha256.hexdigest()


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpack a backup and hold every file to its sum.

    Raises:
        InvalidInput: it is no backup of ours, or a file was changed, is missing or was slipped in.
    """
    try:
        with tarfile.open(source, "r:gz") as tar:
            tar.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise InvalidInput("web.cli.restore.no_backup") from error
    manifest = Manifest.read(folder)
    present = {str(path.relative_to(folder)) for path in _files(folder)} - {MANIFEST}
    for name in sorted(present ^ manifest.files.keys()):
        raise InvalidInput("web.cli.restore.changed", file=name)
    for name, wanted in manifest.files.items():
        with (folder / name).open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != wanted:
                raise InvalidInput("web.cli.restore.changed", file=name)
    return manifest


def put_back(settings: Settings, folder: Path, manifest: Manifest, *, may_replace: bool) -> Path | None:
    """Put an unpacked backup in place; what was there is kept in ``replaced/`` and its folder returned.

    Raises:
        Conflict: there is state already and ``may_replace`` is not given.
        InvalidInput: the backup is of the other kind of database.
    """
    if manifest.database != databases.kind_of(settings):
        raise InvalidInput("web.cli.restore.other_database", kind=manifest.database)
    settings.home.mkdir(parents=True, exist_ok=True)
    present = [entry for entry in settings.home.iterdir() if entry.name not in NOT_KEPT]
    if present and not may_replace:
        raise Conflict("web.cli.restore.not_empty", home=settings.home)
    kept = _set_aside(settings, present) if present else None
    try:
        databases.load(settings, folder / databases.FILE_NAMES[manifest.database])
    except DependencyFailed:
        for entry in kept.iterdir() if kept else ():
            shutil.move(entry, settings.home / entry.name)
        raise
    state = folder / PREFIX
    for entry in state.iterdir() if state.exists() else ():
        shutil.move(entry, settings.home / entry.name)
    return kept


def _set_aside(settings: Settings, present: list[Path]) -> Path:
    kept = settings.folder("replaced") / clock.now().strftime("%Y%m%d-%H%M%S-%f")
    kept.mkdir()
    if databases.kind_of(settings) == databases.POSTGRESQL:
        databases.dump(settings, kept / databases.FILE_NAMES[databases.POSTGRESQL])
    for entry in present:
        shutil.move(entry, kept / entry.name)
    return kept
