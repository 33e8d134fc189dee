"""Work left to the worker: ingestion and index builds. Payloads carry ids and paths, never words."""

from pathlib import Path

import structlog
from celery import shared_task
from sqlalchemy.orm import Session

from core.database import transaction
from core.queue import enqueue
from knowledge_base.curation import release
from knowledge_base.curation import service as curation
from knowledge_base.embedding.service import get_encoder
from knowledge_base.improvement import followup
from knowledge_base.index.service import build_index
from knowledge_base.recall import service as recall
from knowledge_base.served import switching
from knowledge_base.sources.service import ingest
from knowledge_base.traces import erasing

log = structlog.get_logger(__name__)
LEASE_S = 1800


def request_ingest(session: Session, paths: list[Path], *, kind: str | None = None) -> str:
    """Leave the ingestion of some paths, and the index build after it, to the worker; return the job's id."""
    payload = {"paths": [str(path) for path in paths], "kind": kind}
    return enqueue(session, "knowledge_base.ingest", payload, lease_s=LEASE_S)


def request_index(session: Session) -> str:
    """Leave an index build to the worker; return the job's id."""
    return enqueue(session, "knowledge_base.build_index", {}, lease_s=LEASE_S)


@shared_task(name="knowledge_base.ingest")  # type: ignore[untyped-decorator]
def ingest_task(paths: list[str], kind: str | None = None) -> None:
    """Bring files in, then ask for an index build where something changed."""
    report = ingest([Path(path) for path in paths], kind=kind)
    log.info("knowledge.ingested", files=len(report.files), refused=len(report.refused))
    if report.has_changes:
        with transaction() as session:
            request_index(session)


@shared_task(name="knowledge_base.build_index")  # type: ignore[untyped-decorator]
def build_index_task() -> None:
    """Build the index and switch to it; then mark what rests on provisions that changed."""
    made = build_index(get_encoder())
    curation.flag_changed()
    recall.request(made.snapshot_id)


@shared_task(name=release.TASK)  # type: ignore[untyped-decorator]
def release_task(run_id: str) -> None:
    """Try the regression set, and release where it passes."""
    release.try_and_release(run_id)


@shared_task(name="knowledge_base.note_overdue")  # type: ignore[untyped-decorator]
def note_overdue_task() -> int:
    """Note follow-up tasks that are late, each once."""
    return followup.note_overdue()


@shared_task(name="knowledge_base.erase_old")  # type: ignore[untyped-decorator]
def erase_old_task() -> int:
    """Take people's words out of old traces."""
    return erasing.erase_old()


@shared_task(name=recall.TASK)  # type: ignore[untyped-decorator]
def recall_task(run_id: str) -> int:
    """Ask a part of the stored answers again."""
    return recall.work(run_id)


@shared_task(name=switching.TASK)  # type: ignore[untyped-decorator]
def model_run_task(run_id: str) -> str:
    """Try a version of a model, and switch to it where that was asked and it passes."""
    return switching.work(run_id).state
