"""The one task that Celery carries for the outbox."""

from celery import current_app, shared_task

from core.queue import service


@shared_task(name="core.queue.drain")  # type: ignore[untyped-decorator]
def drain() -> int:
    """Run due outbox jobs."""
    handlers = {name: task.run for name, task in current_app.tasks.items()}
    return service.drain(handlers)
