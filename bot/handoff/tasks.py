"""Periodic work of the staff desk."""

from dataclasses import asdict

from celery import shared_task

from bot.handoff.service import tick as _tick


@shared_task(name="bot.handoff.tick")  # type: ignore[untyped-decorator]
def tick() -> dict[str, int]:
    """End overdue turns, escalate and return cases."""
    return asdict(_tick())
