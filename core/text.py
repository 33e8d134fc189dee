"""What of a text can be seen and kept."""

import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cs"})


def visible(text: str) -> str:
    """Return a text without controls (line ends and tabs stay), format characters and half surrogates.

    >>> visible("a\\u200bb\\u202ec")
    'abc'
    """
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _UNSEEN)
