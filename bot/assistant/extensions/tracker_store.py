"""Trackers in SQL, the live ones kept in memory.

Reading a tracker back takes a third of a light turn, so the tracker of the last turn is kept and used again,
but only if (1) it holds no event that was not saved, else the turn broke off half-way, and (2) no other
process has saved events since, which one indexed look-up tells. Events are ordered by row id: a clock stepped
back hides nothing.
"""

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker

CAPACITY = 2000


def _without_words(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the assistant said: no rule reads it, and it may repeat what a person told a form."""
    return {**data, "text": None, "data": {}} if data.get("event") == "bot" else data


@dataclass
class _Live:
    tracker: DialogueStateTracker
    saved_events: int
    last_row: int


class CachedTrackerStore(SQLTrackerStore):
    """SQL tracker store with a cache of live trackers; sessions are told apart by the sender alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Open the store; on SQLite readers and the writer do not block each other."""
        self._live: OrderedDict[str, _Live] = OrderedDict()
        super().__init__(*args, **kwargs)
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.execute(sa.text("PRAGMA journal_mode=WAL"))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the conversation's tracker, or None if it has no events."""
        with self.session_scope() as session:
            last_row = self._last_row(session, sender_id)
            live = self._live.get(sender_id)
            if live and live.last_row == last_row and live.saved_events == len(live.tracker.events):
                self._live.move_to_end(sender_id)
                return live.tracker
            self._live.pop(sender_id, None)
            rows = (
                session.query(self.SQLEvent.data)
                .filter(self.SQLEvent.sender_id == sender_id)
                .order_by(self.SQLEvent.id)
                .all()
            )
        if not rows:
            return None
        tracker = DialogueStateTracker.from_dict(
            sender_id, [json.loads(row.data) for row in rows], self.domain.slots
        )
        self._keep(tracker, last_row)
        return tracker

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """Return the same tracker: nothing is left out when it is read."""
        return await self.retrieve(conversation_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Add the events that are not yet stored."""
        sender_id = tracker.sender_id
        with self.session_scope() as session:
            for event in list(tracker.events)[self._stored_events(session, tracker) :]:
                data = _without_words(event.as_dict())
                session.add(
                    self.SQLEvent(
                        sender_id=sender_id,
                        type_name=event.type_name,
                        timestamp=data.get("timestamp"),
                        intent_name=(data.get("parse_data") or {}).get("intent", {}).get("name"),
                        action_name=data.get("name"),
                        data=json.dumps(data, ensure_ascii=False),
                    )
                )
            try:
                session.commit()
            except sa.exc.SQLAlchemyError:
                self._live.pop(sender_id, None)
                raise
            self._keep(tracker, self._last_row(session, sender_id))

    def _stored_events(self, session: Any, tracker: DialogueStateTracker) -> int:
        live = self._live.get(tracker.sender_id)
        if live and live.tracker is tracker:
            return live.saved_events
        return int(
            session.query(self.SQLEvent.id).filter(self.SQLEvent.sender_id == tracker.sender_id).count()
        )

    def _last_row(self, session: Any, sender_id: str) -> int:
        found = session.query(sa.func.max(self.SQLEvent.id)).filter(self.SQLEvent.sender_id == sender_id)
        return int(found.scalar() or 0)

    def _keep(self, tracker: DialogueStateTracker, last_row: int) -> None:
        self._live[tracker.sender_id] = _Live(tracker, len(tracker.events), last_row)
        self._live.move_to_end(tracker.sender_id)
        while len(self._live) > CAPACITY:
            self._live.popitem(last=False)
