from collections import Counter

import pytest
from tokenizers import Tokenizer

from training.embedding.tokenizer import UNKNOWN, build_tokenizer, simplified_characters, vocabulary

COUNTS = Counter(
    {"药品": 50, "经营": 30, "许可证": 40, "药": 5, "licence": 20, "the": 90, "2024": 4, "一次性": 1}
)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return build_tokenizer(vocabulary(COUNTS, 12_000))


def test_the_standard_character_set_is_complete() -> None:
    assert len(list(simplified_characters())) == 6763


def test_every_common_character_letter_and_digit_has_a_piece(tokenizer: Tokenizer) -> None:
    everything = "".join(simplified_characters()) + "abcdefghijklmnopqrstuvwxyz 0123456789 qzxv"
    assert UNKNOWN not in tokenizer.encode(everything).tokens


def test_words_are_kept_whole_without_jieba(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("药品经营许可证").tokens == ["药品", "经营", "许可证"]


def test_unknown_words_fall_apart_into_known_pieces(tokenizer: Tokenizer) -> None:
    pieces = tokenizer.encode("罕见词 zyx").tokens
    assert "".join(pieces) == "罕见词zyx"


def test_width_case_plural_and_punctuation_make_no_difference(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("ＬＩＣＥＮＣＥＳ，药品！").tokens == tokenizer.encode("licence 药品").tokens


def test_punctuation_alone_has_no_pieces(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("？！… --").tokens == []


def test_rare_words_are_left_out() -> None:
    assert "一次性" not in dict(vocabulary(COUNTS, 12_000))


def test_the_vocabulary_keeps_its_size_and_its_characters() -> None:
    scored = vocabulary(COUNTS, 8_000)
    assert len(scored) <= 8_000
    assert "氟" in dict(scored)


def test_a_frequent_word_is_likelier_than_a_rare_one() -> None:
    scores = dict(vocabulary(COUNTS, 12_000))
    assert scores["the"] > scores["药品"] > scores["药"] > scores[UNKNOWN]
