"""In-domain pairs from our own article cards."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from training.embedding.corpus.questions import Card
from training.embedding.corpus.statutes import Article
from training.embedding.pairs.mining import Pair

Articles = Mapping[tuple[str, str], Article]


def question_to_article(cards: Iterable[Card], articles: Articles) -> Iterator[Pair]:
    """Yield (question or terms in either language, article) pairs."""
    for card in cards:
        article = articles.get((card.law, card.article))
        if article is None:
            continue
        for question in (*card.questions_zh, *card.questions_en):
            yield question, article.passage
        if card.terms:
            yield " ".join(card.terms), article.passage


def question_to_digest(cards: Iterable[Card]) -> Iterator[Pair]:
    """Yield (question, digest) pairs, within each language and across the two."""
    for card in cards:
        chinese, english = f"{card.law} {card.digest_zh}", card.digest_en
        for question in card.questions_zh:
            yield question, chinese
            yield question, english
        for question in card.questions_en:
            yield question, english
            yield question, chinese


def translations(cards: Iterable[Card], articles: Articles) -> Iterator[Pair]:
    """Yield (English digest, Chinese digest) and (English digest, article) pairs."""
    for card in cards:
        yield card.digest_en, f"{card.law} {card.digest_zh}"
        article = articles.get((card.law, card.article))
        if article is not None:
            yield card.digest_en, article.passage


def paraphrases(cards: Iterable[Card]) -> Iterator[Pair]:
    """Yield pairs of questions that the same article answers, in one language or both.

    Two questions on one article need not mean the same, but both ask for it: what the search has to learn.
    """
    for card in cards:
        yield from combinations((*card.questions_zh, *card.questions_en), 2)
