"""Periodic work of the audit trail."""

from celery import shared_task

from core.audit import service


@shared_task(name="core.audit.seal")  # type: ignore[untyped-decorator]
def seal() -> int:
    """Seal new events."""
    return service.seal()


@shared_task(name="core.audit.checkpoint")  # type: ignore[untyped-decorator]
def checkpoint() -> int:
    """Write a signed checkpoint."""
    return service.checkpoint()
