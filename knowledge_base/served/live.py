"""The rules and models that this process serves: verified, loaded once, followed after a switch.

What is not in the register, not released or changed since is refused and logged. What was loaded before goes
on serving; where nothing was, rules and ranking fail the question, the purpose model is done without.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from core.errors import AssistantError, DependencyFailed
from core.model_register import service as register
from core.model_register.serving import LOOK_S, Served, served
from core.settings import get_settings
from knowledge_base.answering import rules
from knowledge_base.answering.rules import Rules, read_rules
from knowledge_base.embedding.service import encoder_named
from knowledge_base.index.service import live
from knowledge_base.purpose import service as purpose
from knowledge_base.purpose.model import PurposeModel
from knowledge_base.served.shipped import ranking_files, rule_files

log = structlog.get_logger(__name__)
Likely = Callable[[str], dict[str, float]]
HEALTH_S = 30.0


@dataclass(frozen=True)
class Behaviour:
    """What decides how a question is met; ``models`` names the register's entries, by kind."""

    rules: Rules
    likely: Likely = purpose.likely
    models: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Slot:
    """One kind in this process."""

    load: Callable[[Path | None], tuple[Any, str]]
    key: str = ""
    value: Any = None
    name: str = ""
    tried: tuple[str, float] = ("", float("-inf"))
    problem: str = ""


def load_rules(place: Path | None) -> tuple[Rules, str]:
    """Return verified rules and the name of their entry."""
    folder = place or rules.FOLDER
    entry = register.verify("thresholds", *rule_files(folder))
    return read_rules(folder), named(entry)


def load_purpose(place: Path | None) -> tuple[Likely, str]:
    """Return a verified purpose model and the name of its entry."""
    path = place or purpose.MODEL
    entry = register.verify("purpose", path)
    model = PurposeModel.load(path)
    return (lambda text: purpose.likely(text, model)), named(entry)


def load_ranking(_place: Path | None) -> tuple[bool, str]:
    """Verify the weights of the search."""
    return True, named(register.verify("ranking", *ranking_files()))


def named(entry: Any) -> str:
    """Return an entry's name as traces hold it."""
    return f"{entry.model_id} {entry.version} {entry.sha256[:16]}"


class LiveModels:
    """The slots of this process; follows the register."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slots = {
            "thresholds": _Slot(load_rules),
            "purpose": _Slot(load_purpose),
            "ranking": _Slot(load_ranking),
        }

    def get(self, kind: str) -> tuple[Any, str]:
        """Return what serves and its name.

        Raises:
            DependencyFailed: it was refused, and none was loaded before.
        """
        slot, chosen = self._slots[kind], served(kind)
        key = chosen.entry_id if chosen else "shipped"
        if slot.key != key:
            with self._lock:
                is_pause = slot.tried[0] == key and time.monotonic() - slot.tried[1] < LOOK_S
                if slot.key != key and not is_pause:
                    self._load(kind, slot, key, chosen)
        if slot.value is None:
            raise DependencyFailed("knowledge_base.model_refused", kind=kind)
        return slot.value, slot.name

    def _load(self, kind: str, slot: _Slot, key: str, chosen: Served | None) -> None:
        slot.tried = (key, time.monotonic())
        try:
            value, name = slot.load(chosen.place if chosen else None)
        except AssistantError as error:
            slot.problem = error.code
            log.error("knowledge.model_refused", kind=kind, code=error.code, serving=slot.name or "none")
            return
        slot.value, slot.name, slot.key, slot.problem = value, name, key, ""
        log.info("knowledge.model_serves", kind=kind, model=name)


_live: dict[str, LiveModels] = {}


def live_models() -> LiveModels:
    """Return this process's models, one set an installation."""
    return _live.setdefault(get_settings().database_url, LiveModels())


def forget() -> None:
    """Load everything anew at the next question (tests)."""
    _live.clear()


def live_behaviour() -> Behaviour:
    """Return what serves now.

    Raises:
        DependencyFailed: rules or ranking were refused, and none were loaded before.
    """
    models = live_models()
    told, rules_name = models.get("thresholds")
    _, ranking_name = models.get("ranking")
    names = {"thresholds": rules_name, "ranking": ranking_name}
    try:
        likely, names["purpose"] = models.get("purpose")
    except DependencyFailed:
        likely = _refused
    return Behaviour(told, likely, names)


def _refused(_text: str) -> dict[str, float]:
    raise DependencyFailed("knowledge_base.model_refused", kind="purpose")


_health: dict[str, tuple[float, list[str]]] = {}


def refused_kinds() -> list[str]:
    """Return the kinds whose files would be refused now, hashed anew at most every ``HEALTH_S`` seconds."""
    key = get_settings().database_url
    at, found = _health.get(key, (float("-inf"), []))
    if time.monotonic() - at > HEALTH_S:
        found = [kind for kind, check in _CHECKS.items() if not _is_sound(check)]
        _health[key] = (time.monotonic(), found)
    return found


def _is_sound(check: Callable[[], object]) -> bool:
    try:
        check()
    except AssistantError:
        return False
    return True


def _place(kind: str) -> Path | None:
    chosen = served(kind)
    return chosen.place if chosen else None


def _check_encoder() -> None:
    encoder = encoder_named(live().get().info.encoder_id)
    register.verify("encoder", encoder.path)


_CHECKS: dict[str, Callable[[], object]] = {
    "encoder": _check_encoder,
    "purpose": lambda: load_purpose(_place("purpose")),
    "thresholds": lambda: load_rules(_place("thresholds")),
    "ranking": lambda: load_ranking(None),
}
