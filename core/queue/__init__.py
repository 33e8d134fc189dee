"""Work for later: an outbox row with a lease is the truth, Celery carries wake-ups with ids only."""

from core.queue.service import enqueue

__all__ = ["enqueue"]
