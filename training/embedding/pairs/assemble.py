"""Bring all pairs together and turn them into piece ids."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from training.embedding.corpus import guidance, questions, statutes
from training.embedding.pairs import cards as card_pairs
from training.embedding.pairs import mining
from training.embedding.pairs.generated import load_rules
from training.embedding.seeds import seeded
from training.embedding.settings import TrainingSettings
from training.embedding.trainer import EncodedPairs, Ids

Pair = tuple[str, str]


@dataclass(frozen=True)
class Places:
    """Where the training sets lie.

    Attributes:
        data: Folder of the archives and question sets.
        laws: Folder of the law texts that the product answers from.
        cards: Folder of the article cards.
        benchmarks: Folder of the benchmarks whose test questions are excluded.
        unpacked: Folder with the unpacked archives.
    """

    data: Path
    laws: Path
    cards: Path
    benchmarks: Path
    unpacked: Path


@dataclass(frozen=True)
class Material:
    """Everything that was read, before pairs are made of it."""

    general: list[statutes.Article]
    domain: list[statutes.Article]
    sections: list[guidance.Section]
    parallel: list[Pair]
    tatoeba: list[Pair]
    consultations: list[tuple[str, str, str]]
    medquad: list[Pair]
    lay_questions: list[Pair]
    lay_answers: list[Pair]
    cards: list[questions.Card] = field(default_factory=list)


def read_material(places: Places) -> Material:
    """Read all training sets; benchmark test questions are left out here, at the door."""
    stard_test = questions.held_out_questions(places.benchmarks / "stard.json.xz")
    tatoeba_test = questions.held_out_questions(places.benchmarks / "tatoeba_en2zh.json.xz")
    domain = statutes.read_laws(places.laws)
    names = {article.law for article in domain}
    general = [a for a in statutes.read_laws(places.unpacked / "laws") if a.law not in names]
    guidance_root = places.unpacked / "docmcp_regulatory"
    return Material(
        general=general,
        domain=domain,
        sections=list(guidance.read_sections(guidance_root)),
        parallel=guidance.read_parallel(guidance_root),
        tatoeba=list(questions.read_tatoeba(places.data, tatoeba_test)),
        consultations=list(questions.read_toyhom(places.unpacked / "toyhom_medical")),
        medquad=list(questions.read_medquad(places.unpacked / "medquad")),
        lay_questions=list(questions.read_stard(places.data, stard_test)),
        lay_answers=list(questions.read_lecoqa(places.data, stard_test)),
        cards=questions.read_cards(places.cards),
    )


def running_text(material: Material, cards: list[questions.Card]) -> list[str]:
    """Return the texts for the word counts and the starting vectors, those of `cards` included."""
    chinese = [*(a.passage for a in material.domain), *(s.text for s in material.sections)]
    own = [f"{c.digest_zh} {c.digest_en} {' '.join((*c.questions_zh, *c.questions_en))}" for c in cards]
    bilingual = [f"{zh} {en}" for en, zh in (*material.parallel, *material.tatoeba)]
    medical = [f"{question} {answer}" for question, answer in material.medquad]
    consultations = [" ".join(row) for row in material.consultations]
    lay = [f"{question} {answer}" for question, answer in (*material.lay_questions, *material.lay_answers)]
    return [*own, *chinese, *bilingual, *medical, *consultations, *lay]


def general_pairs(material: Material, settings: TrainingSettings) -> dict[str, tuple[list[Pair], int]]:
    """Return the pairs of the first stage by kind, each with the number drawn in an epoch."""
    random, limits = seeded(settings.seed), settings.limits
    general = random.sample(material.general, min(len(material.general), limits.articles))
    articles = [*material.domain, *general]
    kinds = {
        "cloze": (mining.cloze_pairs(articles, random), limits.inverse_cloze),
        "heading": (mining.heading_pairs(articles, random), limits.headings),
        "generated": (mining.generated_pairs(articles, load_rules(), random), limits.generated),
        "guidance": (mining.section_pairs(material.sections), limits.guidance),
        "parallel": ((*material.parallel, *material.tatoeba), limits.parallel),
        "medquad": (material.medquad, limits.medical // 2),
        "consultation": (mining.consultation_pairs(material.consultations), limits.medical // 2),
        "lay": ((*material.lay_questions, *material.lay_answers), 3_500),
    }
    return {name: (list(pairs), most) for name, (pairs, most) in kinds.items()}


def domain_pairs(
    material: Material, cards: list[questions.Card], settings: TrainingSettings
) -> dict[str, tuple[list[Pair], int]]:
    """Return the pairs of the second stage: our cards, in-domain statutes and lay questions."""
    random = seeded(settings.seed + 1)
    articles = {(a.law, a.number): a for a in material.domain}
    generated = list(mining.generated_pairs(material.domain, load_rules(), random))
    return {
        "card-article": _all(card_pairs.question_to_article(cards, articles)),
        "card-digest": _all(card_pairs.question_to_digest(cards)),
        "card-translation": _all(card_pairs.translations(cards, articles)),
        "card-paraphrase": _all(card_pairs.paraphrases(cards)),
        "domain-generated": _all(generated),
        "domain-cloze": _all(mining.cloze_pairs(material.domain, random)),
        "lay": ([*material.lay_questions, *material.lay_answers], 3_500),
        "parallel": ([*material.parallel, *material.tatoeba], 8_000),
    }


def _all(pairs: Iterable[Pair]) -> tuple[list[Pair], int]:
    listed = list(pairs)
    return listed, len(listed)


def _ids(tokenizer: Tokenizer, texts: list[str], most: int) -> list[Ids]:
    known: list[Ids] = []
    for start in range(0, len(texts), 4096):
        cut = [text[: most * 6] for text in texts[start : start + 4096]]
        encoded = tokenizer.encode_batch_fast(cut, add_special_tokens=False)
        known += [np.array(e.ids[:most], dtype=np.int64) for e in encoded]
    return known


def encode(
    kinds: dict[str, tuple[list[Pair], int]], tokenizer: Tokenizer, settings: TrainingSettings
) -> list[EncodedPairs]:
    """Turn pairs into piece ids, dropping those in which a side has no piece."""
    sources = []
    for name, (pairs, most) in kinds.items():
        anchors = _ids(tokenizer, [a for a, _ in pairs], settings.max_pieces)
        positives = _ids(tokenizer, [p for _, p in pairs], settings.max_pieces)
        kept = [i for i in range(len(pairs)) if len(anchors[i]) and len(positives[i])]
        if not kept:
            continue
        sources.append(
            EncodedPairs(
                name=name,
                anchors=[anchors[i] for i in kept],
                positives=[positives[i] for i in kept],
                anchor_keys=_keys([pairs[i][0] for i in kept]),
                positive_keys=_keys([pairs[i][1] for i in kept]),
                per_epoch=min(most, len(kept)),
            )
        )
    return sources


def _keys(texts: list[str]) -> Ids:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int64)
