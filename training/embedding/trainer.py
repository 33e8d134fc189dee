"""Contrastive training of the token table on one thread.

Only the rows that a batch touches are read and written, with Adam's moments kept for each row: a step costs
about as much as the batch is long, whatever the size of the vocabulary.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from training.embedding.settings import TrainingSettings

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class EncodedPairs:
    """Pairs of one kind, as piece ids.

    Attributes:
        name: Kind of the pairs, for the log.
        anchors: Piece ids of each anchor.
        positives: Piece ids of each positive.
        anchor_keys: Equal keys mark pairs that are no negatives of each other because their anchors agree.
        positive_keys: Likewise for equal positives.
        per_epoch: Pairs drawn in each epoch.
    """

    name: str
    anchors: Sequence[Ids]
    positives: Sequence[Ids]
    anchor_keys: Ids
    positive_keys: Ids
    per_epoch: int


def false_negatives(anchor_keys: Ids, positive_keys: Ids) -> torch.Tensor:
    """Return a bool (n, n) mask of off-diagonal cells that are in truth positives."""
    anchors, positives = torch.from_numpy(anchor_keys), torch.from_numpy(positive_keys)
    same = (anchors[:, None] == anchors[None, :]) | (positives[:, None] == positives[None, :])
    return same & ~torch.eye(len(anchors), dtype=torch.bool)


def contrastive_loss(
    anchors: torch.Tensor, positives: torch.Tensor, masked: torch.Tensor, settings: TrainingSettings
) -> torch.Tensor:
    """Return the ranking loss with in-batch negatives, both ways, averaged over the trained prefixes.

    Args:
        anchors: float32 (n, dim), not normalised.
        positives: float32 (n, dim), not normalised.
        masked: bool (n, n), cells left out.
        settings: Scale and prefixes.
    """
    target = torch.arange(len(anchors))
    losses = []
    for prefix in settings.prefixes:
        left, right = (functional.normalize(side[:, :prefix], dim=1) for side in (anchors, positives))
        scores = (left @ right.T * settings.scale).masked_fill(masked, -1e4)
        losses.append(functional.cross_entropy(scores, target) + functional.cross_entropy(scores.T, target))
    return torch.stack(losses).mean() / 2


class TableTrainer:
    """A token table with row-wise Adam."""

    def __init__(self, table: NDArray[np.float32], settings: TrainingSettings) -> None:
        self.table = torch.from_numpy(table)
        self._first = torch.zeros_like(self.table)
        self._second = torch.zeros_like(self.table)
        self._steps = torch.zeros(len(table))
        self._settings = settings
        self._random = np.random.default_rng(settings.seed)

    def step(self, pairs: EncodedPairs, chosen: Ids, learning_rate: float) -> float:
        """Take one step on the `chosen` pairs and return the loss."""
        size = len(chosen)
        flat, offsets = self._bag(
            [*(pairs.anchors[i] for i in chosen), *(pairs.positives[i] for i in chosen)]
        )
        rows, inverse = torch.unique(flat, return_inverse=True)
        part = self.table[rows].requires_grad_()
        pooled = functional.embedding_bag(inverse, part, offsets, mode="mean")
        masked = false_negatives(pairs.anchor_keys[chosen], pairs.positive_keys[chosen])
        loss = contrastive_loss(pooled[:size], pooled[size:], masked, self._settings)
        torch.autograd.backward(loss)
        assert part.grad is not None
        self._update(rows, part.detach(), part.grad, learning_rate)
        return float(loss.detach())

    def _bag(self, texts: list[Ids]) -> tuple[torch.Tensor, torch.Tensor]:
        lengths = np.array([len(text) for text in texts])
        flat = np.concatenate(texts)
        kept = self._random.random(len(flat)) >= self._settings.dropout
        starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        kept[starts[lengths > 0]] = True  # no text loses all its pieces
        counts = np.add.reduceat(kept, starts).astype(np.int64)
        offsets = np.concatenate(([0], np.cumsum(counts)[:-1]))
        return torch.from_numpy(flat[kept]), torch.from_numpy(offsets)

    def _update(
        self, rows: torch.Tensor, part: torch.Tensor, gradient: torch.Tensor, learning_rate: float
    ) -> None:
        self._steps[rows] += 1
        steps = self._steps[rows][:, None]
        first = self._first[rows].mul_(0.9).add_(gradient, alpha=0.1)
        second = self._second[rows].mul_(0.999).addcmul_(gradient, gradient, value=0.001)
        self._first[rows], self._second[rows] = first, second
        scale = (second / (1 - 0.999**steps)).sqrt_().add_(1e-8)
        self.table[rows] = part - learning_rate * (first / (1 - 0.9**steps)) / scale


def epoch_batches(
    sources: Sequence[EncodedPairs], size: int, random: np.random.Generator
) -> list[tuple[int, Ids]]:
    """Return one epoch's batches in random order as (index of the source, pair indices).

    Each batch is from one source, so that negatives are of the same kind and not told apart by style.
    """
    batches = []
    for index, source in enumerate(sources):
        count, available = source.per_epoch, len(source.anchors)
        order = np.concatenate([random.permutation(available) for _ in range(-(-count // available))])[:count]
        batches += [(index, part) for part in np.array_split(order, max(1, round(count / size)))]
    return [batches[i] for i in random.permutation(len(batches))]


def train(
    trainer: TableTrainer,
    sources: Sequence[EncodedPairs],
    settings: TrainingSettings,
    epochs: int,
    report: Callable[[str], None],
) -> None:
    """Train for `epochs`, with the learning rate falling linearly to zero, reporting every hundred steps."""
    random = np.random.default_rng(settings.seed + epochs)
    plan = [b for _ in range(epochs) for b in epoch_batches(sources, settings.batch_size, random)]
    started, losses = time.monotonic(), dict[str, float]()
    for number, (index, chosen) in enumerate(plan):
        rate = settings.learning_rate * (1 - number / len(plan))
        loss = trainer.step(sources[index], chosen, rate)
        name = sources[index].name
        losses[name] = 0.9 * losses.get(name, loss) + 0.1 * loss
        if (number + 1) % 100 == 0 or number + 1 == len(plan):
            taken = time.monotonic() - started
            left = taken / (number + 1) * (len(plan) - number - 1)
            shown = " ".join(f"{key} {value:.2f}" for key, value in sorted(losses.items()))
            report(f"step {number + 1}/{len(plan)}, {taken:.0f} s, {left:.0f} s to go; loss: {shown}")
