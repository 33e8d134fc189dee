"""Which words tell questions apart, and which wording stands for all."""

import pytest

from knowledge_base.improvement.clustering import marks, most_typical, plain
from knowledge_base.improvement.settings import clustering_settings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("药品经营许可证有效期多久", "医疗器械经营许可证有效期多久"),
        ("药厂许可证丢了", "药店许可证丢了"),
        ("第一类医疗器械备案要什么材料", "第二类医疗器械备案要什么材料"),
        ("化妆品标签不能写哪些内容", "化妆品标签必须写哪些内容"),
        ("开药店去哪里办证", "开药店办证要几天"),
        ("renew a Class II device licence", "renew a Class III device licence"),
        ("change of drug manufacturing site", "change of device manufacturing site"),
    ],
)
def test_questions_on_different_matters_name_different_things(one: str, other: str) -> None:
    assert marks(one) != marks(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("药品经营许可证遗失了怎么补办", "补办药品经营许可证"),
        ("renew a device licence", "renewal of a Device licence"),
    ],
)
def test_ways_of_asking_one_thing_name_the_same(one: str, other: str) -> None:
    assert marks(one) == marks(other)


def test_equal_questions_are_known_whatever_their_signs() -> None:
    assert plain("ＧＭＰ  证书、怎么办？") == plain("gmp证书怎么办")
    assert plain("?!") == ""


def test_of_two_questions_the_one_asked_more_often_stands_for_both() -> None:
    assert most_typical(["药店几点关门"]) == "药店几点关门"
    assert most_typical(["药店晚上到底几点关门呢", "药店几点关门"]) == "药店几点关门"


def test_thresholds_are_cosines_for_both_languages() -> None:
    settings = clustering_settings()
    assert set(settings.closest) == {"zh", "en"}
    assert all(0.5 < one < 1 for one in settings.closest.values())
