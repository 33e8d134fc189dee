"""The glossary's entries: the product's words and those of the law."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


@lru_cache(maxsize=1)
def entries() -> tuple[dict[str, Any], ...]:
    """Return ``{zh, en: [...], colloquial: [...]}`` of all ``glossary*.yml``, in the order of their names."""
    files = sorted(FOLDER.glob("glossary*.yml"))
    return tuple(entry for path in files for entry in yaml.safe_load(path.read_text("utf-8")))
