"""Which laws people ask about."""

import pytest

from knowledge_base.index.columns import EntryColumns
from knowledge_base.index.entries import Entry
from knowledge_base.search.familiarity import COUNTS, asked_laws, reach, weights
from knowledge_base.sources.structure.titles import law_title
from training.asked_laws import count_laws, frequent_questions


def test_laws_are_counted_under_the_name_they_are_cited_by() -> None:
    assert count_laws(["中华人民共和国甲法", "甲法", "乙法"]) == {"甲法": 2, "乙法": 1}


def test_our_own_frequent_questions_count() -> None:
    assert count_laws(frequent_questions())["药品管理法"] > 5


def test_shares_lie_between_nothing_and_one() -> None:
    shares = asked_laws()
    assert max(shares.values()) == 1.0
    assert all(0 < share <= 1 and law == law_title(law) for law, share in shares.items())


def entry(*basis: str) -> Entry:
    return Entry("p", "law", "zh", "", "", basis, 0, 1, "", (), ())


def test_an_entry_has_the_share_of_its_best_known_law_among_many() -> None:
    others = [entry(f"不知名办法{n}#1") for n in range(1_000)]
    found = weights(EntryColumns.of([entry("药品管理法#51", "不知名办法1#1"), entry(), *others]))
    assert list(found[:3]) == pytest.approx([asked_laws()["药品管理法"], 0.0, 0.0])


def test_in_an_offices_own_collection_every_law_counts_alike() -> None:
    assert not weights(EntryColumns.of([entry("药品管理法#51"), entry("不知名办法#1")])).any()
    assert 0 < reach(300) < reach(600) < 1


def test_the_counts_say_where_they_come_from() -> None:
    assert "MIT" in COUNTS.read_text("utf-8").splitlines()[1]
