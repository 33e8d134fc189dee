from dataclasses import replace

import numpy as np
import pytest
import torch

from training.embedding.settings import TrainingSettings, long_run
from training.embedding.trainer import (
    EncodedPairs,
    TableTrainer,
    contrastive_loss,
    epoch_batches,
    false_negatives,
    train,
)

SETTINGS = replace(TrainingSettings(), batch_size=4, prefixes=(8, 4), dropout=0.0, learning_rate=0.05)


def pairs(count: int = 8, name: str = "toy", per_epoch: int = 8) -> EncodedPairs:
    """Anchor piece i belongs to positive piece count + i."""
    return EncodedPairs(
        name=name,
        anchors=[np.array([i]) for i in range(count)],
        positives=[np.array([count + i, count + i]) for i in range(count)],
        anchor_keys=np.arange(count),
        positive_keys=np.arange(count),
        per_epoch=per_epoch,
    )


def start(rows: int = 17) -> np.ndarray:
    return np.random.default_rng(5).standard_normal((rows, 8)).astype(np.float32)


def test_equal_anchors_and_equal_positives_are_no_negatives() -> None:
    masked = false_negatives(np.array([1, 1, 2]), np.array([7, 8, 8]))
    assert masked.tolist() == [[False, True, False], [True, False, True], [False, True, False]]


def test_the_loss_is_lower_when_pairs_agree() -> None:
    vectors = torch.eye(4, 8)
    nothing = torch.zeros(4, 4, dtype=torch.bool)
    settings = replace(SETTINGS, prefixes=(8,))
    agreeing = contrastive_loss(vectors, vectors, nothing, settings)
    crossed = contrastive_loss(vectors, vectors.roll(1, 0), nothing, settings)
    assert agreeing < 0.01 < 10 < crossed


def test_a_masked_cell_does_not_count() -> None:
    left, right = torch.tensor([[1.0, 0.0], [1.0, 0.0]]), torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    settings = replace(SETTINGS, prefixes=(2,))
    masked = false_negatives(np.array([1, 1]), np.array([2, 3]))
    assert contrastive_loss(left, right, masked, settings).item() == pytest.approx(0.0, abs=1e-6)
    assert contrastive_loss(left, right, torch.zeros(2, 2, dtype=torch.bool), settings).item() > 0.6


def test_training_brings_the_pairs_together() -> None:
    trainer = TableTrainer(start(), SETTINGS)
    lines: list[str] = []
    train(trainer, [pairs()], SETTINGS, 60, lines.append)
    table = trainer.table.numpy()
    rows = table / np.linalg.norm(table, axis=1, keepdims=True)
    assert ((rows[:8] @ rows[8:16].T).argmax(axis=1) == np.arange(8)).all()
    assert lines[-1].startswith("step 120/120")


def test_rows_outside_the_batch_stay_as_they_are() -> None:
    before = start()
    trainer = TableTrainer(before.copy(), SETTINGS)
    trainer.step(pairs(), np.arange(4), 0.05)
    changed = (trainer.table.numpy() != before).any(axis=1)
    assert set(np.flatnonzero(changed)) == {0, 1, 2, 3, 8, 9, 10, 11}


def test_equal_seeds_give_equal_tables() -> None:
    settings = replace(SETTINGS, dropout=0.5)
    tables = []
    for _ in range(2):
        trainer = TableTrainer(start(), settings)
        train(trainer, [pairs()], settings, 3, lambda line: None)
        tables.append(trainer.table.numpy())
    assert (tables[0] == tables[1]).all()


def test_dropout_never_empties_a_text() -> None:
    trainer = TableTrainer(start(), replace(SETTINGS, dropout=1.0))
    _, offsets = trainer._bag([np.array([1, 2, 3]), np.array([4])])
    assert offsets.tolist() == [0, 1]


def test_each_batch_comes_from_one_source_and_the_epoch_has_its_length() -> None:
    sources = [pairs(name="a", per_epoch=8), pairs(name="b", per_epoch=20)]
    batches = epoch_batches(sources, 4, np.random.default_rng(1))
    drawn = {index: np.concatenate([part for i, part in batches if i == index]) for index in (0, 1)}
    assert sorted(drawn[0]) == list(range(8))
    assert len(drawn[1]) == 20
    assert len(set(drawn[1])) == 8


def test_the_long_run_is_a_larger_run_of_the_same_kind() -> None:
    assert long_run().dim == TrainingSettings().dim
    assert long_run().latent_documents > TrainingSettings().latent_documents
