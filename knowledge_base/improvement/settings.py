"""When two questions are one: schema-checked, one file."""

import re
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from core.content import read_yaml


class ClusteringSettings(BaseModel):
    """How alike questions must be.

    Attributes:
        often: how many conversations must have asked a question before it opens a task.
        closest: the least cosine of the shipped encoder, by language.
        kept_apart: groups of words, each a pattern; one question names the same of a group as the other.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    often: int = Field(ge=2)
    closest: dict[str, float]
    kept_apart: dict[str, dict[str, re.Pattern[str]]]


@lru_cache(maxsize=1)
def clustering_settings() -> ClusteringSettings:
    """Return the settings."""
    return ClusteringSettings.model_validate(read_yaml(Path(__file__).with_name("clustering.yml")))
