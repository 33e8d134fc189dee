"""Scores of keywords and of meaning in one."""

import numpy as np

from knowledge_base.search.fusion import above_the_rest, fuse, mean_of_roles

WEIGHTS = (0.5, 0.25, 0.25)


def test_a_passage_close_in_every_way_comes_before_one_with_a_single_close_window():
    cosines = np.array([[0.6, 0.2], [0.6, 0.2], [0.6, 0.9]], dtype=np.float32)
    all_round, one_sided = mean_of_roles(cosines, WEIGHTS)
    assert all_round > one_sided


def test_what_a_passage_has_no_windows_of_does_not_count_against_it():
    cosines = np.array([[0.5, 0.5], [-1.0, 0.5], [-1.0, 0.5]], dtype=np.float32)
    bare, rich = mean_of_roles(cosines, WEIGHTS)
    assert bare == rich == np.float32(0.5)


def test_a_passage_without_windows_is_the_last():
    assert mean_of_roles(np.full((3, 1), -1.0, dtype=np.float32), WEIGHTS)[0] == -1.0


def test_keywords_decide_alone_without_an_encoder():
    assert fuse(np.array([2.0, 1.0], dtype=np.float32), None, (1.0, 0.0), 0.5).tolist() == [1.0, 0.0]


def test_what_stands_out_counts_more_than_the_level():
    scores = np.array([0.9, 0.8, 0.6], dtype=np.float32)
    assert np.allclose(above_the_rest(scores, 1.0), [1.0, 2 / 3, 0.0])
    assert np.allclose(above_the_rest(scores, 0.0), scores / np.float32(0.9))


def test_equal_scores_stay_equal():
    assert above_the_rest(np.array([0.5, 0.5], dtype=np.float32), 1.0) == [1.0, 1.0]
    assert above_the_rest(np.zeros(0, dtype=np.float32), 1.0) == []
