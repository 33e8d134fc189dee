"""BM25: terms taken over from an earlier build give the same index as terms cut anew."""

from pathlib import Path

import bm25s
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.index.lexical import LexicalIndex, TermStore
from knowledge_base.index.terms import terms

TEXTS = st.lists(st.text(alphabet="药品经营许可证 licence的\n", max_size=12), min_size=1, max_size=12)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_a_changed_set_finds_what_a_fresh_build_finds(before: list[str], after: list[str]) -> None:
    mixed = [*after, *before[::2]]
    fresh = LexicalIndex.build(mixed)
    reused = LexicalIndex.build(mixed, TermStore.of(before))
    for question in ("药品", "许可 licence", "经营的"):
        assert np.allclose(fresh.scores(terms(question)), reused.scores(terms(question)), atol=1e-5)


@settings(deadline=None)
@given(TEXTS)
def test_the_scores_are_those_of_the_library(texts: list[str]) -> None:
    reference = bm25s.BM25()
    reference.index([terms(text) or [""] for text in texts], show_progress=False)
    own = LexicalIndex.build(texts)
    for question in ("药品", "许可 licence", "的"):
        known = [word for word in terms(question) if word in reference.vocab_dict]
        wanted = reference.get_scores(known) if known else np.zeros(len(texts))
        assert np.allclose(own.scores(terms(question)), wanted, atol=1e-5)


def test_terms_come_back_from_disk(tmp_path: Path) -> None:
    store = TermStore.of(["药品 licence", "", "许可证"])
    store.save(tmp_path / "terms.npz")
    loaded = TermStore.load(tmp_path / "terms.npz")
    assert loaded is not None
    assert loaded.hashes == store.hashes
    assert (loaded.flat == store.flat).all()
    assert (loaded.ends == store.ends).all()
    assert loaded.vocabulary == store.vocabulary


def test_without_a_store_there_is_nothing_to_take_over(tmp_path: Path) -> None:
    assert TermStore.load(tmp_path / "terms.npz") is None
