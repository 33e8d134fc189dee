"""Compose training examples from ways of saying things; run it with either interpreter.

    python bot/assistant/compose.py           writes data/nlu/*/composed.yml and data/nlu/entities.yml
    python bot/assistant/compose.py --check   fails if they are not what the sources say

1. ``phrases/<language>.yml`` holds patterns by intent; ``<a|b|>`` is a choice, ``{name}`` a slot.
2. Names of service items come from ``forms/items``, so that a new item is known without further work.
3. Wishes in people's own words come from ``training/wishes/data``, evenly over items and operations.
4. A fixed seed draws the same examples each time; what a person wrote into ``data/nlu`` or held out for
   measuring is not repeated.
"""

import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parent
ITEMS = PROJECT.parent.parent / "forms" / "items"
WISHES = PROJECT.parent.parent / "training" / "wishes" / "data"
WISHES_OF_A_KIND = {"zh": 12, "en": 6}
HELD_OUT = PROJECT / "tests" / "held_out_nlu.yml"
SEED = 20260515
TRIES = 40
CHOICE = re.compile(r"<([^<>]*)>")
SLOT = re.compile(r"\{(\w+)\}")
ENTITY = re.compile(r"\[([^\]]+)\]\(\w+\)")
OPTIONAL_COMMA = re.compile(r"([，,])\?")


def read(path: Path) -> Any:
    """Read a YAML file, as ``forms`` reads its items."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader, in C


def item_names(language: str) -> list[str]:
    """Return the names and aliases of all service items in a language, each once."""
    found: dict[str, None] = {}
    for path in sorted(ITEMS.glob("*.yml")):
        if path.name.endswith(".form.yml"):
            continue
        item = read(path)
        for name in (item["name"][language], *item["aliases"][language]):
            found.setdefault(re.sub(r"[（(].*?[）)]", "", name).strip())
    return list(found)


def written(language: str) -> set[str]:
    """Return the examples that people wrote, those held out for measuring too, without entity marks."""
    folder = PROJECT / "data" / "nlu" / language
    by_hand = [path for path in sorted(folder.glob("*.yml")) if path.name != "composed.yml"]
    return {
        ENTITY.sub(r"\1", line)
        for path in [*by_hand, HELD_OUT]
        for block in read(path)["nlu"]
        for line in examples_of(block)
    }


def examples_of(block: "dict[str, str]") -> Iterator[str]:
    """Return the examples of one block of training data."""
    for line in block["examples"].splitlines():
        text = line.strip()[2:].strip()
        yield text[1:-1].replace("''", "'") if text[:1] == text[-1:] == "'" else text


def draw(pattern: str, slots: "dict[str, list[str]]", chance: random.Random) -> str:
    """Return one expansion of a pattern."""
    text = CHOICE.sub(lambda found: chance.choice(found.group(1).split("|")), pattern.replace("\\|", "\0"))
    text = SLOT.sub(lambda found: chance.choice(slots[found.group(1)]), text)
    text = OPTIONAL_COMMA.sub(lambda found: found.group(1) if chance.random() < 0.5 else " ", text)
    return " ".join(text.replace("\0", "|").split()).replace(" ，", "，").strip("，, ")


def compose(language: str) -> "dict[str, list[str]]":
    """Return composed examples by intent, as Rasa marks entities."""
    source = read(PROJECT / "phrases" / f"{language}.yml")
    slots = {
        **source["slots"],
        "item": [f"[{name}](service_item)" for name in item_names(language)],
        "entity_number": [f"[{number}](filing_no)" for number in source["slots"]["number"]],
    }
    known, composed = written(language), {}
    for intent, patterns in source["intents"].items():
        chance = random.Random(f"{SEED}:{language}:{intent}")  # noqa: S311 - draws examples, not secrets
        wanted = source["most_by_intent"].get(intent, source["most"])
        found: dict[str, str] = {}
        for number in range(wanted * TRIES):
            text = draw(patterns[number % len(patterns)], slots, chance)
            plain = ENTITY.sub(r"\1", text)
            if plain and plain not in known and len(found) < wanted:
                found.setdefault(plain, text)
        composed[intent] = list(found.values())
    composed["guide_filing"] = [*composed.get("guide_filing", []), *wishes(language)]
    return composed


def wishes(language: str) -> "list[str]":
    """Return some of the wishes in a language, the same number for each item and operation."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for path in sorted(WISHES.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            item, operation, text = line.split("\t")
            if (re.search(r"[\u4e00-\u9fff]", text) is not None) == (language == "zh"):
                kinds.setdefault((item, operation), []).append(text)
    chance = random.Random(f"{SEED}:{language}:wishes")  # noqa: S311 - draws examples, not secrets
    known = written(language)
    drawn = [
        text
        for texts in kinds.values()
        for text in chance.sample(texts, min(WISHES_OF_A_KIND[language], len(texts)))
    ]
    return [text for text in drawn if text not in known]


def rendered(language: str) -> str:
    """Return composed.yml of a language."""
    lines = ['version: "3.1"', "# Composed by compose.py from phrases; do not edit.", "nlu:"]
    for intent, texts in compose(language).items():
        lines += [f"  - intent: {intent}", "    examples: |"]
        lines += [f"      - {_quoted(text)}" for text in texts]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'" if text[0] in "['\"{" or ": " in text else text


def entities() -> str:
    """Return entities.yml: the names of the service items, and the patterns that do not change."""
    lines = [
        'version: "3.1"',
        "# Composed by compose.py from forms/items and phrases/entities.yml; do not edit.",
        "nlu:",
    ]
    names = [*item_names("zh"), *item_names("en")]
    lines += ["  - lookup: service_item", "    examples: |"]
    lines += [f"      - {name}" for name in dict.fromkeys(names)]
    for name, patterns in read(PROJECT / "phrases" / "entities.yml").items():
        lines += [f"  - regex: {name}", "    examples: |", *(f"      - {pattern}" for pattern in patterns)]
    return "\n".join(lines) + "\n"


def outputs() -> "dict[Path, str]":
    """Return what each composed file should hold."""
    folder = PROJECT / "data" / "nlu"
    found = {folder / language / "composed.yml": rendered(language) for language in ("zh", "en")}
    return {**found, folder / "entities.yml": entities()}


def main(arguments: "list[str]") -> int:
    """Write the composed files, or with ``--check`` say which are out of date."""
    stale = {
        path: text
        for path, text in outputs().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    }
    if "--check" in arguments:
        sys.stdout.writelines(f"out of date: {path}\n" for path in stale)
        return int(bool(stale))
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
