"""How well the check of rewritten sentences tells what the sources carry from what they do not.

    python -m training.evaluate.rewriting --laws FOLDER [--most N] [--seed N] [--examples]

*Carried*: sentences of provisions as they stand, and with figures in digits and everyday words in the place
of formal ones; the hand-written digests of our article cards are looked at beside it (freer than a model is
asked to be). *Not carried*: the same sentences with one thing changed: a figure, a unit, an article, a
document, must to may, a denial added or taken away, before to after; and sentences of other laws. Prints one
JSON object.
"""

import argparse
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.settings import REPOSITORY
from knowledge_base.embedding.service import SHIPPED
from knowledge_base.embedding.static import StaticEncoder
from knowledge_base.rewriting.service import rewriting_settings
from knowledge_base.rewriting.support import Sources, check, sentences
from knowledge_base.sources.structure.numerals import parse_numeral

CARDS = REPOSITORY / "knowledge_base" / "content" / "cards"
_ARTICLE = re.compile(r"^第([零\u3007一二三四五六七八九十百千]+)条[\s　]+(.*)$")
_NUMBER = re.compile(r"(?<!第)([二三四五六七八九十百]+)(?=个?(?:工作日|日|月|年|倍|小时|万元))")
_UNIT = re.compile(r"(?<!第)([一二三四五六七八九十百]+)(个工作日|工作日|日(?!常)|个月|年(?!度)|倍|小时|万元)")
_FORMAL = (("应当", "必须"), ("日内", "日以内"), ("届满", "期满"), ("予以", "给予"), ("依照", "按照"))
Change = Callable[[str, random.Random], str]


@dataclass(frozen=True)
class Provision:
    """An article: its law, number and words."""

    law: str
    article: str
    text: str


def provisions(folder: Path) -> list[Provision]:
    """Return the articles of a folder of law texts."""
    found = []
    for path in sorted(folder.glob("*.md")):
        law, number, lines = re.sub(r"\(.*", "", path.stem), "", []
        for line in [*path.read_text("utf-8").splitlines(), "第零条 "]:
            match = _ARTICLE.match(line.strip())
            if match:
                if number and lines:
                    found.append(Provision(law, number, "\n".join(lines)))
                number, lines = str(parse_numeral(match[1].replace("\u3007", "零"))), [match[2]]
            elif number and line.strip() and not line.startswith("#"):
                lines.append(line.strip())
    return found


def plainer(text: str) -> str:
    """Return a sentence in digits and everyday words."""
    text = _NUMBER.sub(lambda match: str(parse_numeral(match[1])), text)
    for formal, plain in _FORMAL:
        text = text.replace(formal, plain)
    return text


def _figure(text: str, chance: random.Random) -> str:
    return _NUMBER.sub(lambda match: str(parse_numeral(match[1]) + chance.choice((1, 5, 10))), text, count=1)


def _replace(*pairs: tuple[str, str]) -> Change:
    def change(text: str, _chance: random.Random) -> str:
        for one, other in pairs:
            if one in text:
                return text.replace(one, other, 1)
        return text

    return change


def _unit(text: str, _chance: random.Random) -> str:
    other = {
        "个工作日": "日",
        "工作日": "日",
        "日": "个月",
        "个月": "日",
        "年": "个月",
        "倍": "%",
        "小时": "日",
        "万元": "元",
    }
    return _UNIT.sub(lambda match: match[1] + other[match[2]], text, count=1)


def _article(text: str, chance: random.Random) -> str:
    return f"依据第{chance.randint(160, 190)}条，{text}"


def _title(text: str, _chance: random.Random) -> str:
    return f"按照《药品加速审批特别规定》，{text}"


CHANGES: dict[str, Change] = {
    "figure": _figure,
    "unit": _unit,
    "article": _article,
    "title": _title,
    "must_to_may": _replace(("应当", "可以"), ("必须", "可以")),
    "may_to_must": _replace(("可以", "应当")),
    "denial_removed": _replace(
        ("不得", "可以"), ("不予", "予以"), ("未经", "经"), ("无需", "需要"), ("禁止", "允许")
    ),
    "denial_added": _replace(("应当", "不应当"), ("可以", "不可以"), ("需要", "不需要")),
    "before_to_after": _replace(("届满前", "届满后"), ("日前", "日后"), ("月前", "月后"), ("之前", "之后")),
}


def measure(folder: Path, most: int, *, seed: int = 7, examples: bool = False) -> dict[str, Any]:
    """Return shares of sentences kept, by what they are."""
    encoder, settings, chance = (
        StaticEncoder(SHIPPED, verify=False),
        rewriting_settings(),
        random.Random(seed),  # noqa: S311 - which sentences are tried is no secret,
    )
    held = provisions(folder)
    chosen = chance.sample(held, min(most, len(held)))
    tried: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    reasons: dict[str, Counter[str]] = defaultdict(Counter)

    def put(name: str, text: str, sources: Sources) -> None:
        found = check(text, sources, encoder.encode, 99)
        tried[name] += 1
        kept[name] += not found.dropped
        reasons[name].update(reason for reason, _ in found.dropped)
        if examples and not found.dropped and name in CHANGES:
            sys.stderr.write(f"{name}: {text}\n")

    digests = dict(_digests())
    for provision in chosen:
        sources = _sources(provision, settings)
        for sentence in sentences(provision.text, "zh"):
            for name, text in _cases(sentence, held, provision, chance):
                put(name, text, sources)
        digest = digests.get((provision.law, provision.article))
        if digest:
            put("digest_of_card", digest, sources)
    return {
        name: {
            "sentences": tried[name],
            "kept": round(kept[name] / tried[name], 4),
            "why": dict(reasons[name]),
        }
        for name in tried
    }


def _sources(provision: Provision, settings: Any) -> Sources:
    return Sources(
        (provision.text,),
        frozenset({provision.law}),
        frozenset({provision.article}),
        "zh",
        settings.coverage["zh"],
        settings.nearest["zh"],
    )


def _cases(
    sentence: str, held: list[Provision], provision: Provision, chance: random.Random
) -> Iterator[tuple[str, str]]:
    yield "verbatim", sentence
    yield "plainer", plainer(sentence)
    for name, change in CHANGES.items():
        changed = change(sentence, chance)
        if changed != sentence:
            yield name, changed
    other = chance.choice(held)
    foreign = sentences(other.text, "zh")
    if other.law != provision.law and foreign and len(foreign[0]) > 15:
        yield "other_law", foreign[0]


def _digests() -> Iterator[tuple[tuple[str, str], str]]:
    for path in sorted(CARDS.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            card = json.loads(line)
            yield (card["law"], str(card["article"])), card["digest_zh"]


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", maxsplit=1)[0])
    parser.add_argument("--laws", type=Path, required=True)
    parser.add_argument("--most", type=int, default=600)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--examples", action="store_true", help="write what was kept wrongly")
    chosen = parser.parse_args()
    found = measure(chosen.laws, chosen.most, seed=chosen.seed, examples=chosen.examples)
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
