"""The vocabulary: words counted by jieba, as a Unigram model that needs no jieba at run time."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product
from math import log
from string import ascii_lowercase
from typing import Any

from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import Unigram

UNKNOWN = "[UNK]"
# Plural endings are the one English inflection folded away: "licences" and "licence" share a piece.
_PLURALS = ((r"(?<=[a-z]{2})ies\b", "y"), (r"(?<=[a-z]{2}[a-rtv-z])s\b", ""))
_KEPT = r"[a-z]+|[0-9]+|[\u3400-\u9fff]+"
_LONGEST_WORD = 8  # characters of a Chinese word; longer ones are names of single bodies and laws


def simplified_characters() -> Iterator[str]:
    """Yield the 6,763 Chinese characters of GB/T 2312."""
    for high, low in product(range(0xB0, 0xF8), range(0xA1, 0xFF)):
        try:
            yield bytes((high, low)).decode("gb2312")
        except UnicodeDecodeError:
            continue


def _front() -> tuple[Any, Any]:
    plurals = [normalizers.Replace(Regex(pattern), to) for pattern, to in _PLURALS]
    normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase(), *plurals])
    return normalizer, pre_tokenizers.Split(Regex(_KEPT), behavior="removed", invert=True)


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Count the words of `texts`: Chinese runs cut by jieba, English words and digit runs as they stand."""
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)
    normalizer, splitter = _front()
    counts: Counter[str] = Counter()
    for text in texts:
        for run, _ in splitter.pre_tokenize_str(normalizer.normalize_str(text)):
            counts.update(jieba.cut(run) if run[0] > "z" else (run,))
    return counts


def vocabulary(counts: Counter[str], pieces: int) -> list[tuple[str, float]]:
    """Choose the pieces and their log-probabilities.

    All single characters, letter pairs and frequent letter groups come first, so that every text of letters,
    digits and common Chinese characters is covered; then the most frequent words fill up to `pieces`.

    Args:
        counts: Word counts.
        pieces: Size of the vocabulary, the unknown piece included.

    Returns:
        (piece, log-probability) with the unknown piece at index 0.
    """
    characters: Counter[str] = Counter()
    groups: Counter[str] = Counter()
    for word, count in counts.items():
        characters.update(dict.fromkeys(word, 0) | {c: count for c in word})
        if word[0].isascii():
            groups.update({word[i : i + n]: count for n in (3, 4) for i in range(len(word) - n + 1)})
    chosen = dict.fromkeys([*ascii_lowercase, *"0123456789", *simplified_characters()])
    chosen.update(dict.fromkeys(c for c, count in characters.items() if count >= 3))
    chosen.update(dict.fromkeys(map("".join, product(ascii_lowercase, repeat=2))))
    chosen.update(dict.fromkeys(group for group, _ in groups.most_common(2_000)))
    for word, count in counts.most_common():
        if len(chosen) >= pieces - 1 or count < 2:
            break
        if len(word) <= _LONGEST_WORD or word[0].isascii():
            chosen[word] = None
    total = sum(counts.values())
    floor = log(0.5 / total)
    scores = [
        (p, log(counts[p] / total) if counts[p] else floor * (1.0 if len(p) == 1 else 1.2)) for p in chosen
    ]
    return [(UNKNOWN, floor * 2), *scores]


def build_tokenizer(scored: list[tuple[str, float]]) -> Tokenizer:
    """Return the tokenizer: NFKC, lower case, singulars; then the likeliest split of each run of a script."""
    tokenizer = Tokenizer(Unigram(scored, unk_id=0, byte_fallback=False))
    tokenizer.normalizer, tokenizer.pre_tokenizer = _front()
    return tokenizer
