"""From one version to another: tried beside the serving one, switched in one transaction, taken back.

1. ``request`` notes a trial (for an evaluation, or before a switch) and leaves it to the worker; ``work``
   runs it. An encoder gets an index of its own, built beside the serving one.
2. A version that misses a canary, leads a question astray, or answers recent questions too differently is
   refused; the report says which.
3. A switch is one row with its audit event; every process follows within two seconds. With an encoder the
   index is switched too: it names the encoder, so that none is ever asked with another's vectors.
4. ``rollback`` serves the former version again, without a trial. After either, the answers given are asked
   again (``recall``): who got one that is another now is told.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.orm import Session

from core.database import reading, transaction
from core.errors import AssistantError, Conflict, DependencyFailed, InvalidInput
from core.identity import Actor
from core.model_register import lifecycle, serving, shelf
from core.model_register import service as register
from core.model_register.models import ModelRun, RegisteredModel, ServedModel
from core.model_register.states import State, Step, require_keeper
from core.queue import enqueue
from core.settings import get_settings
from knowledge_base.answering.rules import read_rules
from knowledge_base.embedding.base import Encoder
from knowledge_base.embedding.sentence_transformer import SentenceTransformerEncoder
from knowledge_base.embedding.service import encoder_at, get_encoder
from knowledge_base.embedding.static import StaticEncoder, is_static
from knowledge_base.index import service as index
from knowledge_base.purpose import service as purpose
from knowledge_base.purpose.model import PurposeModel
from knowledge_base.recall import service as recall
from knowledge_base.rewriting import service as rewriting
from knowledge_base.served import dialogue, trial
from knowledge_base.served.live import Behaviour, live_behaviour
from knowledge_base.served.trial import Report, Side, TrialKnowledge

log = structlog.get_logger(__name__)
TASK = "knowledge_base.model_run"
LEASE_S = 3600
Progress = Callable[[index.BuildStep], None]


@dataclass(frozen=True)
class Tried:
    """A trial that was run; ``snapshot_id`` is of the index that was built for it, "" where none was."""

    report: dict[str, Any]
    problem: str = ""
    snapshot_id: str = ""


def request(actor: Actor, entry_id: str, step: Step) -> str:
    """Leave a trial to the worker; return its id.

    Raises:
        NotAvailable, Conflict: as ``lifecycle.begin_run``.
    """

    def leave(session: Session, run_id: str) -> None:
        enqueue(session, TASK, {"run_id": run_id}, lease_s=LEASE_S)

    return lifecycle.begin_run(actor, entry_id, step, leave)


def at_once(actor: Actor, entry_id: str, step: Step, progress: Progress | None = None) -> shelf.RunView:
    """Run a trial here and now; return what it found."""
    return work(lifecycle.begin_run(actor, entry_id, step), progress)


def work(run_id: str, progress: Progress | None = None) -> shelf.RunView:
    """Run a trial that was asked for; switch where that was asked and it passes."""
    run = shelf.get_run(run_id)
    if run.state != "waiting":
        return run
    try:
        with reading() as session:
            entry = session.get_one(RegisteredModel, run.entry_id)
        tried = _try(entry, progress, is_kept=run.action == Step.SWITCH)
    except AssistantError as error:
        log.error("model.trial_failed", run=run_id, code=error.code)
        with transaction() as session:
            lifecycle.end_run(session, run_id, "failed", {}, error.code)
        return shelf.get_run(run_id)
    if run.action == Step.SWITCH and not tried.problem:
        _switch(run_id, entry, tried)
    else:
        with transaction() as session:
            state = "refused" if tried.problem else "passed"
            lifecycle.end_run(session, run_id, state, tried.report, tried.problem)
    return shelf.get_run(run_id)


def _try(entry: RegisteredModel, progress: Progress | None, *, is_kept: bool) -> Tried:
    place = serving.place_of(entry.place)
    if entry.kind == "endpoint":
        return _tried(rewriting.try_endpoint(entry.card))
    if place is None or not place.exists():
        raise DependencyFailed("core.register.no_files")
    _require_unchanged(entry, place)
    if entry.kind == "rasa":
        return _tried(dialogue.try_model(place))
    if entry.kind == "encoder":
        return _try_encoder(place, progress, is_kept=is_kept)
    now = trial.serving_side(live_behaviour)
    return _of(trial.run(now, Side(now.knowledge, _behaviour(entry, place, now.behaviour))))


def _tried(found: tuple[dict[str, Any], str]) -> Tried:
    return Tried(*found)


def _of(report: Report, snapshot_id: str = "") -> Tried:
    return Tried(report.to_json(), report.problem, snapshot_id)


def _require_unchanged(entry: RegisteredModel, place: Path) -> None:
    files = tuple(sorted(place.glob("*.yml"))) if entry.kind == "thresholds" else (place,)
    if register.digest(*files) != entry.sha256:
        raise DependencyFailed("core.register.changed")


def _behaviour(entry: RegisteredModel, place: Path, now: Behaviour) -> Behaviour:
    if entry.kind == "thresholds":
        return replace(now, rules=read_rules(place))
    if entry.kind != "purpose":
        raise InvalidInput("core.register.kind")
    model = PurposeModel.load(place)
    return replace(now, likely=lambda text: purpose.likely(text, model))


def _try_encoder(place: Path, progress: Progress | None, *, is_kept: bool) -> Tried:
    encoder = _unverified(place)
    snapshot = index.build_beside(encoder, progress=progress)
    snapshot_id = snapshot.info.snapshot_id
    try:
        now = trial.serving_side(live_behaviour)
        report = trial.run(now, Side(TrialKnowledge(snapshot, encoder), now.behaviour), snapshot)
    except AssistantError:
        index.discard_index(snapshot_id)
        raise
    if report.problem or not is_kept:
        index.discard_index(snapshot_id)
        return _of(report)
    return _of(report, snapshot_id)


def _unverified(place: Path) -> Encoder:
    """Return an encoder that may not be released yet; its hash was held against its entry before."""
    if is_static(place):
        return StaticEncoder(place, verify=False)
    return SentenceTransformerEncoder(place, verify=False)


def _switch(run_id: str, entry: RegisteredModel, tried: Tried) -> None:
    if entry.kind == "encoder":
        encoder_at(serving.place_of(entry.place) or Path()).warm_up()
    with transaction() as session:
        current = shelf.entry_row(session, entry.id)
        if current.state != State.RELEASED:
            lifecycle.end_run(session, run_id, "failed", tried.report, "core.register.wrong_state")
            return
        run = session.get_one(ModelRun, run_id)
        serving.switch_to(session, entry.kind, current, run.asked_by, "switched")
        lifecycle.end_run(session, run_id, "passed", tried.report)
    if tried.snapshot_id:
        index.switch_index(tried.snapshot_id)
    _after(entry.kind, entry.id)


def _after(kind: str, entry_id: str) -> None:
    serving.forget()
    log.warning("model.switched", kind=kind, serves=entry_id or "shipped")
    if kind in ("encoder", "purpose", "thresholds"):
        recall.request(f"{index.current_folder().name}:{kind}:{(entry_id or 'shipped')[-8:]}"[:80])


def rollback(actor: Actor, kind: str) -> str:
    """Serve the version again that served before; return its id, "" for what ships with the product.

    Raises:
        NotAvailable: the actor keeps no register.
        InvalidInput: this kind was never switched.
        Conflict: the former version is retired.
        DependencyFailed: its files were changed or are gone.
    """
    require_keeper(actor)
    with transaction() as session:
        row = session.get(ServedModel, kind, with_for_update=True)
        if row is None:
            raise InvalidInput("core.register.never_switched")
        former = session.get(RegisteredModel, row.previous_id) if row.previous_id else None
        if row.previous_id and (former is None or former.state != State.RELEASED):
            raise Conflict("core.register.wrong_state")
        if former is not None:
            place = serving.place_of(former.place)
            if place is None or not place.exists():
                raise DependencyFailed("core.register.no_files")
            _require_unchanged(former, place)
        serving.switch_to(session, kind, former, actor.account_id, "rolled_back")
        _note_rollback(session, actor, kind, row.entry_id)
    serving.forget()
    if kind == "encoder":
        _former_index()
    _after(kind, former.id if former else "")
    return former.id if former else ""


def is_rewriting_on(sha256: str) -> bool:
    """Whether the installation's settings name the endpoint with a hash."""
    settings = get_settings()
    wanted = {"base_url": settings.rewrite_url, "model": settings.rewrite_model}
    return bool(settings.rewrite_url) and lifecycle.endpoint_hash(wanted) == sha256


def _note_rollback(session: Session, actor: Actor, kind: str, entry_id: str) -> None:
    run_id = lifecycle.new_run(session, actor, kind, entry_id, "rollback")
    session.flush()
    lifecycle.end_run(session, run_id, "passed", {})


def _former_index() -> None:
    """Serve the youngest kept index of the encoder that serves now; build one where none is kept."""
    wanted = get_encoder().encoder_id
    kept = [one for one in index.list_indexes() if one.encoder_id == wanted]
    if kept:
        index.switch_index(kept[0].snapshot_id)
        return
    with transaction() as session:
        enqueue(session, "knowledge_base.build_index", {}, lease_s=LEASE_S)
