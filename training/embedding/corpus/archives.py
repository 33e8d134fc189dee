"""Unpack the training archives into a scratch folder, once."""

import tarfile
from pathlib import Path

ARCHIVES = ("laws", "docmcp_regulatory", "medquad", "toyhom_medical")


def unpack(data: Path, scratch: Path) -> Path:
    """Unpack every `NAME.tar.xz` of `data` that `scratch` does not hold yet.

    Args:
        data: Folder with the archives.
        scratch: Folder that receives one sub-folder for each archive.

    Returns:
        `scratch`.

    Raises:
        FileNotFoundError: If an archive is missing.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    for name in ARCHIVES:
        done = scratch / f".{name}.unpacked"
        if done.exists():
            continue
        with tarfile.open(data / f"{name}.tar.xz") as archive:
            archive.extractall(scratch, filter="data")
        done.touch()
    return scratch
