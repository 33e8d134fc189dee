"""The way of an entry that a person brings in.

1. ``propose`` copies its files into the installation's store, under their hash, and enters a draft with its
   card: name, version, purpose, data with licences.
2. ``end_run`` keeps what a trial measured; a passed evaluation leads to ``evaluated``.
3. ``release`` is by another person than whoever proposed it.
4. ``retire`` ends it, with a reason; what serves cannot be retired.
5. ``shelf`` shows the register.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.database import transaction
from core.errors import Conflict, InvalidInput
from core.identity import Actor
from core.ids import new_id
from core.model_register.models import ModelRun, RegisteredModel
from core.model_register.service import digest, new_entry, note_step
from core.model_register.shelf import ENDPOINT, STORE, WITH_FILES, entry_row, is_serving_now, serving_of
from core.model_register.states import State, Step, require_keeper, require_step
from core.settings import get_settings

MOST_BYTES = 8 * 1024**3
REPORTS = frozenset({".html", ".json", ".md"})
MOST_REPORT_BYTES = 5 * 1024**2
LONGEST = timedelta(hours=2)  # a trial that waits longer was broken off
_NEEDED = ("id", "version", "purpose")


def propose(actor: Actor, kind: str, card: Mapping[str, Any], path: Path | None = None) -> str:
    """Enter a draft; return its id.

    Args:
        kind: with files, or ``endpoint``, which has a card alone.
        card: ``id``, ``version``, ``purpose`` and ``training_data``, a list of ``{name, licence}``; an
            endpoint's also ``base_url`` and ``model``.
        path: file or folder of the model.

    Raises:
        NotAvailable: the actor keeps no register.
        InvalidInput: the card is incomplete, or the files are missing.
        Conflict: the very same content is in the register.
    """
    require_keeper(actor)
    held = checked_card(kind, card)
    if kind not in WITH_FILES:
        sha256, place = endpoint_hash(held), ""
    else:
        if path is None or not path.exists():
            raise InvalidInput("core.register.no_files")
        sha256, place = _store(kind, path)
    with transaction() as session:
        known = select(RegisteredModel.id).where(
            RegisteredModel.kind == kind, RegisteredModel.sha256 == sha256
        )
        if session.scalar(known) is not None:
            raise Conflict("core.register.known")
        entry = new_entry(
            kind, str(held["id"]), str(held["version"]), sha256, held, actor_id=actor.account_id, place=place
        )
        session.add(entry)
        note_step(session, entry, actor.account_id, "proposed")
        return entry.id


def checked_card(kind: str, card: Mapping[str, Any]) -> dict[str, Any]:
    """Return a card that says what it must.

    Raises:
        InvalidInput: it does not; the parameter names the field.
    """
    if kind not in (*WITH_FILES, ENDPOINT):
        raise InvalidInput("core.register.kind")
    needed = _NEEDED + (("base_url", "model") if kind == ENDPOINT else ())
    for name in needed:
        if not isinstance(card.get(name), str) or not card[name].strip() or len(card[name]) > 2000:
            raise InvalidInput("core.register.card", field=name)
    data = card.get("training_data")
    is_told = isinstance(data, list) and bool(data)
    if not is_told or not all(
        isinstance(one, dict) and one.get("name") and one.get("licence") for one in data
    ):
        raise InvalidInput("core.register.card", field="training_data")
    return dict(card)


def endpoint_hash(card: Mapping[str, Any]) -> str:
    """Return the hash that names an endpoint: its address and its model."""
    named = [str(card["base_url"]).rstrip("/"), str(card["model"])]
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()


def _store(kind: str, path: Path) -> tuple[str, str]:
    """Copy files under their hash; return hash and place."""
    size = sum(p.stat().st_size for p in ([path] if path.is_file() else path.rglob("*")) if p.is_file())
    if size == 0 or size > MOST_BYTES:
        raise InvalidInput("core.register.no_files")
    sha256 = _hash(kind, path)
    place = Path(STORE) / kind / sha256[:16]
    target = get_settings().home / place
    if path.is_file():
        place, target = place / path.name, target / path.name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.{new_id('x')[-8:]}")
        if path.is_file():
            shutil.copyfile(path, beside)
        else:
            shutil.copytree(path, beside, ignore=shutil.ignore_patterns("__pycache__", ".git"))
        beside.rename(target)
    return sha256, str(place)


def _hash(kind: str, path: Path) -> str:
    """Return the hash of what is served: of rules the YAML files, of models every file."""
    if path.is_dir() and any(p.is_symlink() for p in path.rglob("*")):
        raise InvalidInput("core.register.no_files")
    files = tuple(sorted(path.glob("*.yml"))) if kind == "thresholds" else (path,)
    if not files or (kind in ("purpose", "rasa") and not path.is_file()):
        raise InvalidInput("core.register.no_files")
    return digest(*files)


def release(actor: Actor, entry_id: str) -> None:
    """Release what another person proposed.

    Raises:
        NotAvailable: there is none, or the actor keeps no register.
        Conflict: the actor proposed it, or it was not evaluated.
    """
    require_keeper(actor)
    with transaction() as session:
        entry = entry_row(session, entry_id)
        require_step(entry.state, Step.RELEASE)
        if entry.registered_by == actor.account_id:
            raise Conflict("core.register.second_person")
        entry.state, entry.released_by = State.RELEASED.value, actor.account_id
        entry.released_at = clock.now()
        note_step(session, entry, actor.account_id, "released", proposed_by=entry.registered_by)


def retire(actor: Actor, entry_id: str, reason: str) -> None:
    """End an entry.

    Raises:
        NotAvailable: there is none, or the actor keeps no register.
        InvalidInput: no reason is given.
        Conflict: it serves, or is retired already.
    """
    require_keeper(actor)
    words = " ".join(reason.split())[:500]
    if not words:
        raise InvalidInput("core.register.reason")
    with transaction() as session:
        entry = entry_row(session, entry_id)
        require_step(entry.state, Step.RETIRE)
        if is_serving_now(entry, serving_of(session)):
            raise Conflict("core.register.serves")
        entry.state, entry.retired_by, entry.reason = State.RETIRED.value, actor.account_id, words
        entry.retired_at = clock.now()
        note_step(session, entry, actor.account_id, "retired")


def begin_run(
    actor: Actor, entry_id: str, step: Step, also: Callable[[Session, str], object] | None = None
) -> str:
    """Note that a trial is wanted; return its id.

    Args:
        also: what else belongs in the transaction, such as the job that runs it.

    Raises:
        NotAvailable: there is no such entry, or the actor keeps no register.
        Conflict: the step cannot be taken, or a trial of this kind is waiting.
    """
    require_keeper(actor)
    with transaction() as session:
        entry = entry_row(session, entry_id)
        require_step(entry.state, step)
        run_id = new_run(session, actor, entry.kind, entry.id, step.value)
        if also is not None:
            also(session, run_id)
        return run_id


def new_run(session: Session, actor: Actor, kind: str, entry_id: str, action: str) -> str:
    """Note a trial in the caller's transaction; return its id.

    Raises:
        Conflict: one of this kind is waiting.
    """
    waiting = select(ModelRun.id).where(
        ModelRun.kind == kind, ModelRun.state == "waiting", ModelRun.asked_at > clock.now() - LONGEST
    )
    if session.scalar(waiting.limit(1)):
        raise Conflict("core.register.being_tried")
    run = ModelRun(
        id=new_id("mrun"),
        entry_id=entry_id,
        kind=kind,
        action=action,
        state="waiting",
        asked_by=actor.account_id,
        asked_at=clock.now(),
        ended_at=None,
        report={},
    )
    session.add(run)
    return run.id


def end_run(session: Session, run_id: str, state: str, report: Mapping[str, Any], problem: str = "") -> None:
    """Keep what a trial found; a passed evaluation makes a draft ``evaluated``."""
    run = session.get_one(ModelRun, run_id, with_for_update=True)
    run.state, run.report, run.problem, run.ended_at = state, dict(report), problem, clock.now()
    entry = session.get(RegisteredModel, run.entry_id)
    if entry is None or run.action != Step.EVALUATE:
        return
    if state == "passed":
        entry.evaluated_by, entry.evaluated_at = run.asked_by, clock.now()
        if entry.state == State.DRAFT:
            entry.state = State.EVALUATED.value
    note_step(session, entry, run.asked_by, "evaluated", result=state, run=run.id)


def attach_report(actor: Actor, entry_id: str, path: Path) -> None:
    """Keep an evaluation report with an entry; it goes into the evidence pack.

    Raises:
        NotAvailable: there is no such entry, or the actor keeps no register.
        InvalidInput: it is no HTML, JSON or Markdown file, or too large.
    """
    require_keeper(actor)
    is_fit = path.suffix in REPORTS and path.is_file() and path.stat().st_size <= MOST_REPORT_BYTES
    if not is_fit:
        raise InvalidInput("core.register.report")
    content = path.read_bytes()
    with transaction() as session:
        entry = entry_row(session, entry_id)
        folder = get_settings().folder(f"{STORE}/reports/{entry.id}")
        sha256 = hashlib.sha256(content).hexdigest()
        (folder / f"{sha256[:12]}{path.suffix}").write_bytes(content)
        note_step(session, entry, actor.account_id, "report_attached", report_sha256=sha256)
