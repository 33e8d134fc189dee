"""Our own held-out slice: the cards of four laws, which no training step of the measured run sees."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.embedding.corpus.questions import Card
from training.embedding.corpus.statutes import Article
from training.embedding.encoding import Encoder

HELD_OUT_LAWS = frozenset(
    {"化妆品监督管理条例", "医疗器械经营监督管理办法", "药品网络销售监督管理办法", "政府信息公开条例"}
)


@dataclass(frozen=True)
class HeldOutResult:
    """Share of questions whose article is found, over all in-domain articles.

    Attributes:
        hit_at_1: Article ranked first, by language (`zh`, `en`).
        hit_at_10: Article among the first ten, by language.
        questions: Number of questions, by language.
    """

    hit_at_1: dict[str, float]
    hit_at_10: dict[str, float]
    questions: dict[str, int]

    @property
    def score(self) -> float:
        """One figure for choosing between runs: the mean of all four shares."""
        return float(np.mean([*self.hit_at_1.values(), *self.hit_at_10.values()]))


def split_cards(cards: list[Card]) -> tuple[list[Card], list[Card]]:
    """Return (cards to train on, held-out cards)."""
    trained = [card for card in cards if card.law not in HELD_OUT_LAWS]
    return trained, [card for card in cards if card.law in HELD_OUT_LAWS]


def ranks_of(scores: NDArray[np.float32], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the 1-based rank of the wanted column in each row of `scores`; ties count against it."""
    own = scores[np.arange(len(scores)), wanted][:, None]
    return np.asarray((scores >= own).sum(axis=1), dtype=np.int64)


def measure(encoder: Encoder, articles: list[Article], cards: list[Card]) -> HeldOutResult:
    """Rank all `articles` for the questions of the held-out `cards`."""
    place = {(a.law, a.number): i for i, a in enumerate(articles)}
    passages = encoder.encode([a.passage for a in articles])
    hit_at_1, hit_at_10, counts = {}, {}, {}
    for language in ("zh", "en"):
        asked = [
            (question, place[card.law, card.article])
            for card in cards
            if (card.law, card.article) in place
            for question in (card.questions_zh if language == "zh" else card.questions_en)
        ]
        vectors = encoder.encode([question for question, _ in asked])
        ranks = ranks_of(vectors @ passages.T, np.array([wanted for _, wanted in asked]))
        hit_at_1[language] = round(float((ranks <= 1).mean()), 4)
        hit_at_10[language] = round(float((ranks <= 10).mean()), 4)
        counts[language] = len(asked)
    return HeldOutResult(hit_at_1, hit_at_10, counts)
