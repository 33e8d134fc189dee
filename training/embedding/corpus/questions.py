"""Read question sets: lay legal questions, medical consultations, article cards, sentence pairs."""

import csv
import io
import json
import lzma
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

_LEGAL_PREFIX = "中华人民共和国"
_ARTICLE = re.compile(r"第[一二三四五六七八九十百千零〇\d]+条.*$")


@dataclass(frozen=True)
class Card:
    """One article card: a digest, questions and terms in our own words.

    Attributes:
        checked: a second reader compared it with its article.
    """

    law: str
    article: str
    digest_zh: str
    digest_en: str
    questions_zh: list[str] = field(default_factory=list)
    questions_en: list[str] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    checked: bool = False


def _json(path: Path) -> Any:
    opener = lzma.open if path.suffix == ".xz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        return json.load(stream)


def read_cards(folder: Path) -> list[Card]:
    """Return the cards of all `*.jsonl` files in `folder`, in file order."""
    lines = (line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines())
    return [
        Card(**{**json.loads(line), "article": str(json.loads(line)["article"])}) for line in lines if line
    ]


def held_out_questions(benchmark: Path) -> frozenset[str]:
    """Return the texts of the benchmark's test questions, which no training set may contain."""
    content = _json(benchmark)
    ids = content.get("test_ids") or content["queries"].keys()
    return frozenset(content["queries"][key].strip() for key in ids)


def read_stard_laws(data: Path, excluded: frozenset[str]) -> Iterator[str]:
    """Yield the law of each article that answers a lay question of STARD, the `excluded` left out."""
    for row in _json(data / "stard" / "queries.json"):
        if row["问题"].strip() not in excluded:
            yield from (_ARTICLE.sub("", name) for name in row["相关法规"])


def read_stard(data: Path, excluded: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield (lay question, article) pairs of STARD without the `excluded` questions."""
    for row in _json(data / "stard" / "queries.json"):
        question = row["问题"].strip()
        if question in excluded:
            continue
        for name, text in row["相关法规"].items():
            yield question, f"{name.removeprefix(_LEGAL_PREFIX)} {text.strip()}"


def read_lecoqa(data: Path, excluded: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield (lay question, human answer) pairs of LeCoQA without the `excluded` questions."""
    for row in _json(data / "lecoqa" / "queries.json"):
        question, answer = row["问题"].strip(), row["答案文本"]
        if question not in excluded and isinstance(answer, str) and answer.strip():
            yield question, answer.strip()


def read_toyhom(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (title, question, answer) of the Chinese consultations."""
    for path in sorted(folder.rglob("*.csv")):
        text = path.read_bytes().decode("gb18030", errors="replace")
        for row in csv.DictReader(io.StringIO(text)):
            yield row["title"] or "", row["ask"] or "", row["answer"] or ""


def read_medquad(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (question, answer) of the English medical set; empty answers are left out."""
    for path in sorted(folder.rglob("*.xml")):
        for pair in ElementTree.parse(path).iter("QAPair"):  # noqa: S314 - a fixed, local training set
            question, answer = pair.findtext("Question") or "", pair.findtext("Answer") or ""
            if answer.strip():
                yield question.strip(), re.sub(r"\s+", " ", answer).strip()


def read_tatoeba(data: Path, excluded: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield (english, chinese) sentence pairs without the `excluded` English sentences."""
    for line in (data / "tatoeba_cmn" / "cmn.txt").read_text("utf-8").splitlines():
        english, chinese, *_ = line.split("\t")
        if english.strip() not in excluded:
            yield english.strip(), chinese.strip()
