"""One snapshot: what lies in its folder, how it is written, checked and read."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import DependencyFailed
from knowledge_base.index.entries import Entry
from knowledge_base.index.lexical import LexicalIndex
from knowledge_base.index.vectors import VectorIndex

FORMAT = 2
FACETS = ("kind", "language", "province", "service_item_code")
MANIFEST, ENTRIES, VECTORS, WINDOWS, LEXICAL = (
    "manifest.json",
    "entries.jsonl",
    "vectors.faiss",
    "windows.npz",
    "bm25",
)
_STORED = (
    "passage_id", "kind", "language", "province", "service_item_code", "provisions", "first_day", "last_day",
)  # fmt: skip


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
class Facet:
    """One property of all entries, for filtering at once.

    Attributes:
        values: the property's values; ``codes``: int16 (entries,), each entry's place among them.
    """

    values: tuple[str, ...]
    codes: NDArray[np.int16]

    @classmethod
    def of(cls, values: Sequence[str]) -> "Facet":
        """Code the values of all entries."""
        distinct = tuple(dict.fromkeys(values))
        places = {value: place for place, value in enumerate(distinct)}
        return cls(distinct, np.asarray([places[value] for value in values], dtype=np.int16))

    def among(self, wanted: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Return a mask of the entries whose value is wanted."""
        return np.asarray([wanted(value) for value in self.values], dtype=np.bool_)[self.codes]


@dataclass(frozen=True)
class Snapshot:
    """A snapshot in memory.

    Attributes:
        entries: texts left out; by position.
        owners: int32 (windows,), the entry each window belongs to; ``roles``: int8 (windows,), what each is.
        first_days: int32 (entries,); ``last_days`` likewise.
    """

    info: SnapshotInfo
    entries: tuple[Entry, ...]
    vectors: VectorIndex
    lexical: LexicalIndex
    owners: NDArray[np.int32]
    roles: NDArray[np.int8]
    first_days: NDArray[np.int32]
    last_days: NDArray[np.int32]
    facets: Mapping[str, Facet]


def window_hash(text: str) -> bytes:
    """Return the key by which a window's vector is taken over from an earlier snapshot."""
    return hashlib.sha256(text.encode()).digest()[:16]


def write(folder: Path, entries: Sequence[Entry], vectors: VectorIndex, lexical: LexicalIndex) -> None:
    """Write a snapshot's data files; the manifest comes last, by ``seal``."""
    folder.mkdir(parents=True)
    with (folder / ENTRIES).open("w", encoding="utf-8") as stream:
        for entry in entries:
            stream.write(
                json.dumps({name: getattr(entry, name) for name in _STORED}, ensure_ascii=False) + "\n"
            )
    owners = [position for position, entry in enumerate(entries) for _ in entry.windows]
    hashes = [window_hash(window) for entry in entries for window in entry.windows]
    np.savez(
        folder / WINDOWS,
        owners=np.asarray(owners, dtype=np.int32),
        roles=np.asarray([role for entry in entries for role in entry.roles], dtype=np.int8),
        hashes=np.asarray(hashes, dtype="V16"),
    )
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
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


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
    with np.load(folder / WINDOWS) as arrays:
        hashes = arrays["hashes"].tolist()
    return str(manifest(folder)["encoder_id"]), hashes, VectorIndex.load(folder / VECTORS)


def load(folder: Path, *, is_current: bool = False) -> Snapshot:
    """Read a checked snapshot into memory.

    Raises:
        DependencyFailed: it is broken.
    """
    check(folder)
    entries = tuple(_entry(json.loads(line)) for line in (folder / ENTRIES).read_text("utf-8").splitlines())
    vectors = VectorIndex.load(folder / VECTORS)
    with np.load(folder / WINDOWS) as arrays:
        owners, roles = arrays["owners"], arrays["roles"]
    if len(owners) != vectors.size:
        raise DependencyFailed("knowledge_base.snapshot_broken", part="windows")
    return Snapshot(
        info=info(folder, is_current=is_current),
        entries=entries,
        vectors=vectors,
        lexical=LexicalIndex.load(folder / LEXICAL, len(entries)),
        owners=owners,
        roles=roles,
        first_days=np.asarray([e.first_day for e in entries], dtype=np.int32),
        last_days=np.asarray([e.last_day for e in entries], dtype=np.int32),
        facets={name: Facet.of([str(getattr(e, name)) for e in entries]) for name in FACETS},
    )


def _entry(fields: Mapping[str, Any]) -> Entry:
    return Entry(**{**fields, "provisions": tuple(fields["provisions"])}, lexical="", windows=(), roles=())
