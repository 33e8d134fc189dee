"""Pairs mined from running text: inverse cloze, headings, questions with their answers."""

import re
from collections.abc import Iterable, Iterator
from random import Random

from training.embedding.corpus.guidance import Section
from training.embedding.corpus.statutes import Article
from training.embedding.pairs.generated import QuestionRules, questions_from

Pair = tuple[str, str]

_SENTENCE_END = re.compile(r"(?<=[。；！？\n])")


def inverse_cloze(article: Article, random: Random) -> Pair | None:
    """Return (one sentence, the law's name and the rest), or None for an article of one sentence.

    In one pair of ten the sentence stays in the passage, so that word identity keeps counting.
    """
    sentences = [s.strip() for s in _SENTENCE_END.split(article.text) if len(s.strip()) >= 8]
    if len(sentences) < 2:
        return None
    taken = random.randrange(len(sentences))
    kept = random.random() < 0.1
    rest = sentences if kept else sentences[:taken] + sentences[taken + 1 :]
    return sentences[taken], f"{article.law} {''.join(rest)}"


def cloze_pairs(articles: Iterable[Article], random: Random) -> Iterator[Pair]:
    """Yield one inverse-cloze pair for each article that has two sentences or more."""
    return (pair for article in articles if (pair := inverse_cloze(article, random)))


def heading_pairs(articles: Iterable[Article], random: Random) -> Iterator[Pair]:
    """Yield (law and heading, one article under it), one article drawn for each heading."""
    under: dict[tuple[str, str], list[Article]] = {}
    for article in articles:
        if article.heading:
            under.setdefault((article.law, article.heading), []).append(article)
    for (law, heading), members in under.items():
        yield f"{law} {heading}", random.choice(members).text


def generated_pairs(articles: Iterable[Article], rules: QuestionRules, random: Random) -> Iterator[Pair]:
    """Yield (generated question, article) pairs; in a third of them the question names the law."""
    for article in articles:
        for question in questions_from(article.text, rules, random):
            named = f"{article.law}：{question}" if random.random() < 0.33 else question
            yield named, article.passage


def section_pairs(sections: Iterable[Section]) -> Iterator[Pair]:
    """Yield (document and heading, section text) pairs of guidance documents."""
    for section in sections:
        if section.heading != section.document:
            yield f"{section.document} {section.heading}", section.text


def consultation_pairs(rows: Iterable[tuple[str, str, str]]) -> Iterator[Pair]:
    """Yield (title, question) paraphrases and (question, answer) pairs of medical consultations."""
    for title, question, answer in rows:
        if len(title) >= 4 and len(question) >= 8:
            yield title, question
        if len(question) >= 8 and len(answer) >= 8:
            yield question, answer
