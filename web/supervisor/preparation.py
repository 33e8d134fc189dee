"""Prepare an installation's data, in a process of its own: the supervisor stays small.

``python -m web.supervisor.preparation`` runs the steps one after the other and writes one JSON object a line:
``{"step", "state": "started" | "finished", "note", "params"}``, or ``{"state": "failed", "code", "params"}``.
A step whose inputs are unchanged (their digest is kept in ``run/prepared.json``) is passed over.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import AssistantError
from core.logs import configure_logs
from core.settings import REPOSITORY, Settings, get_settings
from web.supervisor import accounts

STATE = "prepared.json"
Note = tuple[str, dict[str, object]]
UNCHANGED: Note = ("setup.note.unchanged", {})


@dataclass
class Prepared:
    """Digests of what was prepared, kept in the installation."""

    path: Path
    digests: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, settings: Settings) -> "Prepared":
        """Read the digests, none on the first start."""
        path = settings.folder("run") / STATE
        return cls(path, json.loads(path.read_text()) if path.exists() else {})

    def is_current(self, step: str, digest: str) -> bool:
        """Whether a step was done for these inputs."""
        return self.digests.get(step) == digest

    def forget(self) -> None:
        """Let every step be done again."""
        self.digests.clear()

    def keep(self, step: str, digest: str) -> None:
        """Remember that a step was done."""
        self.digests[step] = digest
        temporary = self.path.with_suffix(".new")
        temporary.write_text(json.dumps(self.digests, indent=1))
        temporary.replace(self.path)


def digest(parts: Iterable[bytes]) -> str:
    """Return one SHA-256 over some byte strings."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()


def files_digest(*folders: Path) -> str:
    """Return one SHA-256 over the names and contents of all files in some folders."""
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    return digest(
        part
        for file in files
        if "__pycache__" not in file.parts
        for part in (str(file.relative_to(REPOSITORY)).encode(), file.read_bytes())
    )


def migrations(_settings: Settings, prepared: Prepared) -> Note:
    """Bring the database up to date; with an empty one, all that was prepared is to be done again."""
    from core.database.migrations import revision, upgrade

    before = revision()
    if not before:
        prepared.forget()
    after = upgrade()
    return UNCHANGED if before == after else ("setup.note.revision", {"revision": after})


def sandbox(settings: Settings, prepared: Prepared) -> Note:
    """Fill the synthetic regulator; keep the demo accounts' passwords in a private file."""
    if not settings.sandbox:
        return "setup.note.no_sandbox", {}
    current = files_digest(REPOSITORY / "forms" / "sandbox") + f":{settings.sandbox_enterprises}"
    if prepared.is_current("sandbox", current) and accounts.all_exist(settings):
        return UNCHANGED
    made = accounts.seed(settings)
    prepared.keep("sandbox", current)
    return "setup.note.sandbox", {"enterprises": settings.sandbox_enterprises, "accounts": len(made)}


def encoder(_settings: Settings, prepared: Prepared) -> Note:
    """Register the sentence encoder that this installation serves."""
    from knowledge_base import service as knowledge_base

    sha256 = knowledge_base.register_encoder()
    if prepared.is_current("encoder", sha256):
        return UNCHANGED
    prepared.keep("encoder", sha256)
    return "setup.note.encoder", {"sha256": sha256[:12]}


def knowledge(_settings: Settings, prepared: Prepared) -> Note:
    """Import the shipped knowledge: the guides of all service items, the FAQ, the article cards."""
    from forms.service import export_guides
    from knowledge_base import service as knowledge_base

    guides = export_guides()
    content = files_digest(REPOSITORY / "knowledge_base" / "content")
    current = digest([json.dumps(guides, ensure_ascii=False, default=str).encode(), content.encode()])
    if prepared.is_current("knowledge", current) and knowledge_base.list_indexes():
        return UNCHANGED
    changed = (
        knowledge_base.import_guides(guides) + knowledge_base.import_faq() + knowledge_base.import_cards()
    )
    prepared.keep("knowledge", current)
    return "setup.note.knowledge", {"n": changed}


def index(_settings: Settings, prepared: Prepared) -> Note:
    """Build the search index unless the live one is whole and was built from what there is."""
    from knowledge_base import service as knowledge_base

    current = digest(prepared.digests.get(name, "").encode() for name in ("knowledge", "encoder"))
    if prepared.is_current("index", current) and _is_whole():
        return UNCHANGED
    snapshot = knowledge_base.build_index()
    prepared.keep("index", current)
    return "setup.note.index", {"id": snapshot.snapshot_id}


def _is_whole() -> bool:
    """Whether the live index passes its own checks; one that does not is built anew."""
    from knowledge_base import service as knowledge_base

    try:
        knowledge_base.verify_index()
    except AssistantError:
        return False
    return True


STEPS: tuple[tuple[str, Callable[[Settings, Prepared], Note]], ...] = (
    ("migrations", migrations),
    ("sandbox", sandbox),
    ("encoder", encoder),
    ("knowledge", knowledge),
    ("index", index),
)


def main() -> int:
    """Run all steps; 1 if one failed."""
    settings = get_settings()
    configure_logs(settings.log_level)
    prepared = Prepared.read(settings)
    try:
        for name, step in STEPS:
            _write({"step": name, "state": "started"})
            note, params = step(settings, prepared)
            _write({"step": name, "state": "finished", "note": note, "params": params})
    except AssistantError as error:
        _write({"state": "failed", "code": error.code, "params": error.params})
        return 1
    return 0


def _write(event: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(event, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
