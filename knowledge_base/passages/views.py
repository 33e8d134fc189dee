"""The read-only face of a passage with its provenance."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.errors import InvariantBroken

KINDS = ("law", "guide", "faq", "consultation", "feedback", "processing_record", "card")
HELD_KINDS = ("feedback", "processing_record")  # for curation and statistics; never found, never quoted
SEARCHED_KINDS = tuple(kind for kind in KINDS if kind not in HELD_KINDS)


@dataclass(frozen=True)
class PassageView:
    """A passage and where it comes from.

    Attributes:
        title: the document's name; for a law without 中华人民共和国 and 《》.
        heading: the passage's own title (the aspect of a guide, the standard question of a FAQ entry).
        article: ``14`` or ``14-1``; empty where the document has no articles.
        status: ``current``, ``superseded`` (a later version is known) or ``repealed``.
        effective_from: as the text says; ``in_force_from``: from when this very wording applies.
        repealed_on: the day it ends, be it with its whole text or alone (``replaced_by`` says by what).
        worded_since: the first day of these words in the oldest of the versions held that have them.
        text: the exact words that may be quoted.
        language: ``zh`` or ``en``.
        blocks: the passage laid out, where its source gives a layout (guides).
        basis: provisions it rests on, each ``law#article``.
        search_texts: other wordings by which it is found; never quoted.
        data: what only its kind knows: ``similar`` and ``negative`` questions and ``topic`` of a FAQ entry,
            ``aliases`` of a guide, ``digest_zh``, ``digest_en`` of a card, ``verified``.
        sha256: of the file it was read from.
    """

    id: str
    document_id: str
    version_id: str
    kind: str
    title: str
    level: str
    status: str
    sha256: str
    text: str
    language: str = "zh"
    heading: str = ""
    document_number: str = ""
    authority: str = ""
    province: str = ""
    issued_on: date | None = None
    effective_from: date | None = None
    in_force_from: date | None = None
    repealed_on: date | None = None
    replaced_by: str = ""
    url: str = ""
    licence: str = ""
    article: str = ""
    article_label: str = ""
    heading_path: tuple[str, ...] = ()
    blocks: tuple[dict[str, Any], ...] = ()
    basis: tuple[str, ...] = ()
    service_item_code: str = ""
    aspect: str = ""
    search_texts: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    worded_since: date | None = None

    def __post_init__(self) -> None:
        if not (self.document_id and self.version_id and self.sha256):
            raise InvariantBroken("knowledge_base.passage_without_provenance", passage=self.id)

    @property
    def article_number(self) -> int | str | None:
        """The article as the interfaces give it: ``14``, ``"14-1"``, or None where there is none."""
        return article_value(self.article)

    def applies_on(self, day: date) -> bool:
        """Whether this wording is law on a day; one without known dates is while it is current."""
        has_begun = self.in_force_from is None or self.in_force_from <= day
        if self.repealed_on is not None:
            return has_begun and day < self.repealed_on
        return has_begun and self.status == "current"

    @property
    def provisions(self) -> tuple[str, ...]:
        """The citable provisions this passage stands for: itself, or those it rests on (``law#article``)."""
        if self.kind == "law":
            return (provision_key(self.title, self.article),) if self.article else ()
        return self.basis


def provision_key(law: str, article: str | int) -> str:
    """Return ``law#article``, the one spelling of a provision."""
    return f"{law}#{article}"


def split_provision(key: str) -> tuple[str, str]:
    """Return law and article of a provision key."""
    law, _, article = key.rpartition("#")
    return law, article


def article_value(article: str) -> int | str | None:
    """Return 14 for ``14``, ``14-1`` as it is, None for nothing."""
    return int(article) if article.isdigit() else article or None
