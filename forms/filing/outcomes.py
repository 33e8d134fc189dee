"""What comes of an answer: expected outcomes are values, not exceptions."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Accepted:
    """The value was stored; ``display`` is how it reads (masked if sensitive)."""

    display: str
    value: Any = field(default=None, repr=False)


@dataclass(frozen=True)
class Rejected:
    """The value was not stored; ``translate(code, locale, **params)`` says why and what to do."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
