"""One snapshot: what lies in its folder, how it is written, checked and read."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import DependencyFailed
from knowledge_base.index.columns import EntryColumns
from knowledge_base.index.entries import Entry
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.index.vectors import VectorIndex

FORMAT = 3
MANIFEST, ENTRIES, VECTORS, WINDOWS, LEXICAL = (
    "manifest.json",
    "entries",
    "vectors.faiss",
    "windows",
    "bm25",
)
OWNERS, ROLES_OF, HASHES = "owners.npy", "roles.npy", "hashes.npy"


@dataclass(frozen=True)
class SnapshotInfo:
    """A snapshot's manifest in short.

    Attributes:
        snapshot_id: its folder's name; sorts by time.
        is_current: whether it is the one that serves.
        counts: passages, windows, reused vectors, and passages by kind.
    """

    snapshot_id: str
    created_at: str
    encoder_id: str
    sources_sha256: str
    counts: Mapping[str, int]
    is_current: bool = False


@dataclass(frozen=True)
class Snapshot:
    """A snapshot in memory.

    Attributes:
        owners: int32 (windows,), ascending: the entry each window belongs to; ``roles``: int8 (windows,),
            what each is.
        roles_held: int8 (entries,), which roles each entry has windows of, one bit a role.
    """

    info: SnapshotInfo
    entries: EntryColumns
    vectors: VectorIndex
    lexical: LexicalIndex
    owners: NDArray[np.int32]
    roles: NDArray[np.int8]
    roles_held: NDArray[np.int8]


def in_memory(
    info: SnapshotInfo, entries: Sequence[Entry], vectors: VectorIndex, lexical: LexicalIndex
) -> Snapshot:
    """Return a snapshot that is not written."""
    owners, roles = _windows_of(entries)
    columns = EntryColumns.of(entries)
    return Snapshot(info, columns, vectors, lexical, owners, roles, _roles_held(owners, roles, len(columns)))


def _windows_of(entries: Sequence[Entry]) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    owners = [position for position, entry in enumerate(entries) for _ in entry.windows]
    roles = [role for entry in entries for role in entry.roles]
    return np.asarray(owners, dtype=np.int32), np.asarray(roles, dtype=np.int8)


def window_hash(text: str) -> bytes:
    """Return the key by which a window's vector is taken over from an earlier snapshot."""
    return hashlib.sha256(text.encode()).digest()[:16]


def write(folder: Path, entries: Sequence[Entry], vectors: VectorIndex, lexical: LexicalIndex) -> None:
    """Write a snapshot's data files; the manifest comes last, by ``seal``."""
    folder.mkdir(parents=True)
    EntryColumns.of(entries).save(folder / ENTRIES)
    owners, roles = _windows_of(entries)
    hashes = [window_hash(window) for entry in entries for window in entry.windows]
    (folder / WINDOWS).mkdir()
    np.save(folder / WINDOWS / OWNERS, owners)
    np.save(folder / WINDOWS / ROLES_OF, roles)
    np.save(folder / WINDOWS / HASHES, np.asarray(hashes, dtype="V16"))
    vectors.save(folder / VECTORS)
    lexical.save(folder / LEXICAL)


def seal(folder: Path, fields: Mapping[str, Any]) -> None:
    """Write the manifest with the hash of every other file."""
    manifest = {**fields, "format": FORMAT, "files": file_hashes(folder)}
    (folder / MANIFEST).write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True), "utf-8"
    )


def file_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file but the manifest by relative path."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != MANIFEST)
    return {path.relative_to(folder).as_posix(): _file_hash(path) for path in paths}


def _file_hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def manifest(folder: Path) -> dict[str, Any]:
    """Return a snapshot's manifest.

    Raises:
        DependencyFailed: it is missing, broken or of another format.
    """
    try:
        loaded = json.loads((folder / MANIFEST).read_text("utf-8"))
        is_ours = loaded["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DependencyFailed("knowledge_base.snapshot_broken", part="manifest") from error
    if not is_ours:
        raise DependencyFailed("knowledge_base.snapshot_broken", part="manifest")
    return dict(loaded)


def info(folder: Path, *, is_current: bool = False) -> SnapshotInfo:
    """Return a snapshot's manifest in short."""
    loaded = manifest(folder)
    return SnapshotInfo(
        snapshot_id=folder.name,
        created_at=loaded["created_at"],
        encoder_id=loaded["encoder_id"],
        sources_sha256=loaded["sources_sha256"],
        counts=loaded["counts"],
        is_current=is_current,
    )


def check(folder: Path) -> None:
    """Compare every file with the manifest's hashes.

    Raises:
        DependencyFailed: a file is missing, changed or not named in the manifest.
    """
    expected, found = manifest(folder)["files"], file_hashes(folder)
    wrong = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if wrong:
        raise DependencyFailed("knowledge_base.snapshot_broken", part=wrong[0])


def windows(folder: Path) -> tuple[str, list[bytes], VectorIndex]:
    """Return a checked snapshot's encoder, the hash of each window, and the vectors.

    Raises:
        DependencyFailed: it is broken.
    """
    check(folder)
    hashes = np.load(folder / WINDOWS / HASHES).tolist()
    return str(manifest(folder)["encoder_id"]), hashes, VectorIndex.load(folder / VECTORS)


def load(folder: Path, *, is_current: bool = False) -> Snapshot:
    """Read a checked snapshot into memory.

    Raises:
        DependencyFailed: it is broken.
    """
    check(folder)
    entries, vectors = EntryColumns.load(folder / ENTRIES), VectorIndex.load(folder / VECTORS)
    owners, roles = (
        np.asarray(np.load(folder / WINDOWS / name, mmap_mode="r")) for name in (OWNERS, ROLES_OF)
    )
    if len(owners) != vectors.size:
        raise DependencyFailed("knowledge_base.snapshot_broken", part="windows")
    return Snapshot(
        info=info(folder, is_current=is_current),
        entries=entries,
        vectors=vectors,
        lexical=LexicalIndex.load(folder / LEXICAL, len(entries)),
        owners=owners,
        roles=roles,
        roles_held=_roles_held(owners, roles, len(entries)),
    )


def _roles_held(owners: NDArray[np.int32], roles: NDArray[np.int8], entries: int) -> NDArray[np.int8]:
    held = np.zeros(entries, dtype=np.int8)
    np.bitwise_or.at(held, owners, np.left_shift(1, roles, dtype=np.int8))
    return held
