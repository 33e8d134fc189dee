"""Wake-ups between processes: a hint to read what came after N, never the message itself."""

from core.realtime.bus import Bus, Subscription, get_bus, publish, publish_after_commit, reset_bus, subscribe

__all__ = ["Bus", "Subscription", "get_bus", "publish", "publish_after_commit", "reset_bus", "subscribe"]
