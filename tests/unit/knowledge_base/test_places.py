import pytest

from knowledge_base.sources.places import province_at_start, province_of, provinces, provinces_named


@pytest.mark.parametrize(
    ("place", "province"),
    [
        ("唐山市", "河北省"),
        ("上海", "上海市"),
        ("31", "上海市"),
        ("310000", "上海市"),
        ("内蒙古", "内蒙古自治区"),
        ("火星", ""),
    ],
)
def test_a_place_belongs_to_its_province(place: str, province: str) -> None:
    assert province_of(place) == province


def test_a_local_title_names_its_place_first() -> None:
    assert province_at_start("安阳市政务服务条例") == "河南省"
    assert province_at_start("药品管理法") == ""


def test_places_in_a_question_are_found() -> None:
    assert provinces_named("我在唐山市和上海都有药店") == {"河北省", "上海市"}
    assert provinces_named("普通化妆品备案要什么材料") == frozenset()


def test_all_provinces_are_known() -> None:
    assert len(provinces()) == 34


def test_words_that_only_look_like_places_name_none() -> None:
    assert provinces_named("网上海外购买的普通化妆品") == frozenset()
