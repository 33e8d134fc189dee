"""The runs of characters and words in a text, hashed: what small linear models see of what people type."""

import re
import unicodedata
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 15
LONGEST = 4  # characters of a Chinese run
_RUNS = re.compile(r"[a-z']+|[0-9]+|[\u3400-\u9fff]+|[?？!！]")
_BEYOND_LATIN = "\u2fff"


def buckets(text: str) -> NDArray[np.int64]:
    """Return the buckets of a text's runs, each once, ascending.

    Small words stay in: "can you", 帮我 and 吗 tell more of a purpose than the things named.
    """
    found = {zlib.crc32(run.encode()) % BUCKETS for run in _runs(text)}
    return np.asarray(sorted(found), dtype=np.int64)


def _runs(text: str) -> Iterator[str]:
    words = ["^", *_RUNS.findall(unicodedata.normalize("NFKC", text).lower()), "$"]
    for word in words:
        if word[0] > _BEYOND_LATIN:
            for size in range(1, LONGEST + 1):
                yield from (word[i : i + size] for i in range(len(word) - size + 1))
        else:
            yield word
    plain = [word if word[0] <= _BEYOND_LATIN else word[0] for word in words]
    for size in (2, 3):
        yield from (" ".join(plain[i : i + size]) for i in range(len(plain) - size + 1))
