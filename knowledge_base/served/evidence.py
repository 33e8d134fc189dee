"""The evidence pack: what the register holds, as a ZIP that anybody can check by its hashes.

``register.json`` (entries with states, hashes, dates), ``cards/`` (purpose, data with licences, evaluation,
limits), ``history.json`` (each step from the audit trail), ``trials.json`` (what each trial measured),
``rules/`` (the thresholds and rules that serve), ``canaries/`` (the questions of a trial and its floors),
``reports/`` (evaluation reports that were attached) and ``manifest.json`` with the SHA-256 of every file. The
public pack names no person: who acted is ``person`` or the installation itself.
"""

import hashlib
import io
import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core import clock
from core.identity import Actor
from core.model_register import shelf
from core.model_register.serving import served
from core.model_register.shelf import EntryView, RunView
from core.settings import get_settings
from knowledge_base.answering import rules
from knowledge_base.served import trial
from knowledge_base.served.shipped import rule_files

_MADE = (2026, 1, 1, 0, 0, 0)
_OWN = ("", "setup", "system", "command_line")
_PERSONS = ("proposed_by", "evaluated_by", "released_by", "retired_by", "asked_by", "who")


def pack(actor: Actor | None = None) -> bytes:
    """Return the pack.

    Args:
        actor: who reads it; the public pack where nobody in particular does.

    Raises:
        NotAvailable: the actor may not read the register.
    """
    if actor is not None:
        shelf.list_entries(actor)
    files = _files(is_public=actor is None)
    manifest = {
        "made_at": clock.isoformat(clock.now()),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted({**files, "manifest.json": _json(manifest)}.items()):
            archive.writestr(zipfile.ZipInfo(name, _MADE), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _files(*, is_public: bool) -> dict[str, bytes]:
    entries = shelf.all_entries()
    found = {
        "register.json": _json([_entry(one, is_public=is_public) for one in entries]),
        "history.json": _json(
            {one.id: [_row(line, is_public) for line in shelf.history(one.id)] for one in entries}
        ),
        "trials.json": _json([_run(one, is_public=is_public) for one in shelf.all_runs()]),
        "canaries/canaries.yml": (trial.FOLDER / "canaries.yml").read_bytes(),
        "canaries/trial.yml": (trial.FOLDER / "trial.yml").read_bytes(),
    }
    for entry in entries:
        found[f"cards/{entry.kind}-{entry.id}.json"] = _json(entry.card)
        for report in shelf.reports(entry.id):
            found[f"reports/{entry.id}/{report.name}"] = report.read_bytes()
    for path in rule_files(_rules_folder()):
        found[f"rules/{path.name}"] = path.read_bytes()
    return found


def _rules_folder() -> Path:
    chosen = served("thresholds")
    return chosen.place if chosen and chosen.place else rules.FOLDER


def _entry(entry: EntryView, *, is_public: bool) -> dict[str, Any]:
    told = _row(entry, is_public)
    del told["card"], told["may"]
    return told


def _run(run: RunView, *, is_public: bool) -> dict[str, Any]:
    return _row(run, is_public)


def _row(view: Any, is_public: bool) -> dict[str, Any]:
    told: dict[str, Any] = asdict(view)
    for name in _PERSONS:
        if is_public and told.get(name, "") not in _OWN:
            told[name] = "person"
    if is_public and "reason" in told:
        del told["reason"]
    if is_public and isinstance(told.get("data"), dict):
        told["data"].pop("proposed_by", None)
    return told


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1, default=str).encode()


def incoming() -> Path:
    """Return the folder from which the console takes files of models."""
    return get_settings().folder("incoming")
