"""Building, switching and serving index snapshots.

1. ``build_index`` reads all passages that belong in the index, takes over the vectors of unchanged windows
   from the current snapshot, encodes the rest, writes a new folder, seals it with hashes, checks it by
   loading it, and switches: ``current`` is replaced in one step.
2. ``live`` gives a serving process the current snapshot, and notices a switch by the pointer file.
   A snapshot that cannot be loaded is refused and the previous one keeps serving.
3. ``verify_index`` checks the current snapshot's files; ``list_indexes`` lists all; the newest few are kept;
   ``rollback_index`` serves an earlier one again.
"""

import fcntl
import hashlib
import os
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from core import clock
from core.database import reading
from core.errors import DependencyFailed, InvalidInput, NotAvailable
from core.ids import new_id
from core.settings import get_settings
from knowledge_base.embedding.base import Encoder, Floats
from knowledge_base.index import snapshot as snapshots
from knowledge_base.index.entries import Entry, make_entries
from knowledge_base.index.lexical import TERMS, LexicalIndex, TermStore
from knowledge_base.index.snapshot import Snapshot, SnapshotInfo
from knowledge_base.index.vectors import VectorIndex
from knowledge_base.passages import PassageView, store

log = structlog.get_logger(__name__)
KEPT = 4
CURRENT = "current"
_ENCODED_AT_ONCE = 2048


@dataclass(frozen=True)
class BuildStep:
    """Progress of a build: ``stage`` is ``read``, ``encode``, ``keywords``, ``vectors`` (of a large index),
    ``check`` or ``switch``."""

    stage: str
    done: int
    total: int


Progress = Callable[[BuildStep], None]
VectorsByWindow = tuple[dict[bytes, int], NDArray[np.floating[Any]]]


def folder() -> Path:
    """Return the folder of all snapshots."""
    return get_settings().folder("knowledge/snapshots")


def build_index(encoder: Encoder, *, progress: Progress | None = None) -> SnapshotInfo:
    """Build a snapshot of all passages and make it the current one.

    Raises:
        NotAvailable: there is nothing to index yet.
        DependencyFailed: the encoder failed, or the snapshot that was written cannot be read.
    """
    tell = progress or (lambda step: None)
    with _only_builder():
        made, _ = _build(encoder, tell)
        _switch(made)
        tell(BuildStep("switch", 1, 1))
        _remove_old()
    log.info("knowledge.index_switched", snapshot=made.name)
    return snapshots.info(made, is_current=True)


def _build(encoder: Encoder, tell: Progress) -> tuple[Path, Snapshot]:
    with reading() as session:
        passages = store.indexed_passages(session)
    if not passages:
        raise NotAvailable("knowledge_base.nothing_to_index")
    tell(BuildStep("read", len(passages), len(passages)))
    made = _write(passages, encoder, tell)
    tell(BuildStep("check", 0, 1))
    try:
        return made, snapshots.load(made)
    except DependencyFailed:
        shutil.rmtree(made)
        raise


def build_beside(encoder: Encoder, *, progress: Progress | None = None) -> Snapshot:
    """Build a snapshot of all passages beside the one that serves; ``switch_index`` lets it serve.

    Raises:
        NotAvailable, DependencyFailed: as ``build_index``.
    """
    with _only_builder():
        return _build(encoder, progress or (lambda step: None))[1]


def discard_index(snapshot_id: str) -> None:
    """Remove a snapshot that was built beside and shall not serve."""
    with _only_builder():
        path = folder() / Path(snapshot_id).name
        if path.is_dir() and path.name != current_folder().name:
            shutil.rmtree(path)


def switch_index(snapshot_id: str) -> SnapshotInfo:
    """Let a snapshot serve, after checking it.

    Raises:
        InvalidInput: there is no such snapshot.
        DependencyFailed: it is broken; the current one keeps serving.
    """
    with _only_builder():
        return _checked_switch([path for path in _all() if path.name == snapshot_id], snapshot_id)


def _checked_switch(wanted: list[Path], snapshot_id: str) -> SnapshotInfo:
    if not wanted:
        raise InvalidInput("knowledge_base.no_such_index", id=snapshot_id or "-")
    found = snapshots.load(wanted[0], is_current=True).info
    _switch(wanted[0])
    return found


@contextmanager
def _only_builder() -> Iterator[None]:
    with (folder() / "build.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _write(passages: Sequence[PassageView], encoder: Encoder, tell: Progress) -> Path:
    entries, vectors, lexical, counts = _make(passages, encoder, tell)
    made = folder() / _new_name()
    snapshots.write(made, entries, vectors, lexical)
    snapshots.seal(
        made,
        {
            "created_at": clock.isoformat(clock.now()),
            "encoder_id": encoder.encoder_id,
            "sources_sha256": sources_digest(passages),
            "counts": counts,
        },
    )
    return made


def _new_name() -> str:
    return f"{clock.now().strftime('%Y%m%dT%H%M%S%f')}-{new_id('x')[-6:]}"


def _make(
    passages: Sequence[PassageView], encoder: Encoder, tell: Progress
) -> tuple[Sequence[Entry], VectorIndex, LexicalIndex, dict[str, int]]:
    entries = make_entries(passages)
    known = _known_vectors(encoder)
    windows = [window for entry in entries for window in entry.windows]
    vectors, reused = _vectors(windows, known, encoder, tell)
    tell(BuildStep("keywords", 0, len(entries)))
    lexical = LexicalIndex.build([entry.lexical for entry in entries], _known_terms() if known else None)
    index = VectorIndex.build(vectors, tell=lambda done, total: tell(BuildStep("vectors", done, total)))
    return entries, index, lexical, _counts(entries, len(windows), reused)


def try_index(passages: Sequence[PassageView], encoder: Encoder) -> Snapshot:
    """Return an index of these passages that serves nobody: what a release would lead to, for its trial."""
    entries, vectors, lexical, counts = _make(passages, encoder, lambda step: None)
    info = SnapshotInfo(
        _new_name(), clock.isoformat(clock.now()), encoder.encoder_id, sources_digest(passages), counts
    )
    return snapshots.in_memory(info, entries, vectors, lexical)


def sources_digest(passages: Sequence[PassageView]) -> str:
    """Return the hash over all versions that are indexed and their standing."""
    versions = {(p.version_id, p.sha256, p.status, str(p.repealed_on)) for p in passages}
    return hashlib.sha256(repr(sorted(versions)).encode()).hexdigest()


def _counts(entries: Sequence[Entry], windows: int, reused: int) -> dict[str, int]:
    kinds = Counter(entry.kind for entry in entries)
    return {"passages": len(entries), "windows": windows, "reused": reused, **kinds}


def _known_terms() -> TermStore | None:
    try:
        return TermStore.load(current_folder() / snapshots.LEXICAL / TERMS)
    except NotAvailable:
        return None


def _known_vectors(encoder: Encoder) -> VectorsByWindow | None:
    """Return the vectors of the current snapshot, None where it cannot be read or has another encoder."""
    try:
        encoder_id, hashes, vectors = snapshots.windows(current_folder())
    except (NotAvailable, DependencyFailed):
        return None
    if encoder_id != encoder.encoder_id:
        return None
    return {key: place for place, key in enumerate(hashes)}, vectors.vectors()


def _vectors(
    windows: Sequence[str], known: VectorsByWindow | None, encoder: Encoder, tell: Progress
) -> tuple[Floats, int]:
    """Return the windows' vectors, and how many of them were taken over."""
    vectors = np.zeros((len(windows), encoder.dim), dtype=np.float32)
    places, held = known or ({}, vectors)
    found = np.asarray([places.get(snapshots.window_hash(window), -1) for window in windows], dtype=np.int64)
    vectors[found >= 0] = held[found[found >= 0]]
    missing = np.flatnonzero(found < 0)
    for start in range(0, len(missing), _ENCODED_AT_ONCE):
        batch = missing[start : start + _ENCODED_AT_ONCE]
        vectors[batch] = encoder.encode([windows[position] for position in batch])
        tell(BuildStep("encode", start + len(batch), len(missing)))
    return vectors, len(windows) - len(missing)


def _switch(made: Path) -> None:
    pointer = folder() / CURRENT
    beside = folder() / f".{CURRENT}.{os.getpid()}"
    beside.write_text(made.name + "\n", "utf-8")
    os.replace(beside, pointer)


def _remove_old() -> None:
    kept = current_folder().name
    for old in _all()[:-KEPT]:
        if old.name != kept:
            shutil.rmtree(old)


def _all() -> list[Path]:
    return sorted(path for path in folder().iterdir() if (path / snapshots.MANIFEST).is_file())


def current_folder() -> Path:
    """Return the current snapshot's folder.

    Raises:
        NotAvailable: no index was built yet.
    """
    try:
        name = (folder() / CURRENT).read_text("utf-8").strip()
    except FileNotFoundError as error:
        raise NotAvailable("knowledge_base.no_index") from error
    return folder() / Path(name).name


def verify_index() -> SnapshotInfo:
    """Check the current snapshot's files against its manifest, and load it.

    Raises:
        NotAvailable: no index was built yet.
        DependencyFailed: the snapshot is broken.
    """
    return snapshots.load(current_folder(), is_current=True).info


def rollback_index(snapshot_id: str = "") -> SnapshotInfo:
    """Serve an earlier snapshot again, after checking it; the next build replaces it as usual.

    Args:
        snapshot_id: which; by default the youngest that is older than the current one.

    Raises:
        NotAvailable: no index was built yet.
        InvalidInput: there is no such snapshot, or none is older.
        DependencyFailed: it is broken; the current one keeps serving.
    """
    with _only_builder():
        current = current_folder().name
        older = [path for path in _all() if path.name < current]
        wanted = [path for path in _all() if path.name == snapshot_id] if snapshot_id else older[-1:]
        found = _checked_switch(wanted, snapshot_id)
    log.warning("knowledge.index_rolled_back", before=current, serving=found.snapshot_id)
    return found


def list_indexes() -> list[SnapshotInfo]:
    """Return all snapshots, the newest first; unreadable ones are left out and logged."""
    pointer = folder() / CURRENT
    current = pointer.read_text("utf-8").strip() if pointer.is_file() else ""
    found = []
    for path in reversed(_all()):
        try:
            found.append(snapshots.info(path, is_current=path.name == current))
        except DependencyFailed as error:
            log.warning("knowledge.snapshot_unreadable", snapshot=path.name, code=error.code)
    return found


class LiveIndex:
    """The snapshot that this process serves; follows the pointer file."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._snapshot: Snapshot | None = None

    def get(self) -> Snapshot:
        """Return the current snapshot, loaded anew after a switch.

        Raises:
            NotAvailable: no index was built yet.
            DependencyFailed: the current snapshot is broken and none was loaded before.
        """
        stamp = self._pointer_stamp()
        if stamp != self._stamp or self._snapshot is None:
            with self._lock:
                if stamp != self._stamp or self._snapshot is None:
                    self._reload(stamp)
        assert self._snapshot is not None
        return self._snapshot

    def _pointer_stamp(self) -> tuple[int, int] | None:
        try:
            status = (self._root / CURRENT).stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino

    def _reload(self, stamp: tuple[int, int] | None) -> None:
        try:
            self._snapshot = snapshots.load(current_folder(), is_current=True)
        except (DependencyFailed, NotAvailable) as error:
            if self._snapshot is None:
                raise
            log.error("knowledge.snapshot_refused", code=error.code, serving=self._snapshot.info.snapshot_id)
        self._stamp = stamp


_live: dict[Path, LiveIndex] = {}


def live() -> LiveIndex:
    """Return this process's live index."""
    return _live.setdefault(folder(), LiveIndex(folder()))
