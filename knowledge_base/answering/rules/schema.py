"""Schemas of the behaviour files beside this module; a file that does not fit stops the start."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from i18n.service import content_language
from knowledge_base.answering.statuses import AnswerStatus


def _compiled(raw: object) -> re.Pattern[str]:
    return re.compile(str(raw), re.IGNORECASE)


def _a_source(raw: str) -> str:
    if not re.fullmatch(r"[^#]+#\d+(-\d+)?", raw):
        raise ValueError(f"not a source: {raw}")
    return raw


Pattern = Annotated[re.Pattern[str], BeforeValidator(_compiled)]
SourceRef = Annotated[str, AfterValidator(_a_source)]


class Strict(BaseModel):
    """A frozen model that knows every key."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Text(Strict):
    """A text in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def get(self, locale: str) -> str:
        """Return the text that a locale reads."""
        return self.en if content_language(locale) == "en" else self.zh


class Words(Strict):
    """Patterns in both languages, searched in the normalised question.

    Attributes:
        hints: words of either language that show the same, and carry content of their own besides.
    """

    zh: list[Pattern] = Field(default_factory=list)
    en: list[Pattern] = Field(default_factory=list)
    hints: list[Pattern] = Field(default_factory=list)

    def found_in(self, text: str) -> list[re.Match[str]]:
        """Return the first match of every pattern that occurs."""
        matches = (pattern.search(text) for pattern in (*self.zh, *self.en, *self.hints))
        return [match for match in matches if match]


class Guard(Strict):
    """A kind of question that is not answered, or answered with care.

    Attributes:
        any: alternatives; in each, all patterns must occur.
        unless: none of these may occur.
        message: code of the text, which may have the placeholder ``body``.
        basis: provisions to propose.
        handoff_reason: why staff should take over or may be asked to, "" where it is no matter for them.
        effect: ``stop`` ends the pipeline with ``status``; ``warn`` puts the text before the answer.
    """

    id: str
    status: AnswerStatus
    message: str
    any: list[list[Pattern]] = Field(min_length=1)
    unless: list[Pattern] = Field(default_factory=list)
    basis: list[SourceRef] = Field(default_factory=list)
    effect: Literal["stop", "warn"] = "stop"
    handoff_reason: Literal["", "asked_for", "sensitive", "judgement_needed"] = ""
    body: Text | None = None

    def applies_to(self, text: str) -> bool:
        """Whether the question is of this kind."""
        hit = any(all(pattern.search(text) for pattern in patterns) for patterns in self.any)
        return hit and not any(pattern.search(text) for pattern in self.unless)


class GuardBook(Strict):
    """All guards, in the order in which they are tried."""

    guards: list[Guard]


Kind = Literal["refuse", "hand_over", "ask_back"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Meeting(Strict):
    """How a purpose other than asking is met.

    Attributes:
        message: code of the text.
        basis: provisions to propose; ``handoff_reason`` as of a guard.
    """

    purpose: str
    kind: Kind
    status: AnswerStatus
    message: str
    basis: list[SourceRef] = Field(default_factory=list)
    handoff_reason: Literal["", "asked_for", "sensitive", "judgement_needed"] = ""


class PurposeBook(Strict):
    """What follows from what a person wants.

    Attributes:
        least: by language and kind, from which probability on it is met.
        least_unsettled: by language, the same for asking back where what was found leaves it open, too.
        asked: up to which probability of asking the likeliest kind, asking back apart, is met in any case.
        outside_despite_words: from which probability on a matter is another authority's though it speaks of a
            licence, a filing or the like.
    """

    least: dict[Literal["zh", "en"], dict[Kind, float]]
    least_unsettled: dict[Literal["zh", "en"], float]
    asked: float
    outside_despite_words: float
    purposes: list[Meeting]

    def decided(
        self, likely: Mapping[str, float], language: str, *, is_unsettled: bool = False
    ) -> Meeting | None:
        """Return how what the person wants is met; None where that is an answer, or nothing is sure.

        It may be clear that one refusal fits and open which: purposes of one kind are added up.

        Args:
            likely: probability of each purpose.
            is_unsettled: whether what was found is of several kinds of product, or bears on nothing.
        """
        spoken: Literal["zh", "en"] = "en" if language == "en" else "zh"
        kinds = {kind: sum(likely.get(one.purpose, 0.0) for one in self._of(kind)) for kind in KINDS}
        kind = max(KINDS, key=lambda name: kinds[name])
        least = self.least[spoken][kind]
        if kind == "ask_back":
            least = self.least_unsettled[spoken] if is_unsettled else least
        elif likely.get("ask", 1.0) <= self.asked:
            least = 0.0
        if kinds[kind] < least or not likely:
            return None
        return max(self._of(kind), key=lambda one: likely.get(one.purpose, 0.0))

    def _of(self, kind: Kind) -> list[Meeting]:
        return [one for one in self.purposes if one.kind == kind]


class AspectBook(Strict):
    """By which words people ask for which part of a guide; ``filler`` carries no content.

    Attributes:
        general: aspects on which the rules are the same for every matter.
        figures_told: by which words an answer tells the figure that an aspect asks for.
    """

    general: list[str]
    aspects: dict[str, Words]
    figures_told: dict[str, Words]
    filler: Words
    edges: str
    follow_up: Words
    penalty: Words
    penalty_told: Pattern


class Told(Strict):
    """What a matter without a guide says on an aspect, and the provisions that say so."""

    text: Text
    basis: list[SourceRef] = Field(min_length=1)


class Matter(Strict):
    """Something people ask about: a service item with a guide, or another document that has none here.

    Attributes:
        facets: what distinguishes it; a facet that is absent fits anything.
        told: by aspect, what is known of it where it has no guide.
    """

    code: str
    item: str = ""
    label: Text
    facets: dict[str, list[str]]
    told: dict[str, Told] = Field(default_factory=dict)
    hidden: bool = False


class MatterBook(Strict):
    """Facets with their words, and the matters that they tell apart."""

    facets: dict[str, dict[str, Words]]
    implied: list[dict[str, str]] = Field(default_factory=list)
    matters: list[Matter]


class Conflict(Strict):
    """Two provisions that disagree; the first of ``provisions`` prevails, by level or date."""

    id: str
    provisions: list[SourceRef] = Field(min_length=2)
    when: list[Pattern]
    note: Text


class ConflictBook(Strict):
    """Known conflicts."""

    conflicts: list[Conflict]


class DateBook(Strict):
    """How a date is named on which the law is asked for."""

    patterns: list[Pattern]
    months: dict[str, int]


class Fitted(Strict):
    """A logistic regression over the figures of ``answering.evidence``."""

    bias: float
    weights: dict[str, float]


class SupportModel(Strict):
    """How likely what was found answers, by language.

    Attributes:
        meaning: with the encoder's figures; ``words``: without them, where the encoder failed.
    """

    meaning: Fitted
    words: Fitted


class SupportBook(Strict):
    """The models of both languages."""

    zh: SupportModel
    en: SupportModel

    def of(self, language: str) -> SupportModel:
        """Return the model for questions in a language."""
        return self.en if language == "en" else self.zh


class Support(Strict):
    """From which probability on the law's words are quoted.

    Attributes:
        least: for an answer that calls itself the closest provisions.
        sure: for an answer that does not.
    """

    least: float = Field(ge=0, le=1)
    sure: float = Field(ge=0, le=1)


class Thresholds(Strict):
    """Where the assistant stops answering, and how far it reaches.

    Attributes:
        second_share: share of the best score from which a further article is quoted.
        rival_share: share of the best score from which an article of another kind of product makes it unclear
            which is meant.
        related_share: share of the best score from which an article of the item's guide is cited as well.
        off_penalty: factor for penalties where none is asked for, and for the rest where one is.
        cited_bonus: what the ranking adds to the article an answer was made from.
    """

    max_question_chars: int = Field(gt=0)
    min_control_share: float = Field(ge=0, le=1)
    faq_same: float = Field(ge=0, le=1)
    faq_sure: float = Field(ge=0, le=1)
    faq_likely: float = Field(ge=0, le=1)
    faq_negative_margin: float = Field(ge=0, le=1)
    guide_coverage: float = Field(ge=0, le=1)
    support: dict[Literal["zh", "en"], Support]
    second_share: float = Field(ge=0, le=1)
    rival_share: float = Field(ge=0, le=1)
    related_share: float = Field(ge=0, le=1)
    off_penalty: float = Field(gt=0, le=1)
    cited_bonus: float = Field(ge=0, le=1)
    max_citations: int = Field(gt=0)
    max_quote_chars: int = Field(gt=0)
