"""Passages like real ones in any number: the sentences of real articles, mixed anew, with other figures.

Each lies close to the articles that it was made from, and to the others made from them: harder to tell apart
than a million passages on a million things.
"""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_SENTENCES = re.compile(r"(?<=[。；])")
_FIGURES = re.compile(r"[一二三四五六七八九十]+(?=[年月日个万])|\d+")
_OTHER_FIGURES = "二三五六七九"
_NEAR = 40  # articles before and after one that it borrows a sentence from
_LONGEST = 400
_AT_ONCE = 20_000  # passages a file


def passages(real: Sequence[tuple[str, str]], count: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """Yield law and text of so many passages made from real (law, text) articles."""
    rng = random.Random(seed)
    cut = [(law, [s.strip() for s in _SENTENCES.split(text) if s.strip()]) for law, text in real]
    for number in range(count):
        turn, place = divmod(number, len(cut))
        law, own = cut[place]
        _, other = cut[rng.randrange(max(0, place - _NEAR), min(len(cut), place + _NEAR + 1))]
        kept = [sentence for sentence in own if rng.random() < 0.7] or own[:1]
        borrowed = [rng.choice(other)] if other and rng.random() < 0.8 else []
        text = "".join([*kept, *borrowed])[:_LONGEST]
        yield f"{law}（之{turn}）", _FIGURES.sub(lambda found: _figure(found[0], rng), text)


def _figure(figure: str, rng: random.Random) -> str:
    return figure if rng.random() < 0.5 else f"{rng.choice(_OTHER_FIGURES)}十"


def write_files(made: Iterator[tuple[str, str]], folder: Path) -> list[Path]:
    """Write passages as rows of JSON Lines files, each law's numbered from 1, none cut between two files."""
    by_law: dict[str, list[str]] = {}
    for law, text in made:
        by_law.setdefault(law, []).append(text)
    paths: list[Path] = []
    rows: list[str] = []
    for law, texts in by_law.items():
        rows += [
            json.dumps({"law": law, "article": number, "text": text}, ensure_ascii=False)
            for number, text in enumerate(texts, 1)
        ]
        if len(rows) >= _AT_ONCE:
            paths.append(_write(rows, folder / f"{len(paths):03}.jsonl"))
            rows = []
    return [*paths, _write(rows, folder / f"{len(paths):03}.jsonl")] if rows else paths


def _write(rows: Sequence[str], path: Path) -> Path:
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def real_articles(corpus: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return law and text of the articles of a public retrieval set's corpus."""
    from training.evaluate.benchmark import articles

    return [(row["law"], row["text"]) for _, row in articles(corpus)]
