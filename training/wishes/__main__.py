"""Fit the wish model: `python -m training.wishes`; `--check` cross-validates and writes nothing.

The utterances were written by us for this: `data/*.tsv` (service item, operation, text), Chinese and
English; those in official words are put together from the items' names (`formal.py`). Two multinomial
logistic regressions over hashed runs of characters and words tell item and operation.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from core.runs import BUCKETS, buckets
from forms.guidance.wishes import MODEL, WishModel, beside_name
from forms.items.catalogue import items
from forms.items.definition import OPERATIONS
from training.wishes.formal import formal

DATA = Path(__file__).parent / "data"
FOLDS, SEED = 5, 11
STRENGTH = 60.0  # inverse regularisation


@dataclass(frozen=True)
class Utterance:
    """What someone types, and what they want."""

    item: str
    operation: str
    text: str


def written() -> list[Utterance]:
    """Read the utterances.

    Raises:
        ValueError: a line names no known item or operation.
    """
    found = []
    for path in sorted(DATA.glob("*.tsv")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            item, operation, text = line.split("\t")
            if item not in items() or operation not in OPERATIONS or not text:
                raise ValueError(f"{path.name}, line {number}")
            found.append(Utterance(item, operation, text))
    return found


def features(texts: Sequence[str]) -> sparse.csr_matrix:
    """Return one row a text: its runs, L2-normalised."""
    found = [buckets(text) for text in texts]
    sizes = np.asarray([len(row) for row in found])
    values = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    return sparse.csr_matrix((values, np.concatenate(found), ends), shape=(len(found), BUCKETS))


def regression() -> Any:
    """Return an unfitted regression."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=STRENGTH, max_iter=500)


def exported(rows: dict[str, sparse.csr_matrix], utterances: Sequence[Utterance]) -> WishModel:
    """Fit both regressions and return what the product reads."""
    by_item = regression().fit(rows["item"], [one.item for one in utterances])
    by_operation = regression().fit(rows["operation"], [one.operation for one in utterances])
    return WishModel(
        items=tuple(map(str, by_item.classes_)),
        operations=tuple(map(str, by_operation.classes_)),
        item_runs=by_item.coef_.T.astype(np.float16),
        item_bias=by_item.intercept_.astype(np.float32),
        operation_runs=by_operation.coef_.T.astype(np.float16),
        operation_bias=by_operation.intercept_.astype(np.float32),
    )


def check(rows: dict[str, sparse.csr_matrix], utterances: Sequence[Utterance]) -> list[str]:
    """Return the cross-validated share of right items and operations."""
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    lines = []
    for name in ("item", "operation"):
        wanted = np.asarray([getattr(one, name) for one in utterances])
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
        told = cross_val_predict(regression(), rows[name], wanted, cv=folds)
        lines.append(f"{name}: {np.mean(told == wanted):.3f} of {len(wanted)} right at first")
    return lines


def main(arguments: Sequence[str]) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m training.wishes", description=__doc__)
    parser.add_argument("--check", action="store_true", help="cross-validate; write nothing")
    chosen = parser.parse_args(arguments)
    utterances = [*written(), *(Utterance(*one) for one in formal())]
    rows = {
        "item": features([one.text for one in utterances]),
        "operation": features([beside_name(one.text) for one in utterances]),
    }
    if chosen.check:
        print(*check(rows, utterances), sep="\n")
        return 0
    exported(rows, utterances).save(MODEL)
    print(f"{len(utterances)} utterances; {MODEL.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
