"""Notices left to the worker."""

from celery import shared_task

from bot.notices import delivering, reminders, sending


@shared_task(name="bot.notices.send_due")  # type: ignore[untyped-decorator]
def send_due() -> int:
    """Leave pushes whose day has come to the outbox."""
    return sending.send_due()


@shared_task(name=sending.TASK)  # type: ignore[untyped-decorator]
def send_push(push_id: str) -> int:
    """Tell everybody whom a push names."""
    return sending.send_push(push_id)


@shared_task(name=delivering.TASK)  # type: ignore[untyped-decorator]
def deliver(account_id: str, channel: str) -> int:
    """Send a person what is due by a channel."""
    return delivering.deliver(account_id, channel)


@shared_task(name="bot.notices.confirm_email")  # type: ignore[untyped-decorator]
def confirm_email(account_id: str) -> bool:
    """Send the code that proves an address."""
    return delivering.send_code(account_id)


@shared_task(name="bot.notices.sweep")  # type: ignore[untyped-decorator]
def sweep() -> int:
    """Take up deliveries that were left behind."""
    return delivering.sweep()


@shared_task(name="bot.notices.remind")  # type: ignore[untyped-decorator]
def remind() -> int:
    """Tell of terms of certificates."""
    return reminders.remind()
