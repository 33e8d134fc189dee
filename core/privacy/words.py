"""The words by which the guard knows a person's data, read once a process from ``data/words.yml``."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.content import read_yaml

WORDS = Path(__file__).parent / "data" / "words.yml"


@dataclass(frozen=True)
class Words:
    """Parts of regular expressions: family names, what is no name, illnesses."""

    surname: str
    no_name: frozenset[str]
    illness: str


@lru_cache(maxsize=1)
def load_words() -> Words:
    """Return the words."""
    raw = read_yaml(WORDS)
    compound = "|".join(raw["compound_surnames"])
    single = "".join(sorted(set("".join(raw["surnames"].split()))))
    illness = re.sub(r"\s+", "", raw["illnesses"])
    return Words(f"(?:{compound}|[{single}])", frozenset(raw["no_names"]), illness)
