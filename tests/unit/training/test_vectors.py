import numpy as np

from training.embedding.corpus.questions import Card
from training.embedding.corpus.statutes import Article
from training.embedding.encoding import TableEncoder
from training.embedding.heldout import HELD_OUT_LAWS, HeldOutResult, measure, ranks_of, split_cards
from training.embedding.tokenizer import build_tokenizer
from training.embedding.vectors import rarity, starting_vectors, term_counts

DOCUMENTS = [[0, 1], [0, 1, 1], [0, 2], [0, 3, 2]]


def test_pieces_are_counted_for_each_document() -> None:
    assert term_counts(DOCUMENTS, 5).toarray()[1].tolist() == [1.0, 2.0, 0.0, 0.0, 0.0]


def test_a_piece_of_every_document_counts_least() -> None:
    weights = rarity(term_counts(DOCUMENTS, 5), len(DOCUMENTS))
    assert weights[0] < weights[1] < weights[3] < weights[4]


def test_starting_vectors_put_companions_near_each_other() -> None:
    documents = [[0, 1], [1, 0], [2, 3], [3, 2]] * 5
    table = starting_vectors(documents, 4, (2, 4), seed=3)
    latent = table[:, :2] / np.linalg.norm(table[:, :2], axis=1, keepdims=True)
    assert table.dtype == np.float32
    assert latent[0] @ latent[1] > 0.9 > 0.5 > abs(latent[0] @ latent[2])


def test_starting_vectors_are_the_same_for_the_same_seed() -> None:
    first, second = (starting_vectors(DOCUMENTS, 4, (2, 4), seed=3) for _ in range(2))
    assert np.allclose(first, second)


def test_a_text_is_the_normalised_mean_of_its_pieces() -> None:
    tokenizer = build_tokenizer([("[UNK]", -9.0), ("药品", -1.0), ("许可", -1.0)])
    table = np.array([[0, 0], [3, 0], [0, 4]], dtype=np.float32)
    vectors = TableEncoder(tokenizer, table).encode(["药品许可", "！"])
    assert np.allclose(vectors, [[0.6, 0.8], [0.0, 0.0]])


def test_ties_count_against_the_wanted_article() -> None:
    scores = np.array([[0.9, 0.5, 0.9], [0.1, 0.8, 0.3]], dtype=np.float32)
    assert ranks_of(scores, np.array([0, 2])).tolist() == [2, 2]


def test_held_out_laws_are_kept_from_training() -> None:
    law = sorted(HELD_OUT_LAWS)[0]
    seen, unseen = Card("别的法", "1", "", ""), Card(law, "1", "", "")
    assert split_cards([seen, unseen]) == ([seen], [unseen])


def test_held_out_questions_are_ranked_over_all_articles() -> None:
    class Spelling:
        def encode(self, texts: list[str]) -> np.ndarray:
            return np.array([[t.count("a"), t.count("b"), 0.1] for t in texts], dtype=np.float32)

    articles = [Article("法", "1", "", "aaaa"), Article("法", "2", "", "bbbb")]
    cards = [Card("法", "1", "", "", ["a"], ["b"]), Card("法", "9", "", "", ["a"], [])]
    result = measure(Spelling(), articles, cards)
    assert result == HeldOutResult({"zh": 1.0, "en": 0.0}, {"zh": 1.0, "en": 1.0}, {"zh": 1, "en": 1})
    assert result.score == 0.75
