"""智能引导: from a wish in a person's own words to service item and operation.

1. ``read_wish`` weighs every item and operation: a multinomial logistic regression over the runs of the text
   (``wishes.npz``, fitted by ``python -m training.wishes`` on utterances of our own).
2. ``settle`` says what is sure enough to go on with, else which few items to offer; nothing is chosen for a
   person where it is not clear.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from core.errors import DependencyFailed
from core.runs import BUCKETS, buckets
from forms.items.catalogue import items

MODEL = Path(__file__).parent / "wishes.npz"
SURE_OF_ITEM, SURE_OF_OPERATION = 0.85, 0.85
COVERED, MOST_OFFERED = 0.97, 5
SHORTEST, LONGEST = 2, 500


@dataclass(frozen=True)
class WishModel:
    """Weights: float16 (BUCKETS, classes) for a text's runs, float32 (classes,) bias; for both heads."""

    items: tuple[str, ...]
    operations: tuple[str, ...]
    item_runs: NDArray[np.float16]
    item_bias: NDArray[np.float32]
    operation_runs: NDArray[np.float16]
    operation_bias: NDArray[np.float32]

    def save(self, path: Path) -> None:
        """Write the model."""
        np.savez_compressed(
            path,
            items=np.asarray(self.items),
            operations=np.asarray(self.operations),
            item_runs=self.item_runs,
            item_bias=self.item_bias,
            operation_runs=self.operation_runs,
            operation_bias=self.operation_bias,
        )

    @classmethod
    def load(cls, path: Path) -> "WishModel":
        """Read the model.

        Raises:
            DependencyFailed: the file is missing or broken.
        """
        try:
            with np.load(path, allow_pickle=False) as held:
                model = cls(
                    tuple(held["items"].tolist()),
                    tuple(held["operations"].tolist()),
                    held["item_runs"],
                    held["item_bias"].astype(np.float32),
                    held["operation_runs"],
                    held["operation_bias"].astype(np.float32),
                )
            if model.item_runs.shape != (BUCKETS, len(model.items)):
                raise ValueError("shape")
        except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
            raise DependencyFailed("forms.wishes_failed", dependency="wishes") from error
        return model


@dataclass(frozen=True)
class Wish:
    """How likely each item and operation is meant, most likely first."""

    items: list[tuple[str, float]]
    operations: list[tuple[str, float]]

    def operation_for(self, item_code: str) -> str:
        """Return the operation meant, if it is sure among those of an item; "" where it is to be asked."""
        possible = items()[item_code].operations_known
        if len(possible) == 1:
            return possible[0]
        weighed = {name: weight for name, weight in self.operations if name in possible}
        total = sum(weighed.values())
        best = max(weighed, key=weighed.__getitem__, default="")
        return best if total and weighed[best] / total >= SURE_OF_OPERATION else ""


@dataclass(frozen=True)
class Settled:
    """One item is meant ("" where it is not sure), or a few to choose from."""

    item_code: str
    operation: str
    offered: list[str]


def read_wish(text: str) -> Wish | None:
    """Weigh a wish; None where the text is too short to tell anything.

    Raises:
        DependencyFailed: the model cannot be read.
    """
    if len(text.strip()) < SHORTEST:
        return None
    model, said = _model(), text[:LONGEST]
    whole, beside = buckets(said), buckets(beside_name(said))
    return Wish(
        _weighed(model.items, model.item_runs, model.item_bias, whole),
        _weighed(model.operations, model.operation_runs, model.operation_bias, beside),
    )


def beside_name(text: str) -> str:
    """Return what a text says beside the official name of an item: that tells the operation."""
    folded = text.casefold()
    for name in _official_names():
        at = folded.find(name)
        left = text[:at] + text[at + len(name) :] if at >= 0 else ""
        if len(left.strip()) >= SHORTEST:
            return left
    return text


@lru_cache(maxsize=1)
def _official_names() -> list[str]:
    names = [name.casefold() for item in items().values() for name in (item.name.zh, item.name.en)]
    return sorted(names, key=len, reverse=True)


def settle(wish: Wish) -> Settled:
    """Say what a wish settles: the item if it is sure, its operation if that is sure too; else a choice."""
    best, weight = wish.items[0]
    if weight >= SURE_OF_ITEM:
        return Settled(best, wish.operation_for(best), [])
    offered: list[str] = []
    covered = 0.0
    for code, share in wish.items:
        offered.append(code)
        covered += share
        if len(offered) == MOST_OFFERED or (covered >= COVERED and len(offered) > 1):
            break
    return Settled("", "", offered)


@lru_cache(maxsize=1)
def _model() -> WishModel:
    return WishModel.load(MODEL)


def _weighed(
    names: tuple[str, ...],
    weights: NDArray[np.float16],
    bias: NDArray[np.float32],
    found: NDArray[np.int64],
) -> list[tuple[str, float]]:
    scores = bias + weights[found].astype(np.float32).sum(axis=0) / np.sqrt(len(found))
    powers = np.exp(scores - scores.max())
    shares = (powers / powers.sum()).tolist()
    return sorted(zip(names, shares, strict=True), key=lambda pair: -pair[1])
