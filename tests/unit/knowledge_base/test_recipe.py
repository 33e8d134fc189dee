"""An answer as places in passages: whatever is written down can be put together again."""

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from core.blocks import bullet_list, notice, paragraph, plain_text, table
from core.privacy.service import mask_text
from knowledge_base.passages.views import PassageView
from knowledge_base.traces import recipe

WORDS = "药品零售企业的冷藏药品温度记录应当保存五年，夜间售药窗口应当配备执业药师。"


def passage(text: str = WORDS, passage_id: str = "pas_1", **more: Any) -> PassageView:
    return PassageView(passage_id, "doc_1", "ver_1", "law", "办法", "law", "current", "0" * 64, text, **more)


def test_words_of_a_passage_are_kept_as_their_place() -> None:
    made = recipe.write([paragraph(f"第三条规定：{WORDS[:22]}")], [passage()])
    assert made["blocks"][0]["text"] == {"of": ["第三条规定：", [0, "text", 0, 22]]}
    assert made["passages"] == [{"id": "pas_1", "sha256": recipe.words_sha256(passage())}]


def test_only_passages_that_were_used_are_named() -> None:
    made = recipe.write([paragraph(WORDS)], [passage("别的内容与此无关也不相同", "pas_0"), passage()])
    assert [one["id"] for one in made["passages"]] == ["pas_1"]


def test_a_layout_a_heading_and_a_summary_are_places_too() -> None:
    known = passage(
        heading="冷藏药品的温度记录",
        blocks=(bullet_list(["第一项材料清单如下所列", "短"]),),
        data={"digest_zh": "记录要保存五年整才可以"},
    )
    blocks = [
        paragraph("冷藏药品的温度记录"),
        bullet_list(["第一项材料清单如下所列", "短"]),
        paragraph("记录要保存五年整才可以"),
    ]
    made = recipe.write(blocks, [known])
    names = [piece[1] for piece in _places(made["blocks"])]
    assert names == ["heading", "blocks.0", "data.digest_zh"]
    assert recipe.follow(made, {"pas_1": known}).blocks == blocks


def _places(value: Any) -> list[Any]:
    if isinstance(value, dict):
        if set(value) == {"of"}:
            return [piece for piece in value["of"] if isinstance(piece, list)]
        return [place for one in value.values() for place in _places(one)]
    return [place for one in value for place in _places(one)] if isinstance(value, list) else []


def test_personal_data_in_own_words_is_masked_and_in_a_passage_is_the_passages() -> None:
    known = passage("咨询电话为13812345678，工作日接听。")
    made = recipe.write(
        [paragraph("您的号码13987654321。"), paragraph("咨询电话为13812345678，工作日接听。")], [known]
    )
    assert "13987654321" not in str(made)
    read = plain_text(recipe.follow(made, {"pas_1": known}).blocks)
    assert read == "您的号码[mobile]。\n咨询电话为13812345678，工作日接听。"


def test_a_passage_that_was_altered_or_is_missing_is_told() -> None:
    made = recipe.write([paragraph(WORDS)], [passage()])
    assert recipe.follow(made, {"pas_1": passage(WORDS.replace("五", "一"))}).altered == ["pas_1"]
    gone = recipe.follow(made, {})
    assert (gone.missing, plain_text(gone.blocks)) == (["pas_1"], "")


def test_names_of_what_is_cited_count_neither_as_taken_nor_as_own() -> None:
    cited = {
        "type": "citation",
        "n": 1,
        "title": "很长很长的一部法规的名称",
        "article_label": "第三条",
        "quote": WORDS,
    }
    read = recipe.follow(recipe.write([cited], [passage()]), {"pas_1": passage()})
    assert (read.taken, read.own) == (len(WORDS), 0)


def test_without_words_nothing_but_the_passages_is_left() -> None:
    made = recipe.write([notice("info", "自己的话自己的话自己的话")], [passage()])
    assert recipe.without_words({**made, "sha256": "x"}) == {"passages": [], "blocks": []}


TEXTS = st.text(st.sampled_from("药品零售企业冷藏温度记录五年ab ，。\n"), max_size=40)


@given(
    st.lists(TEXTS, min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), TEXTS), max_size=6),
)
def test_whatever_is_written_is_read_again(texts: list[str], cuts: list[tuple[int, int, str]]) -> None:
    known = [passage(f"{WORDS}{text}", f"pas_{number}") for number, text in enumerate(texts)]
    said = [f"{own}{WORDS[start : start + length]}{own}" for start, length, own in cuts]
    own_words = [*said, *(own for _, _, own in cuts), *(own * 2 for _, _, own in cuts)]
    assume(all(mask_text(text) == text for text in own_words))  # what is masked is not kept
    blocks = [paragraph(text) for text in said] + [table("表", ["甲", "乙"], [[text, "乙"] for text in said])]
    made = recipe.write(blocks, known)
    assert recipe.follow(made, {one.id: one for one in known}).blocks == blocks
