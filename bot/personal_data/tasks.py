"""What goes by itself, once a night."""

from celery import shared_task

from bot.personal_data import service


@shared_task(name="bot.personal_data.apply_retention")  # type: ignore[untyped-decorator]
def apply_retention() -> dict[str, int]:
    """Delete what is over."""
    return service.apply_retention()
