"""What every part of a service item is made of: texts in both languages, sources, options, conditions."""

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from i18n.service import content_language

_SOURCE = re.compile(r"^(?P<law>[^#]+)#(?P<article>\d+(-\d+)?)$")


class Strict(BaseModel):
    """A part that knows its keys; an unknown one is an error with its place."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Strict):
    """A text in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def get(self, locale: str) -> str:
        """Return the text that a locale reads."""
        return self.en if content_language(locale) == "en" else self.zh


class Source(Strict):
    """One article of a law: ``article`` is ``"14"`` or ``"14-1"``."""

    law: str
    article: str


def _parse_source(raw: object) -> object:
    if not isinstance(raw, str):
        return raw
    match = _SOURCE.match(raw)
    if match is None:
        raise ValueError(f"not a source: {raw}")
    return match.groupdict()


SourceRef = Annotated[Source, BeforeValidator(_parse_source)]


class Sourced(Strict):
    """Something that rests on the law, or says that it is not yet verified."""

    source: list[SourceRef] = Field(default_factory=list)
    verified: bool = True

    @model_validator(mode="after")
    def _needs_a_source(self) -> "Sourced":
        if self.verified and not self.source:
            raise ValueError("a verified fact needs a source")
        return self


class Option(Strict):
    """A value to choose, with further spellings by which people name it."""

    value: str
    label: Text
    synonyms: list[str] = Field(default_factory=list)


class Condition(Strict):
    """One test of ``key`` (a field or a fact).

    ``is_in`` holds when the value, or one of a list's values, is named; ``not_in`` when it is known and
    none of them is named; ``only`` when a list holds nothing but the named values; ``differs_from`` when it
    is known and is not the other field's (which may be missing); ``equals`` when both are known and the
    same; ``is_filled`` when there is or is no value. A yes or no reads as ``"yes"`` or ``"no"``.
    """

    key: str
    is_in: list[str] | None = None
    not_in: list[str] | None = None
    only: list[str] | None = None
    differs_from: str | None = None
    equals: str | None = None
    is_filled: bool | None = None

    @model_validator(mode="after")
    def _one_test(self) -> "Condition":
        tests = (self.is_in, self.not_in, self.only, self.differs_from, self.equals, self.is_filled)
        if sum(test is not None for test in tests) != 1:
            raise ValueError(
                "a condition makes exactly one test: is_in, not_in, only, differs_from, equals or is_filled"
            )
        return self
