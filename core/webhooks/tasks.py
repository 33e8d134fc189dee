"""Work that Celery does for notices."""

from celery import shared_task

from core.webhooks import service


@shared_task(name="core.webhooks.deliver")  # type: ignore[untyped-decorator]
def deliver(delivery_id: str, attempt: int) -> None:
    """Make one attempt at a notice; one that was made already is left alone."""
    service.deliver(delivery_id, attempt)
