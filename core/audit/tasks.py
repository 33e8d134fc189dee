"""Periodic work of the audit trail."""

from celery import shared_task

from core.audit import checking, service


@shared_task(name="core.audit.seal")  # type: ignore[untyped-decorator]
def seal() -> int:
    """Seal new events."""
    return service.seal()


@shared_task(name="core.audit.checkpoint")  # type: ignore[untyped-decorator]
def checkpoint() -> int:
    """Write a signed checkpoint."""
    return service.checkpoint()


@shared_task(name=checking.TASK)  # type: ignore[untyped-decorator]
def verify(verification_id: str) -> None:
    """Verify the whole trail."""
    checking.run(verification_id)


@shared_task(name="core.audit.verify_nightly")  # type: ignore[untyped-decorator]
def verify_nightly() -> str:
    """Ask for the verification of the night."""
    return checking.request(checking.BY_ITSELF)
