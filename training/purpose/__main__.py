"""Fit the purpose model: `python -m training.purpose`; `--check` cross-validates and writes nothing.

1. Utterances of each purpose, written by us for this: `data/<purpose>.tsv` (language, text).
2. More ordinary questions: those of the article cards and of the frequent questions; and what the dialogue
   model is trained on by hand, by intent.
3. A multinomial logistic regression over the shipped encoder's vector and hashed runs of characters and
   words.
4. `--check` reports, for held-out fifths, what share of each purpose is found at the thresholds of
   `answering/rules/purposes.yml`, and what share of ordinary questions is taken for something else.

The encoder must be the shipped one: after it was trained anew, fit again.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from core.content import read_yaml
from core.runs import BUCKETS, buckets
from knowledge_base.embedding.base import Encoder
from knowledge_base.embedding.service import SHIPPED
from knowledge_base.embedding.static import StaticEncoder
from knowledge_base.purpose.model import PurposeModel
from knowledge_base.purpose.service import MODEL, PURPOSES

DATA = Path(__file__).parent / "data"
CONTENT = Path(__file__).resolve().parents[2] / "knowledge_base" / "content"
DIALOGUE = Path(__file__).resolve().parents[2] / "bot" / "assistant" / "data" / "nlu"
OF_INTENTS = {"request_handoff": "staff", "report_sensitive": "report", "out_of_scope": "outside"}
_ENTITY = re.compile(r"\[([^\]]+)\]\([^)]*\)")
LANGUAGES = ("zh", "en")
FOLDS, SEED = 5, 11
STRENGTH, MEANING = 60.0, 1.0  # inverse regularisation; weight of the vector beside the runs
ORDINARY = 0.15  # weight of a question from cards beside one written for this


@dataclass(frozen=True)
class Utterance:
    """What someone says, and what they want by it."""

    purpose: str
    language: str
    text: str
    weight: float = 1.0


def written() -> list[Utterance]:
    """Read the utterances.

    Raises:
        ValueError: a line names no known language.
    """
    found = []
    for purpose in PURPOSES:
        lines = (DATA / f"{purpose}.tsv").read_text("utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            language, _, text = line.partition("\t")
            if language not in LANGUAGES or not text:
                raise ValueError(f"{purpose}.tsv, line {number}")
            found.append(Utterance(purpose, language, text))
    return found


def ordinary() -> Iterator[Utterance]:
    """Yield the questions of cards and frequent questions."""
    for path in sorted((CONTENT / "cards").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            card = json.loads(line)
            for language in LANGUAGES:
                for text in card[f"questions_{language}"]:
                    yield Utterance("ask", language, text, ORDINARY)
    for path in sorted((CONTENT / "faq").glob("*.yml")):
        loaded = read_yaml(path)
        for entry in loaded["entries"] if isinstance(loaded, dict) else loaded:
            for language in LANGUAGES:
                for text in (entry["question"][language], *entry["similar"][language]):
                    yield Utterance("ask", language, text)


def of_the_dialogue() -> Iterator[Utterance]:
    """Yield the examples of the dialogue model; to guide is left out, for it may be open what to."""
    for language in LANGUAGES:
        for name in ("filing", "form", "policy", "staff", "talk"):
            path = DIALOGUE / language / f"{name}.yml"
            for group in read_yaml(path)["nlu"] if path.exists() else ():
                if group["intent"] == "guide_filing":
                    continue
                for line in group["examples"].splitlines():
                    text = _ENTITY.sub(r"\1", line.removeprefix("- ").strip("'"))
                    yield Utterance(OF_INTENTS.get(group["intent"], "ask"), language, text)


def features(utterances: Sequence[Utterance], encoder: Encoder) -> sparse.csr_matrix:
    """Return one row an utterance: its vector, then its runs."""
    vectors = encoder.encode([one.text for one in utterances]) * MEANING
    found = [buckets(one.text) for one in utterances]
    sizes = np.asarray([len(row) for row in found])
    values = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    runs = sparse.csr_matrix((values, np.concatenate(found), ends), shape=(len(found), BUCKETS))
    return sparse.hstack([sparse.csr_matrix(vectors), runs]).tocsr()


def fit(rows: sparse.csr_matrix, utterances: Sequence[Utterance]) -> Any:
    """Return the fitted regression."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, max_iter=400)
    return model.fit(
        rows, [one.purpose for one in utterances], sample_weight=[one.weight for one in utterances]
    )


def exported(model: Any, encoder: Encoder) -> PurposeModel:
    """Return what the product reads."""
    order = [list(model.classes_).index(purpose) for purpose in PURPOSES]
    weights = np.asarray(model.coef_[order].T, dtype=np.float32)
    dim = len(weights) - BUCKETS
    return PurposeModel(
        purposes=PURPOSES,
        encoder_id=encoder.encoder_id,
        meaning=weights[:dim] * np.float32(MEANING),
        runs=weights[dim:].astype(np.float16),
        bias=np.asarray(model.intercept_[order], dtype=np.float32),
    )


def out_of_fold(rows: sparse.csr_matrix, utterances: Sequence[Utterance]) -> np.ndarray[Any, Any]:
    """Return each utterance's probabilities by a model that did not see it, float (n, purposes)."""
    from sklearn.model_selection import StratifiedKFold

    wanted = np.asarray([one.purpose for one in utterances])
    told = np.zeros((len(utterances), len(PURPOSES)))
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(wanted, wanted):
        model = fit(rows[train], [utterances[i] for i in train])
        order = [list(model.classes_).index(purpose) for purpose in PURPOSES]
        told[test] = model.predict_proba(rows[test])[:, order]
    return told


def report(told: np.ndarray[Any, Any], utterances: Sequence[Utterance]) -> list[str]:
    """Return a line a purpose and language: met in kind, and in which share as an ordinary question."""
    from knowledge_base.answering.rules import shipped_rules

    book = shipped_rules().purposes
    kinds = {one.purpose: one.kind for one in book.purposes}
    taken = [
        book.decided(dict(zip(PURPOSES, row, strict=True)), one.language)
        for row, one in zip(told.tolist(), utterances, strict=True)
    ]
    counts: dict[tuple[str, str], Counter[str]] = {}
    for meeting, one in zip(taken, utterances, strict=True):
        name = one.purpose if one.weight == 1.0 else "(cards)"
        counts.setdefault((name, one.language), Counter())[meeting.kind if meeting else "ask"] += 1
    lines = []
    for (purpose, language), found in sorted(counts.items()):
        number = found.total()
        right = found[kinds.get(purpose, "ask")] / number
        lines.append(
            f"{purpose:10} {language} {number:5}  met {right:.3f}  as ask {found['ask'] / number:.3f}"
        )
    return lines


def main(arguments: Sequence[str]) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m training.purpose", description=__doc__)
    parser.add_argument("--check", action="store_true", help="cross-validate; write nothing")
    chosen = parser.parse_args(arguments)
    encoder = StaticEncoder(SHIPPED, verify=False)
    utterances = [*written(), *ordinary(), *of_the_dialogue()]
    rows = features(utterances, encoder)
    if chosen.check:
        print(*report(out_of_fold(rows, utterances), utterances), sep="\n")
        return 0
    exported(fit(rows, utterances), encoder).save(MODEL)
    print(f"{len(utterances)} utterances; {MODEL.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
