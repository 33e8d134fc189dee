"""Where a folder's files come from: ``SOURCE.txt``, one line a file.

name | repository | commit | path | note

Lines that begin with # are remarks.
"""

from pathlib import Path

NAME = "SOURCE.txt"
_FIELDS = ("repository", "commit", "path", "note")


def read_provenance(folder: Path) -> dict[str, dict[str, str]]:
    """Return what the folder's SOURCE.txt tells, by the file's path below the folder."""
    path = folder / NAME
    if not path.is_file():
        return {}
    entries = {}
    for line in path.read_text("utf-8", errors="replace").splitlines():
        parts = [part.strip() for part in line.split("|")]
        if len(parts) >= 4 and not line.startswith("#"):
            entries[parts[0]] = dict(zip(_FIELDS, [*parts[1:], ""], strict=False))
    return entries


def provenance_of(path: Path, root: Path) -> dict[str, str]:
    """Return what the nearest SOURCE.txt between a file and the root tells about it."""
    for folder in [path.parent, *path.parent.parents]:
        known = read_provenance(folder)
        found = known.get(path.relative_to(folder).as_posix()) or known.get(path.name)
        if found:
            return found
        if folder == root or root not in folder.parents:
            return {}
    return {}
