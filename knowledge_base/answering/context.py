"""The one object that the steps of the pipeline read and fill."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core import clock
from core.blocks import Block
from i18n.service import CONTENT_LOCALES, content_language, normalise_locale
from knowledge_base.answering.knowledge import Knowledge
from knowledge_base.answering.rules import Rules
from knowledge_base.answering.rules.schema import Guard, Matter
from knowledge_base.answering.statuses import AnswerStatus
from knowledge_base.answering.views import Choice, Citation, Question
from knowledge_base.passages.views import PassageView
from knowledge_base.purpose import service as purpose
from knowledge_base.search.query import SearchResult


@dataclass
class Draft:
    """An answer in the making.

    Attributes:
        provisions: what it rests on, ``law#article``, most important first.
        focus: text that says which words of a provision matter, for quoting.
        carried_by: passages other than provisions that were used (guide, FAQ entry).
    """

    status: AnswerStatus
    blocks: list[Block]
    provisions: list[str] = field(default_factory=list)
    focus: str = ""
    carried_by: list[PassageView] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    rests_on_no_law: bool = False
    source: str = ""
    handoff_reason: str = ""


@dataclass
class Context:
    """A question on its way to an answer.

    Attributes:
        text: the question, normalised.
        language: ``zh`` or ``en``: of the question where clear, else of the screen.
        residual: what remains of the question without matter, aspect and filler words.
        matters_agree: several matters fit and their answers are the same; ``matter`` is one of them.
        is_inherited: the matter comes from the conversation, not from these words.
        candidates: matters that the question may be about; ``matter`` where it is exactly one.
        likely: probability of each purpose (``knowledge_base.purpose``), empty where it was not told.
        figures: what ``support`` was made of (``evidence.figures``), empty where nothing was found.
        warnings: guards that put a text before the answer.
        likely_of: tells the purposes of a text.
        models: the register's entries that take part, by kind.
        rewritten: the answer in easier words, told above the draft; ``rewriting``: how that came about.
    """

    question: Question
    knowledge: Knowledge
    rules: Rules
    text: str = ""
    language: str = "zh"
    as_of: date = field(default_factory=clock.today)
    as_of_was_named: bool = False
    facets: dict[str, frozenset[str]] = field(default_factory=dict)
    candidates: list[Matter] = field(default_factory=list)
    matter: Matter | None = None
    matters_agree: bool = False
    aspects: list[str] = field(default_factory=list)
    named_provisions: list[str] = field(default_factory=list)
    residual: str = ""
    is_inherited: bool = False
    likely: dict[str, float] = field(default_factory=dict)
    warnings: list[Guard] = field(default_factory=list)
    result: SearchResult | None = None
    figures: dict[str, float] = field(default_factory=dict)
    support: float = 0.0
    draft: Draft | None = None
    citations: list[Citation] = field(default_factory=list)
    follow_ups: list[str] = field(default_factory=list)
    timings_ms: dict[str, float] = field(default_factory=dict)
    likely_of: Callable[[str], dict[str, float]] = purpose.likely
    models: Mapping[str, str] = field(default_factory=dict)
    rewritten: list[Block] = field(default_factory=list)
    rewriting: dict[str, Any] = field(default_factory=dict)

    @property
    def locale(self) -> str:
        """The locale of the answer: the screen's, unless the question was in the other language."""
        screen = normalise_locale(self.question.locale)
        is_same = content_language(screen) == self.language
        return screen if is_same else CONTENT_LOCALES[self.language]

    @property
    def screen_language(self) -> str:
        """The language of the person's screen."""
        return content_language(self.question.locale)

    def holds_on_the_day(self, basis: Iterable[str]) -> bool:
        """Whether what rests on these provisions today rested on the same words on the date asked for."""
        today = clock.today()
        if self.as_of == today:
            return True
        then = [self.knowledge.provision(key, self.as_of) for key in basis]
        now = [self.knowledge.provision(key, today) for key in basis]
        return None not in then and then == now

    @property
    def item_code(self) -> str:
        """The service item that the question is about, "" where none was made out."""
        return self.matter.item if self.matter else ""

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Note how long a step takes."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.timings_ms[step] = round((time.perf_counter() - started) * 1000, 3)
