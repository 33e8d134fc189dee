"""The Celery application: Redis where one is configured, otherwise a broker of plain files.

Every task's module is named in ``TASK_MODULES``; every periodic task in ``PERIODIC``.
"""

from pathlib import Path
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_process_init

from core.database import reset
from core.logs import configure_logs
from core.queue import files
from core.settings import Settings, get_settings

TASK_MODULES = (
    "core.queue.tasks",
    "core.audit.tasks",
    "core.webhooks.tasks",
    "knowledge_base.tasks",
    "forms.tasks",
    "bot.handoff.tasks",
    "bot.notices.tasks",
)
PERIODIC: dict[str, dict[str, Any]] = {
    "drain": {"task": "core.queue.drain", "schedule": 2.0, "options": {"expires": 2}},
    "seal": {"task": "core.audit.seal", "schedule": 1.0, "options": {"expires": 1}},
    "checkpoint": {"task": "core.audit.checkpoint", "schedule": 60.0, "options": {"expires": 30}},
    "verify-audit": {
        "task": "core.audit.verify_nightly",
        "schedule": crontab(hour=2, minute=40),
        "options": {"expires": 3600},
    },
    "expire-drafts": {"task": "forms.expire_drafts", "schedule": 3600.0, "options": {"expires": 600}},
    "similar-answers": {
        "task": "forms.rebuild_similar_answers",
        "schedule": crontab(hour=3, minute=20),
        "options": {"expires": 3600},
    },
    "overdue-tasks": {
        "task": "knowledge_base.note_overdue",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "erase-old-questions": {
        "task": "knowledge_base.erase_old",
        "schedule": crontab(hour=4, minute=10),
        "options": {"expires": 3600},
    },
    "knowledge-candidates": {
        "task": "bot.handoff.gather_candidates",
        "schedule": 600.0,
        "options": {"expires": 300},
    },
    "tell-askers": {"task": "bot.handoff.tell_askers", "schedule": 30.0, "options": {"expires": 30}},
    "send-pushes": {"task": "bot.notices.send_due", "schedule": 60.0, "options": {"expires": 60}},
    "deliveries": {"task": "bot.notices.sweep", "schedule": 300.0, "options": {"expires": 300}},
    "certificate-reminders": {
        "task": "bot.notices.remind",
        "schedule": crontab(hour=6, minute=10),
        "options": {"expires": 3600},
    },
    "handoff-clock": {"task": "bot.handoff.tick", "schedule": 5.0, "options": {"expires": 5}},
}


def broker_options(settings: Settings) -> dict[str, Any]:
    """Return the broker's URL and transport options."""
    if settings.redis_url:
        return {"broker_url": settings.redis_url, "broker_transport_options": {"visibility_timeout": 3600}}
    folder = Path(settings.folder("celery"))
    for name in ("messages", "control"):
        (folder / name).mkdir(exist_ok=True)
    return {
        "broker_url": f"{files.SCHEME}://",
        "broker_transport_options": {
            "data_folder_in": str(folder / "messages"),
            "data_folder_out": str(folder / "messages"),
            "control_folder": str(folder / "control"),
            "polling_interval": 0.1,
        },
    }


def make_app(settings: Settings) -> Celery:
    """Build the application from the settings."""
    celery = Celery("yaozheng", include=list(TASK_MODULES))
    celery.conf.update(
        **broker_options(settings),
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_concurrency=settings.worker_processes,
        worker_max_tasks_per_child=2000,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        beat_schedule=PERIODIC,
        beat_schedule_filename=str(settings.folder("celery") / "beat"),
        timezone="Asia/Shanghai",
    )
    return celery


app = make_app(get_settings())


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _fresh_process(**_kwargs: Any) -> None:
    configure_logs(get_settings().log_level)
    reset()
