"""Fit when the assistant says nothing: `python -m training.evaluate.abstention --data FOLDER --laws FOLDER`.

1. From two cards in five one question of each language is kept out; all else is put into a home of its own.
2. The questions kept out are asked: those that can be answered. Lay questions of STARD's training part
   on laws that are not held, and `data/foreign.yml` in English, are asked as well: those that cannot.
3. A logistic regression over the figures of `knowledge_base.answering.evidence` is fitted on both and written
   to `knowledge_base/answering/rules/support.yml`, with and without the encoder's figures.

The home's encoder should not have seen the questions kept out: train one with ``--cards`` on the folder that
``--keep`` leaves, and name it by YAOZHENG_EMBEDDING_MODEL.
"""

import argparse
import importlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from training.evaluate.metrics import share

LANGUAGES = ("zh", "en")
RULES = Path(__file__).resolve().parents[2] / "knowledge_base" / "answering" / "rules" / "support.yml"
CARDS = Path(__file__).resolve().parents[2] / "knowledge_base" / "content" / "cards"
FOREIGN = Path(__file__).parent / "data" / "foreign.yml"
OF_MEANING = ("nearest", "nearness", "lead")
KEPT_OUT, SEED, CUTOFFS = 0.4, 7, (1, 3, 5, 10)
REFUSED = (0.01, 0.02, 0.03, 0.05)
_HEAD = """# How likely what was found answers: weights over the figures of answering/evidence.py.
# Written by `python -m training.evaluate.abstention`; never by hand.
"""


@dataclass(frozen=True)
class Probe:
    """A question: in which language, and the article it was written for ("" where none of ours answers)."""

    text: str
    language: str
    article: str = ""


def keep_out(cards: Path, to: Path, rng: np.random.Generator) -> list[Probe]:
    """Copy cards without some of their questions; return these."""
    kept: list[Probe] = []
    to.mkdir(parents=True, exist_ok=True)
    for path in sorted(cards.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]
        for card in rows:
            if rng.random() >= KEPT_OUT:
                continue
            for language in LANGUAGES:
                questions = card[f"questions_{language}"]
                if len(questions) > 1:
                    text = questions.pop(int(rng.integers(len(questions))))
                    kept.append(Probe(text, language, f"{card['law']}#{card['article']}"))
        lines = (json.dumps(card, ensure_ascii=False) for card in rows)
        (to / path.name).write_text("\n".join(lines) + "\n", "utf-8")
    return kept


def foreign(data: Path, held: frozenset[str], test_ids: frozenset[str]) -> Iterator[Probe]:
    """Yield questions that none of the laws held answers."""
    for row in json.loads((data / "stard" / "queries.json").read_text("utf-8")):
        laws = {re.sub("^中华人民共和国", "", key.split("第")[0]) for key in row["相关法规"]}
        if str(row["query_id"]) not in test_ids and not laws & held:
            yield Probe(row["问题"], "zh")
    for text in yaml.safe_load(FOREIGN.read_text("utf-8")):
        yield Probe(text, "en")


def build(cards: Path, laws: Path) -> None:
    """Fill this home: laws, guides, frequent questions and cards."""
    from core import database
    from forms.service import export_guides
    from knowledge_base import service as knowledge_base

    for module in ("core.audit.models", "core.model_register.models", "core.queue.models"):
        importlib.import_module(module)
    database.Base.metadata.create_all(database.current().engine)
    knowledge_base.register_encoder()
    knowledge_base.ingest([laws])
    knowledge_base.import_guides(export_guides())
    knowledge_base.import_faq()
    knowledge_base.import_cards(cards)
    knowledge_base.build_index()


@dataclass(frozen=True)
class Seen:
    """A question as the assistant saw it: its figures (None where a guard stopped it), its article's rank."""

    probe: Probe
    figures: dict[str, float] | None
    rank: int


def ask(probe: Probe) -> Seen:
    """Take a question as far as the search."""
    from knowledge_base.answering import evidence, pipeline
    from knowledge_base.answering.context import Context
    from knowledge_base.answering.rules import shipped_rules
    from knowledge_base.answering.rules.schema import SupportBook
    from knowledge_base.answering.steps.filter import filter_found
    from knowledge_base.answering.stored import stored_knowledge
    from knowledge_base.answering.views import Question

    question = Question(probe.text, "en" if probe.language == "en" else "zh-CN")
    blank = {"bias": 0.0, "weights": {}}
    models = SupportBook.model_validate({name: {"meaning": blank, "words": blank} for name in LANGUAGES})
    context = Context(question, stored_knowledge(), replace(shipped_rules(), support=models))
    for step in pipeline.DRAFTING[: pipeline.DRAFTING.index(filter_found) + 1]:
        if context.draft is not None:
            return Seen(probe, None, 0)
        step(context)
    found = [ranked.key for ranked in context.result.provisions] if context.result else []
    rank = found.index(probe.article) + 1 if probe.article in found else 0
    return Seen(probe, evidence.figures(context), rank)


def fit(seen: Sequence[Seen], names: Sequence[str]) -> dict[str, Any]:
    """Return bias and weights that tell what can be answered from what cannot; both kinds count alike."""
    from sklearn.linear_model import LogisticRegression

    rows = np.array([[s.figures[name] for name in names] for s in seen if s.figures])
    answerable = np.array([bool(s.probe.article) for s in seen if s.figures])
    model = LogisticRegression(C=10.0, max_iter=5000, class_weight="balanced").fit(rows, answerable)
    weights = {name: round(float(weight), 3) for name, weight in zip(names, model.coef_[0], strict=True)}
    return {"bias": round(float(model.intercept_[0]), 3), "weights": weights}


def told(seen: Sequence[Seen], model: dict[str, Any]) -> list[str]:
    """Return the threshold and the share of foreign questions let through at each rate of refusals."""
    scores: dict[bool, list[float]] = {True: [], False: []}
    for one in seen:
        if one.figures:
            weighed = (weight * one.figures[name] for name, weight in model["weights"].items())
            total = model["bias"] + sum(weighed)
            scores[bool(one.probe.article)].append(float(1 / (1 + np.exp(-total))))
    lines = []
    for refused in REFUSED:
        least = float(np.quantile(scores[True], refused))
        passing = share(score >= least for score in scores[False])
        lines.append(f"refused {refused:.0%}: least {least:.2f}, foreign let through {passing:.3f}")
    return lines


def main(arguments: Sequence[str]) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate.abstention", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training sets")
    parser.add_argument("--laws", type=Path, required=True, help="folder of law texts")
    parser.add_argument(
        "--keep", type=Path, help="write the cards without the questions kept out here, and stop"
    )
    chosen = parser.parse_args(arguments)
    if chosen.keep:
        kept = keep_out(CARDS, chosen.keep, np.random.default_rng(SEED))
        print(f"{len(kept)} questions kept out of {chosen.keep}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["YAOZHENG_HOME"] = str(Path(folder) / "home")
        seen = _all_seen(chosen, Path(folder) / "cards")
    _write(seen)
    return 0


def _all_seen(chosen: argparse.Namespace, cards: Path) -> list[Seen]:
    from knowledge_base.answering.stored import stored_knowledge
    from training.evaluate.benchmark import read_set

    Path(os.environ["YAOZHENG_HOME"]).mkdir(parents=True)
    probes = keep_out(CARDS, cards, np.random.default_rng(SEED))
    build(cards, chosen.laws)
    tested = frozenset(read_set(chosen.data.parent / "eval" / "benchmarks" / "stard.json.xz").asked)
    probes += foreign(chosen.data, stored_knowledge().law_titles(), tested)
    return [ask(probe) for probe in probes]


def _write(seen: Sequence[Seen]) -> None:
    rules: dict[str, Any] = {}
    for language in LANGUAGES:
        own = [one for one in seen if one.probe.language == language]
        asked = [one for one in own if one.probe.article]
        hits = [share(0 < one.rank <= k for one in asked) for k in CUTOFFS]
        print(
            f"{language}: {len(asked)} kept out, article among the first {CUTOFFS}:",
            *(f"{h:.3f}" for h in hits),
        )
        names = list(next(one.figures for one in own if one.figures))
        rules[language] = {
            "meaning": fit(own, names),
            "words": fit(own, [name for name in names if name not in OF_MEANING]),
        }
        print(
            *(f"  {kind}: {line}" for kind, m in rules[language].items() for line in told(own, m)), sep="\n"
        )
    RULES.write_text(
        _HEAD + yaml.safe_dump(rules, sort_keys=False, default_flow_style=None, width=120), "utf-8"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
