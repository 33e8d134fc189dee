"""Only candidates are weighed; the ranking is that of weighing all."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.search.matching import highest

SCORES = st.lists(st.floats(0, 5, width=16), max_size=60)


@given(SCORES, st.integers(1, 20))
def test_the_highest_scores_are_found_and_nothing_at_zero(scores: list[float], most: int) -> None:
    array = np.asarray(scores, dtype=np.float32)
    found = highest(array, most)
    wanted = sorted((score for score in scores if score > 0), reverse=True)[:most]
    assert sorted(array[found].tolist(), reverse=True) == wanted
    assert found.tolist() == sorted(found.tolist())


def test_the_highest_of_very_many_scores_are_those_of_sorting_all() -> None:
    rng = np.random.default_rng(7)
    for scores in (rng.random(300_000), np.where(rng.random(300_000) < 0.999, 0, rng.random(300_000))):
        array = scores.astype(np.float32)
        expected = np.sort(np.argsort(-array, kind="stable")[:100])
        assert highest(array, 100).tolist() == expected.tolist()


def test_a_constant_is_cut_at_the_number_wanted() -> None:
    assert len(highest(np.ones(200_000, dtype=np.float32), 50)) == 50
