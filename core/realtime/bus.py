"""The bus: Redis where configured, otherwise one named pipe a process.

A subscriber opens its subscription, reads the rows, then waits: nothing published in between is missed.
A lost wake-up costs at most the waiter's own time-out, so errors in publishing are logged and swallowed.
"""

import errno
import os
import threading
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from core.database import after_commit
from core.ids import new_id
from core.settings import Settings, get_settings

log = structlog.get_logger(__name__)
READ_BYTES, END = 65536, b"\n"
REDIS_CHANNEL = "yaozheng:wake"


class Subscription:
    """Waits for wake-ups of some topics. Use as a context manager."""

    def __init__(self, hub: "Hub", topics: Iterable[str]) -> None:
        self._hub = hub
        self.topics = frozenset(topics)
        self._event = threading.Event()

    def wake(self) -> None:
        """Mark that something was published."""
        self._event.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait for a wake-up; return whether one came. Clears it."""
        came = self._event.wait(timeout_s)
        self._event.clear()
        return came

    def __enter__(self) -> "Subscription":
        self._hub.add(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hub.remove(self)


class Hub:
    """This process's subscriptions."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_topic: dict[str, set[Subscription]] = defaultdict(set)

    def add(self, subscription: Subscription) -> None:
        """Start delivering to a subscription."""
        with self._lock:
            for topic in subscription.topics:
                self._by_topic[topic].add(subscription)

    def remove(self, subscription: Subscription) -> None:
        """Stop delivering to a subscription."""
        with self._lock:
            for topic in subscription.topics:
                self._by_topic[topic].discard(subscription)
                if not self._by_topic[topic]:
                    del self._by_topic[topic]

    def deliver(self, topic: str) -> None:
        """Wake every subscription of a topic in this process."""
        with self._lock:
            waiting = list(self._by_topic.get(topic, ()))
        for subscription in waiting:
            subscription.wake()


class Bus(Protocol):
    """What carries topics between processes."""

    hub: Hub

    def publish(self, topic: str) -> None:
        """Wake the topic's subscribers in every process."""

    def close(self) -> None:
        """Let go of pipes, connections and threads."""


class PipeBus:
    """Named pipes in one folder, one a listening process.

    A pipe holds more than a thousand wake-ups for a process that is busy (a datagram socket holds ten), and
    nobody can open one whose reader has died.
    """

    def __init__(self, folder: Path) -> None:
        self.hub = Hub()
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{os.getpid()}-{new_id('bus')[-8:]}"
        os.mkfifo(self._path, 0o600)
        self._pipe = os.open(self._path, os.O_RDWR | os.O_CLOEXEC)
        self._open = True
        threading.Thread(target=self._listen, name="bus", daemon=True).start()

    def _listen(self) -> None:
        kept = b""
        while self._open:
            *topics, kept = (kept + os.read(self._pipe, READ_BYTES)).split(END)
            for topic in dict.fromkeys(topics):
                self.hub.deliver(topic.decode())
        os.close(self._pipe)

    def publish(self, topic: str) -> None:
        """Wake the topic's subscribers in every process of this machine."""
        self.hub.deliver(topic)
        for path in self._folder.iterdir():
            if path != self._path:
                _write(path, topic.encode() + END)

    def close(self) -> None:
        """Stop listening and remove the pipe."""
        self._open = False
        self._path.unlink(missing_ok=True)
        os.write(self._pipe, END)


def _write(path: Path, line: bytes) -> None:
    """Write a line, short enough to stay whole, without waiting; a pipe that nobody reads is removed."""
    try:
        pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ENXIO, errno.ENOENT):
            path.unlink(missing_ok=True)
        else:
            log.warning("realtime.publish_failed", error=type(error).__name__)
        return
    try:
        os.write(pipe, line)
    except OSError as error:
        log.warning("realtime.publish_failed", error=type(error).__name__)
    finally:
        os.close(pipe)


class RedisBus:
    """Redis publish/subscribe on one channel."""

    def __init__(self, url: str) -> None:
        import redis

        self.hub = Hub()
        self._redis = redis.Redis.from_url(url, socket_connect_timeout=2, health_check_interval=15)
        self._open = True
        threading.Thread(target=self._listen, name="bus", daemon=True).start()

    def _listen(self) -> None:
        import redis

        while self._open:
            try:
                feed = self._redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
                with feed:
                    feed.subscribe(REDIS_CHANNEL)
                    while self._open:
                        message = feed.get_message(timeout=1.0)
                        if message:
                            self.hub.deliver(message["data"].decode())
            except (redis.RedisError, OSError) as error:
                log.warning("realtime.listen_failed", error=type(error).__name__)
                threading.Event().wait(0.5)

    def publish(self, topic: str) -> None:
        """Wake the topic's subscribers in every process of every machine."""
        import redis

        self.hub.deliver(topic)
        try:
            self._redis.publish(REDIS_CHANNEL, topic)
        except redis.RedisError as error:
            log.warning("realtime.publish_failed", error=type(error).__name__)

    def close(self) -> None:
        """Stop listening."""
        self._open = False
        self._redis.close()


_bus: Bus | None = None
_owner_pid = 0
_lock = threading.Lock()


def make_bus(settings: Settings) -> Bus:
    """Build the bus that the settings ask for."""
    return RedisBus(settings.redis_url) if settings.redis_url else PipeBus(settings.folder("run") / "bus")


def get_bus() -> Bus:
    """Return this process's bus, opened on first use and opened anew after a fork."""
    global _bus, _owner_pid
    with _lock:
        if _bus is None or _owner_pid != os.getpid():
            _bus = make_bus(get_settings())
            _owner_pid = os.getpid()
        return _bus


def reset_bus() -> None:
    """Close this process's bus; the next use opens it anew."""
    global _bus
    with _lock:
        if _bus is not None and _owner_pid == os.getpid():
            _bus.close()
        _bus = None


def publish(topic: str) -> None:
    """Wake a topic's subscribers."""
    get_bus().publish(topic)


def publish_after_commit(session: Session, topic: str) -> None:
    """Wake a topic's subscribers once the transaction has been committed."""
    after_commit(session, lambda: publish(topic))


def subscribe(*topics: str) -> Subscription:
    """Open a subscription: ``with subscribe("conv:1") as feed: read(); feed.wait(25)``."""
    return Subscription(get_bus().hub, topics)
