"""Train the shipped encoder, from the training sets to the registered model folder.

1. Unpack and read the sets; benchmark test questions are left out while reading (`pairs.assemble`).
2. Count words and build the tokenizer (`tokenizer`).
3. Start the table from latent semantic analysis and random directions (`vectors`).
4. First stage: contrastive training on general pairs (`trainer`).
5. Second stage twice, from the same first stage: once without the cards of four laws, to measure on them
   (`heldout`); once with all cards, to ship.
6. Write the model, its card and its register entry (`export`, `card`, `register`).
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.embedding.corpus.archives import unpack
from training.embedding.encoding import TableEncoder
from training.embedding.export import compact_tokenizer, write_model
from training.embedding.heldout import HeldOutResult, measure, split_cards
from training.embedding.pairs import assemble
from training.embedding.seeds import seeded
from training.embedding.settings import TrainingSettings
from training.embedding.tokenizer import build_tokenizer, count_words, vocabulary
from training.embedding.trainer import TableTrainer, train
from training.embedding.vectors import starting_vectors

Report = Callable[[str], None]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class TrainedEncoder:
    """A finished run.

    Attributes:
        tokenizer: The vocabulary.
        table: float32 (pieces, dim), trained on all cards.
        started_at: Held-out result of the starting vectors.
        first_stage: Held-out result after the first stage.
        second_stage: Held-out result after the second stage without the held-out cards.
        pairs: Pairs by kind.
        seconds: Wall-clock time of the run.
    """

    tokenizer: Tokenizer
    table: Floats
    started_at: HeldOutResult
    first_stage: HeldOutResult
    second_stage: HeldOutResult
    pairs: dict[str, int]
    seconds: float


def train_encoder(places: assemble.Places, settings: TrainingSettings, report: Report) -> TrainedEncoder:
    """Run steps 1 to 5.

    Args:
        places: Where the training sets lie.
        settings: The numbers of the run.
        report: Receives one line for each step of progress.
    """
    begun = time.monotonic()
    unpack(places.data, places.unpacked)
    material = assemble.read_material(places)
    report(f"read {len(material.general) + len(material.domain)} articles, {len(material.cards)} cards")
    kept, held_out = split_cards(material.cards)
    texts = assemble.running_text(material, kept)
    tokenizer = _tokenizer(texts, material, settings, report)
    table = _starting_table(texts, material, tokenizer, settings, report)

    def result(values: Floats, stage: str) -> HeldOutResult:
        measured = measure(TableEncoder(tokenizer, values), material.domain, held_out)
        report(f"{stage}: hit@1 {measured.hit_at_1}, hit@10 {measured.hit_at_10}")
        return measured

    started_at = result(table, "starting vectors")
    general = assemble.encode(assemble.general_pairs(material, settings), tokenizer, settings)
    counts = {source.name: len(source.anchors) for source in general}
    report(f"general pairs: {counts}")
    trainer = TableTrainer(table, settings)
    train(trainer, general, settings, settings.first_epochs, report)
    first = trainer.table.numpy().copy()
    first_stage = result(first, "first stage")
    tables = []
    for cards in (kept, material.cards):
        report(f"second stage with {len(cards)} cards")
        own = assemble.encode(assemble.domain_pairs(material, cards, settings), tokenizer, settings)
        counts |= {source.name: len(source.anchors) for source in own}
        trainer = TableTrainer(first.copy(), settings.for_second_stage())
        train(trainer, own, settings.for_second_stage(), settings.second_epochs, report)
        tables.append(trainer.table.numpy())
        if cards is kept:
            second_stage = result(tables[0], "second stage, held-out cards unseen")
    return TrainedEncoder(
        tokenizer, tables[1], started_at, first_stage, second_stage, counts, time.monotonic() - begun
    )


def write_encoder(trained: TrainedEncoder, folder: Path) -> None:
    """Write the model files of a finished run into `folder`."""
    write_model(folder, trained.tokenizer, trained.table)
    compact_tokenizer(folder)


def sampled(texts: list[str], characters: int) -> list[str]:
    """Return texts in an order fixed by their hashes until `characters` are reached."""
    chosen, total = [], 0
    for text in sorted(texts, key=lambda t: hashlib.blake2b(t.encode(), digest_size=8).digest()):
        if total >= characters:
            break
        chosen.append(text)
        total += len(text)
    return chosen


def _tokenizer(
    texts: list[str], material: assemble.Material, settings: TrainingSettings, report: Report
) -> Tokenizer:
    half = settings.counted_characters // 2
    own = sampled(texts, half)
    general = sampled([a.text for a in material.general], half)
    counts = count_words([*own, *general])
    scored = vocabulary(counts, settings.pieces)
    report(f"vocabulary: {len(scored)} pieces from {len(counts)} words")
    return build_tokenizer(scored)


def _starting_table(
    texts: list[str],
    material: assemble.Material,
    tokenizer: Tokenizer,
    settings: TrainingSettings,
    report: Report,
) -> Floats:
    general = seeded(settings.seed).sample(
        material.general, min(len(material.general), settings.latent_documents // 2)
    )
    documents = [*texts, *(a.passage for a in general)]
    seeded(settings.seed).shuffle(documents)
    ids = []
    for start in range(0, min(len(documents), settings.latent_documents), 4096):
        batch = documents[start : min(start + 4096, settings.latent_documents)]
        ids += [
            e.ids[:200]
            for e in tokenizer.encode_batch_fast([t[:800] for t in batch], add_special_tokens=False)
        ]
    dims = (settings.latent_dim, settings.dim)
    table = starting_vectors(ids, tokenizer.get_vocab_size(), dims, settings.seed)
    report(f"starting vectors from {len(ids)} documents")
    return table
