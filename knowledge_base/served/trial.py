"""The trial of a version: canary questions, the regression set, and recent questions put to both versions.

1. *Canaries* are questions of our own with the outcome that must not change (``canaries.yml``).
2. *Regression* (of an encoder): every question of an entry, and those that editors added, must lead where it
   leads today.
3. *Recent* questions, as they are kept (masked), are put to the version that serves and to the new one; only
   whether status and provisions agree is counted, no words are kept.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select

from core import clock
from core.content import read_yaml
from core.database import reading
from i18n.service import CONTENT_LOCALES
from knowledge_base.answering.knowledge import Knowledge, Vectors
from knowledge_base.answering.service import answer
from knowledge_base.answering.stored import StoredKnowledge, stored_knowledge
from knowledge_base.answering.views import Answer, Question
from knowledge_base.curation import regression
from knowledge_base.embedding.base import Encoder
from knowledge_base.index.service import live
from knowledge_base.index.snapshot import Snapshot
from knowledge_base.models import AnswerTrace
from knowledge_base.passages import store
from knowledge_base.recall.comparing import is_askable
from knowledge_base.search.query import SearchQuery, SearchResult
from knowledge_base.search.service import search_in
from knowledge_base.served.live import Behaviour

FOLDER = Path(__file__).parent


class TrialSettings(BaseModel):
    """``trial.yml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_met: float = Field(ge=0, le=1)
    recent: int = Field(ge=0, le=1000)
    recent_days: int = Field(ge=1, le=365)
    least_compared: int = Field(ge=1)
    least_same: float = Field(ge=0, le=1)


class Canary(BaseModel):
    """A question with the outcome that must not change.

    Attributes:
        status: how the status begins, several divided by a bar.
        cites: ``law#article`` that the answer must cite.
        item: the service item that the answer must be about.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    lang: str = "zh"
    status: str
    cites: str = ""
    item: str = ""


@dataclass(frozen=True)
class Side:
    """A version, or the one that serves: where it looks, what decides."""

    knowledge: Knowledge
    behaviour: Behaviour

    def answer(self, text: str, locale: str, item: str | None = None) -> Answer:
        """Answer without a trace."""
        question = Question(text, locale, service_item_code=item)
        return answer(question, knowledge=self.knowledge, behaviour=self.behaviour, is_traced=False)


class TrialKnowledge(StoredKnowledge):
    """The stored knowledge over a snapshot that does not serve."""

    def __init__(self, snapshot: Snapshot, encoder: Encoder) -> None:
        super().__init__()
        self._snapshot, self._encoder = snapshot, encoder

    def search(self, query: SearchQuery) -> SearchResult:
        """Search this snapshot."""
        return search_in(self._snapshot, query, encoder=self._encoder)

    def encode(self, texts: Sequence[str]) -> Vectors | None:
        """Return this encoder's vectors."""
        return self._encoder.encode(texts)

    def rarity(self, words: Sequence[str]) -> Sequence[float]:
        """Return how rare each term is in this snapshot."""
        return self._snapshot.lexical.rarity(words)

    def _snapshot_id(self) -> str:
        return self._snapshot.info.snapshot_id


@dataclass
class Report:
    """What a trial measured; ``problem`` is a message code, "" where the version may serve."""

    canaries: dict[str, Any] = field(default_factory=dict)
    regression: dict[str, Any] = field(default_factory=dict)
    recent: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    problem: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return what the run keeps."""
        return {
            "canaries": self.canaries,
            "regression": self.regression,
            "recent": self.recent,
            "seconds": self.seconds,
        }


@lru_cache(maxsize=1)
def trial_settings() -> TrialSettings:
    """Return the floors of a trial."""
    return TrialSettings.model_validate(read_yaml(FOLDER / "trial.yml"))


@lru_cache(maxsize=1)
def canaries() -> tuple[Canary, ...]:
    """Return the canary questions."""
    return tuple(Canary.model_validate(one) for one in read_yaml(FOLDER / "canaries.yml"))


def run(now: Side, new: Side, snapshot: Snapshot | None = None) -> Report:
    """Try a version beside the one that serves.

    Args:
        now: what serves.
        new: what is to serve.
        snapshot: the index of the new version, where it has one of its own.
    """
    started, report, floors = time.perf_counter(), Report(), trial_settings()
    report.canaries = _canaries(now, new)
    if snapshot is not None:
        report.regression = _regression(snapshot)
    report.recent = _recent(now, new, floors)
    report.seconds = round(time.perf_counter() - started, 2)
    report.problem = _problem(report, floors)
    return report


def _problem(report: Report, floors: TrialSettings) -> str:
    asked, met = report.canaries["asked"], report.canaries["met"]
    if report.canaries["broken"] or met < floors.least_met * asked:
        return "knowledge_base.trial.canaries"
    if report.regression.get("broken"):
        return "knowledge_base.trial.regression"
    compared, same = report.recent["compared"], report.recent["same"]
    if compared >= floors.least_compared and same < floors.least_same * compared:
        return "knowledge_base.trial.recent"
    return ""


def meets(canary: Canary, given: Answer) -> bool:
    """Whether an answer is as a canary demands."""
    has_status = any(given.status.value.startswith(one) for one in canary.status.split("|"))
    cited = {f"{one.title}#{one.article}" for one in given.citations}
    is_cited = not canary.cites or canary.cites in cited
    return has_status and is_cited and (not canary.item or given.service_item_code == canary.item)


def _canaries(now: Side, new: Side) -> dict[str, Any]:
    missed, broken = [], 0
    for canary in canaries():
        locale = CONTENT_LOCALES[canary.lang]
        given = new.answer(canary.text, locale)
        if meets(canary, given):
            continue
        was_met = meets(canary, now.answer(canary.text, locale))
        broken += was_met
        cited = [f"{one.title}#{one.article}" for one in given.citations]
        missed.append({"text": canary.text, "status": given.status.value, "cites": cited, "was_met": was_met})
    asked = len(canaries())
    return {"asked": asked, "met": asked - len(missed), "broken": broken, "missed": missed}


def _regression(snapshot: Snapshot) -> dict[str, Any]:
    with reading() as session:
        passages, added = store.indexed_passages(session, kinds=("faq",)), regression.added(session)
    asked = list(dict.fromkeys([*regression.of_entries(passages), *added]))
    after = regression.Trial(snapshot, passages, clock.today())
    before = regression.Trial(live().get(), passages, clock.today())
    led, broken = 0, []
    for one in asked:
        now = after.leads_to(one)
        if regression.is_met(one, now):
            led += 1
        elif regression.is_met(one, before.leads_to(one)):
            broken.append({"text": one.text, "expected": one.expected, "after": now})
    return {"asked": len(asked), "led": led, "broken": len(broken), "missed": broken[:20]}


def _recent(now: Side, new: Side, floors: TrialSettings) -> dict[str, Any]:
    found = {"compared": 0, "same": 0, "other_status": 0, "other_provisions": 0}
    for trace in recent_questions(floors.recent, floors.recent_days):
        before = now.answer(trace.question, trace.locale, trace.asked_item or None)
        after = new.answer(trace.question, trace.locale, trace.asked_item or None)
        found["compared"] += 1
        if before.status != after.status:
            found["other_status"] += 1
        elif _cited(before) != _cited(after):
            found["other_provisions"] += 1
        else:
            found["same"] += 1
    return found


def _cited(given: Answer) -> set[tuple[str, str]]:
    return {(one.title, str(one.article)) for one in given.citations}


def recent_questions(most: int, days: int) -> list[AnswerTrace]:
    """Return the latest trace of each of the last questions that can be asked alone."""
    row, since = AnswerTrace, clock.now() - timedelta(days=days)
    latest = (
        select(func.max(row.id))
        .where(row.answered_at >= since, row.question != "")
        .group_by(row.question_hmac)
    )
    query = select(row).where(row.id.in_(latest)).order_by(row.answered_at.desc()).limit(most * 2)
    with reading() as session:
        return [trace for trace in session.scalars(query) if is_askable(trace)][:most]


def serving_side(behaviour: Callable[[], Behaviour]) -> Side:
    """Return what serves."""
    return Side(stored_knowledge(), behaviour())
