"""Put the tracker store through its paces in Rasa's interpreter; prints one JSON object of what was seen."""

import asyncio
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "bot" / "assistant"))

from extensions.tracker_store import CachedTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

DOMAIN = Domain.load(str(Path(__file__).resolve().parents[3] / "bot" / "assistant" / "domain"))
SENDER = "person"


def said(text: str, at: float) -> UserUttered:
    return UserUttered(text, {"name": "greet", "confidence": 0.9}, timestamp=at)


async def texts(store: CachedTrackerStore) -> "list[str]":
    tracker = await store.retrieve(SENDER)
    return [event.text for event in tracker.events if isinstance(event, UserUttered)] if tracker else []


async def probe(path: str) -> "dict[str, object]":
    first = CachedTrackerStore(domain=DOMAIN, dialect="sqlite", db=path)
    second = CachedTrackerStore(domain=DOMAIN, dialect="sqlite", db=path)
    seen: dict[str, object] = {"absent": await first.retrieve("nobody") is None}

    tracker = DialogueStateTracker.from_events(SENDER, [], slots=DOMAIN.slots)
    tracker.update(said("one", 1000.0))
    tracker.update(SlotSet("filing_id", "fil_1"))
    await first.save(tracker)
    live = await first.retrieve(SENDER)
    seen["same_object"] = live is tracker
    seen["read_by_another"] = await texts(second)

    live.update(said("broken off", 1001.0))
    seen["after_half_a_turn"] = await texts(first)

    other = await second.retrieve(SENDER)
    other.update(said("two", 500.0))
    await second.save(other)
    seen["after_anothers_turn"] = await texts(first)

    mine = await first.retrieve(SENDER)
    mine.update(said("three", 100.0))
    mine.update(ActionExecuted("action_listen", timestamp=100.0))
    await first.save(mine)
    await first.save(mine)
    seen["clock_stepped_back"] = await texts(CachedTrackerStore(domain=DOMAIN, dialect="sqlite", db=path))
    seen["slot"] = (await second.retrieve(SENDER)).get_slot("filing_id")
    return seen


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(probe(sys.argv[1]))) + "\n")
