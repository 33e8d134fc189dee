"""Every encoder keeps the same promises."""

from pathlib import Path

import numpy as np
import pytest

from core.database import Database
from core.errors import DependencyFailed, InvariantBroken
from knowledge_base.embedding.base import Encoder
from knowledge_base.embedding.sentence_transformer import SentenceTransformerEncoder
from knowledge_base.embedding.service import SHIPPED, get_encoder, register_encoder
from knowledge_base.embedding.static import StaticEncoder, is_static

TEXTS = ["普通化妆品备案需要什么材料？", "How do I renew a device registration?", "药品 GMP " * 40]
KINDS = [StaticEncoder, SentenceTransformerEncoder]


@pytest.fixture(scope="module", params=KINDS)
def encoder(request: pytest.FixtureRequest) -> Encoder:
    made: Encoder = request.param(SHIPPED, verify=False)
    return made


def test_vectors_are_float32_of_length_one(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), encoder.dim)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_the_same_text_gives_the_same_vector_alone_or_among_others(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS)
    alone = np.vstack([encoder.encode([text]) for text in TEXTS])
    assert np.abs(together - alone).max() < 1e-6


def test_a_text_without_known_words_is_a_row_of_zeros(encoder: Encoder) -> None:
    assert not encoder.encode(["", "😀"]).any()


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dim)


def test_what_means_the_same_lies_closer(encoder: Encoder) -> None:
    question, same, other = encoder.encode(
        ["医疗器械注册证怎么延续", "申请延续医疗器械注册", "收费标准由国务院制定"]
    )
    assert question @ same > question @ other + 0.1


def test_the_id_names_model_and_hash(encoder: Encoder) -> None:
    name, _, digest = encoder.encoder_id.partition(":")
    assert name == "yaozheng-static-zh-en"
    assert len(digest) == 16


def test_both_readers_give_the_same_vectors() -> None:
    static, reference = (kind(SHIPPED, verify=False).encode(TEXTS) for kind in KINDS)
    assert np.abs(static - reference).max() < 1e-5


def test_the_shipped_model_is_read_without_torch() -> None:
    assert is_static(SHIPPED)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unregistered_model_is_not_served(db: Database, kind: type[StaticEncoder]) -> None:
    with pytest.raises(InvariantBroken) as refused:
        kind(SHIPPED).warm_up()
    assert refused.value.code == "core.model_unregistered"


def test_a_registered_model_is_served(db: Database) -> None:
    register_encoder()
    get_encoder().warm_up()
    assert get_encoder().encode(["药"]).any()


@pytest.mark.parametrize("kind", KINDS)
def test_a_broken_model_is_a_failed_dependency(tmp_path: Path, kind: type[StaticEncoder]) -> None:
    for name in ("modules.json", "tokenizer.json", "config_sentence_transformers.json"):
        (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
    (tmp_path / "1_Normalize").mkdir()
    (tmp_path / "1_Normalize" / "config.json").write_bytes(
        (SHIPPED / "1_Normalize" / "config.json").read_bytes()
    )
    (tmp_path / "model.safetensors").write_bytes(b"\x08\x00\x00\x00\x00\x00\x00\x00broken")
    with pytest.raises(DependencyFailed):
        kind(tmp_path, verify=False).warm_up()
