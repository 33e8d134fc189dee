"""How the index is built by size: schema-checked, one file."""

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from core.content import read_yaml


class IndexSettings(BaseModel):
    """Sizes.

    Attributes:
        exact_up_to: windows up to which every vector is compared with the question's, at full precision.
        lists_for_root: lists of the inverted file beyond that, as a multiple of the root of the windows.
        probes: how many lists a search looks into where nothing is filtered out.
        trained_on: how many windows the lists' centres are computed from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    exact_up_to: int = Field(ge=0)
    lists_for_root: float = Field(gt=0)
    probes: int = Field(ge=1)
    trained_on: int = Field(ge=100)


@lru_cache(maxsize=1)
def index_settings() -> IndexSettings:
    """Return the settings."""
    return IndexSettings.model_validate(read_yaml(Path(__file__).with_name("index.yml")))
