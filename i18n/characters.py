"""Traditional characters read as simplified ones, in which law, rules and training examples are written."""

import re
from functools import lru_cache

from opencc import OpenCC

_HAN = re.compile(r"[\u3400-\u9fff]")


def simplified(text: str) -> str:
    """Return a text in simplified characters; what holds no Chinese stays as it is."""
    return str(_simplifier().convert(text)) if _HAN.search(text) else text


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")
