"""How a search weighs: schema-checked, one file."""

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from core.content import read_yaml


class SearchSettings(BaseModel):
    """Weights and floors.

    Attributes:
        lexical_share: weight of BM25 by language; the encoder has the rest.
        roles: how much the closest piece of text, summary and question count (``index.entries``).
        keyword_depth: how many passages with the best keywords are candidates.
        windows: how many windows the encoder's search returns.
        semantic_floor: cosine below which the encoder found nothing; keyword-only hits are then discarded.
        basis_share: how much of its score a guide, FAQ entry or card passes on to the articles it rests on.
        spread: how much less each further article of one source gets.
        ground: how much of the last-ranked passage's score is no evidence, and taken off before passages
            agree.
        agreement: what an article gains where its own text and a source resting on it were both found.
        familiarity: what a passage gains that rests on the law most asked about; others in proportion,
            and less in small collections.
        neighbours: what a passage gains beside which, in the same law, the best passage found stands.
        glossary_terms: most glossary terms added to a question.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lexical_share: dict[str, float]
    roles: tuple[float, float, float]
    keyword_depth: int = Field(ge=100, le=10000)
    windows: int = Field(ge=50, le=5000)
    semantic_floor: float = Field(ge=-1, le=1)
    basis_share: float = Field(ge=0, le=1)
    spread: float = Field(ge=0, le=1)
    ground: float = Field(ge=0, le=1)
    agreement: float = Field(ge=0, le=1)
    familiarity: float = Field(ge=0, le=1)
    neighbours: float = Field(ge=0, le=1)
    glossary_terms: int = Field(ge=0, le=50)


@lru_cache(maxsize=1)
def search_settings() -> SearchSettings:
    """Return the settings."""
    path = Path(__file__).with_name("search.yml")
    return SearchSettings.model_validate(read_yaml(path))
