"""Periodic work of the staff desk."""

from dataclasses import asdict

from celery import shared_task

from bot.handoff import recalling, service


@shared_task(name="bot.handoff.tick")  # type: ignore[untyped-decorator]
def tick() -> dict[str, int]:
    """End overdue turns, escalate and return cases."""
    return asdict(service.tick())


@shared_task(name="bot.handoff.gather_candidates")  # type: ignore[untyped-decorator]
def gather_candidates() -> int:
    """Take in what people asked in vain and what staff answered."""
    return service.gather_candidates()


@shared_task(name="bot.handoff.tell_askers")  # type: ignore[untyped-decorator]
def tell_askers() -> int:
    """Tell who asked what is answered by now, and who got an answer that is another today."""
    return service.tell_askers() + recalling.tell_recalled()
