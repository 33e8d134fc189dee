"""What is asked of the search, and what it returns."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from knowledge_base.passages.views import PassageView, article_value, split_provision


@dataclass(frozen=True)
class SearchQuery:
    """One search.

    Attributes:
        text: the question, one sentence or a few.
        locale: the screen's; what is found is in the language in which it reads content.
        as_of: the day on which the texts found must be in force; None is today in China.
        kinds: kinds of source to search; None is all.
        service_item_code: where known, guides of other service items are left out.
        province: full or short name or two-digit code; local rules of other provinces are left out. Where it
            is empty, a local rule is found only if the question names its place.
        limit: most hits to return.
        include_repealed: also find what is no longer, or not yet, in force (never to be cited as current).
    """

    text: str
    locale: str = "zh-CN"
    as_of: date | None = None
    kinds: Collection[str] | None = None
    service_item_code: str | None = None
    province: str | None = None
    limit: int = 20
    include_repealed: bool = False


@dataclass(frozen=True)
class Hit:
    """One passage found.

    Attributes:
        score: fused score, 0..1 within this search.
        lexical: BM25 score.
        semantic: cosine of the closest window, None where the encoder failed.
    """

    passage: PassageView
    score: float
    lexical: float
    semantic: float | None


@dataclass(frozen=True)
class RankedProvision:
    """One citable provision (an article of a law), each once, whichever passages lead to it."""

    key: str
    score: float

    @property
    def title(self) -> str:
        """The law's name."""
        return split_provision(self.key)[0]

    @property
    def article(self) -> int | str | None:
        """Its article number."""
        return article_value(split_provision(self.key)[1])


@dataclass(frozen=True)
class SearchResult:
    """What a search found.

    Attributes:
        hits: passages, best first.
        provisions: articles, best first, at most ten: a guide, FAQ entry or card counts through the articles
            it rests on.
        snapshot_id: the index that was searched.
        encoder_id: the encoder used, empty where it failed and keywords alone decided.
        degraded: whether the encoder failed.
        best_semantic: the highest cosine of all passages, None where the encoder failed.
    """

    hits: tuple[Hit, ...]
    provisions: tuple[RankedProvision, ...]
    snapshot_id: str
    encoder_id: str
    degraded: bool
    best_semantic: float | None
