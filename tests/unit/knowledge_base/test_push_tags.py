"""The vocabulary, what a text suggests, and the duties with a day that the machine sees."""

from datetime import date

import pytest

from core.errors import InvalidInput
from knowledge_base.push.requirements import found_in
from knowledge_base.push.tagging import suggest
from knowledge_base.push.tags import facets, known, tags, topics


def test_every_tag_has_words_in_both_languages_and_one_name_a_facet() -> None:
    assert list(facets()) == ["product_class", "enterprise_type", "licence", "stage", "region", "topic"]
    for facet in facets().values():
        for language in ("zh-CN", "en"):
            names = [tag.name(language) for tag in facet.tags]
            assert all(names)
            assert len(set(names)) == len(names)


def test_a_cue_belongs_to_no_two_tags_of_a_facet() -> None:
    for facet in facets().values():
        cues = [cue for tag in facet.tags for cue in tag.cues]
        assert len(set(cues)) == len(cues), facet.key


def test_all_provinces_are_regions() -> None:
    assert {f"region/{one}" for one in "京津冀沪粤新藏"} < set(tags())
    assert len(facets()["region"].tags) == 32


def test_topics_are_what_people_choose_by() -> None:
    assert {tag.facet for tag in topics()} == {"topic"}


def test_a_tag_outside_the_vocabulary_is_refused_and_the_order_is_the_vocabulary_s() -> None:
    assert known(["topic/recall", "product_class/drug", "topic/recall"]) == [
        "product_class/drug",
        "topic/recall",
    ]
    with pytest.raises(InvalidInput) as refused:
        known(["topic/nothing"])
    assert refused.value.code == "push.tag_unknown"


def test_the_name_of_a_text_suggests_more_than_a_word_in_passing() -> None:
    texts = ["药品经营企业应当召回。", *["其他规定。"] * 19]
    found = {one.tag: one for one in suggest("医疗器械召回管理办法", "", texts)}
    assert found["product_class/device"].in_title
    assert found["topic/recall"].cue == "召回"
    assert "product_class/drug" not in found


def test_a_word_in_many_provisions_suggests_with_its_share() -> None:
    found = {one.tag: one for one in suggest("管理办法", "", ["标签应当", "标签和说明书", "其他", "其他"])}
    assert found["topic/labelling"].share == 0.5
    assert not found["topic/labelling"].in_title


@pytest.mark.parametrize(("province", "region"), [("", "national"), ("沪", "沪"), ("Atlantis", "national")])
def test_the_region_is_where_it_was_issued(province: str, region: str) -> None:
    regions = [one.tag for one in suggest("通告", province, []) if one.tag.startswith("region/")]
    assert regions == [f"region/{region}"]


@pytest.mark.parametrize(
    ("sentence", "since", "by"),
    [
        ("持有人应当在2027年1月1日前完成赋码。", None, date(2027, 1, 1)),
        ("自2026年12月1日起，企业不得再使用旧版标签。", date(2026, 12, 1), None),
        ("自2026年12月1日起施行。", None, None),
        ("企业应当及时报告。", None, None),
        ("企业应当在2027年2月30日前报告。", None, None),
    ],
)
def test_a_duty_with_a_day_is_seen_and_nothing_else(
    sentence: str, since: date | None, by: date | None
) -> None:
    found = list(found_in("3", sentence))
    assert [(one.applies_from, one.due_on) for one in found] == ([(since, by)] if since or by else [])


def test_only_the_sentence_of_duty_is_taken() -> None:
    text = "本规定自2026年5月1日起施行。企业应当于2026年8月1日前提交自查报告。"
    assert [one.sentence for one in found_in("", text)] == ["企业应当于2026年8月1日前提交自查报告。"]
