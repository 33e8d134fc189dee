import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from training.embedding.encoding import TableEncoder
from training.embedding.export import compact_tokenizer, quantise, write_model
from training.embedding.register import file_hashes, seal, training_data
from training.embedding.tokenizer import build_tokenizer

SHIPPED = Path(__file__).resolve().parents[3] / "knowledge_base" / "embedding" / "model"


@pytest.fixture(scope="module")
def register() -> dict[str, object]:
    content: dict[str, object] = json.loads((SHIPPED / "register.json").read_text("utf-8"))
    return content


def test_rounding_stays_within_half_a_step() -> None:
    table = np.random.default_rng(1).standard_normal((50, 16)).astype(np.float32)
    rounded, scales = quantise(table)
    assert rounded.dtype == np.int8
    assert (np.abs(rounded * scales[:, None] - table) <= scales[:, None] * 0.5001).all()


def test_a_row_of_zeros_stays_zero() -> None:
    rounded, scales = quantise(np.zeros((1, 4), dtype=np.float32))
    assert not (rounded * scales[:, None]).any()


def test_a_written_model_loads_plainly_and_encodes_as_the_table_does(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    tokenizer = build_tokenizer([("[UNK]", -9.0), ("药品", -1.0), ("许可", -1.0), ("licence", -2.0)])
    table = np.random.default_rng(2).standard_normal((4, 8)).astype(np.float32)
    write_model(tmp_path / "model", tokenizer, table)
    compact_tokenizer(tmp_path / "model")
    texts = ["药品许可", "drug licences", "？"]
    loaded = SentenceTransformer(str(tmp_path / "model"), device="cpu").encode(texts)
    assert loaded.dtype == np.float32
    assert np.allclose(loaded, TableEncoder(tokenizer, table).encode(texts), atol=0.02)


def test_the_seal_covers_every_file_but_itself(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.txt").write_text("x")
    seal(tmp_path, {"id": "m"})
    sealed = json.loads((tmp_path / "register.json").read_text())
    assert sealed["sha256"] == {"a/b.txt": hashlib.sha256(b"x").hexdigest()} == file_hashes(tmp_path)


def test_every_training_set_names_licence_credit_and_use() -> None:
    assert all(set(entry) == {"name", "licence", "credit", "use"} for entry in training_data())
    assert not any("NC" in entry["licence"] or "SA" in entry["licence"] for entry in training_data())


def test_the_register_holds_the_hash_of_every_shipped_file(register: dict[str, object]) -> None:
    assert register["sha256"] == file_hashes(SHIPPED)


def test_the_shipped_model_is_what_the_register_says(register: dict[str, object]) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(SHIPPED), device="cpu")
    vectors = model.encode(["药品经营许可证有效期", "drug distribution licence validity", "今天天气很好"])
    assert vectors.shape == (3, register["dim"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_the_shipped_model_stays_within_forty_megabytes() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file()) <= 40_000_000


def test_the_card_credits_every_training_set(register: dict[str, object]) -> None:
    card = (SHIPPED / "README.md").read_text("utf-8")
    assert all(entry["credit"] in card and entry["licence"] in card for entry in training_data())
    assert str(register["version"]) in card
    assert "{{" not in card
