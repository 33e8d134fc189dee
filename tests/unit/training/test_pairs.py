import re
from random import Random

import pytest

from training.embedding.corpus.guidance import Section
from training.embedding.corpus.questions import Card
from training.embedding.corpus.statutes import Article
from training.embedding.pairs import cards, mining
from training.embedding.pairs.generated import QuestionRules, load_rules, loosen, questions_from

ARTICLE = Article(
    "示例法", "5", "许可", "从事示例经营应当具备下列条件。有场地和人员的要求。不得超出许可的范围。"
)
CARD = Card(
    "示例法",
    "5",
    "要有人和场地。",
    "Staff and premises needed.",
    ["要啥条件？", "门槛高吗"],
    ["What is needed?"],
    ["条件"],
)


@pytest.fixture(scope="module")
def rules() -> QuestionRules:
    return load_rules()


def test_inverse_cloze_takes_one_sentence_and_keeps_the_rest() -> None:
    pair = mining.inverse_cloze(ARTICLE, Random(1))
    assert pair is not None
    sentence, passage = pair
    assert sentence in ARTICLE.text
    assert sentence not in passage
    assert passage.startswith("示例法 ")


def test_inverse_cloze_sometimes_leaves_the_sentence_in_place() -> None:
    random = Random(1)
    kept = sum(pair[0] in pair[1] for _ in range(400) if (pair := mining.inverse_cloze(ARTICLE, random)))
    assert 15 < kept < 75


def test_an_article_of_one_sentence_gives_no_cloze_pair() -> None:
    assert mining.inverse_cloze(Article("法", "1", "", "本法自公布之日起施行。"), Random(1)) is None


def test_each_heading_gives_one_article() -> None:
    other = Article("示例法", "6", "许可", "许可证应当载明名称。")
    pairs = list(mining.heading_pairs([ARTICLE, other], Random(1)))
    assert len(pairs) == 1
    assert pairs[0][0] == "示例法 许可"
    assert pairs[0][1] in (ARTICLE.text, other.text)


def test_the_introduction_of_a_document_is_no_heading_pair() -> None:
    sections = [Section("原则", "原则", "前言"), Section("原则", "范围", "适用")]
    assert list(mining.section_pairs(sections)) == [("原则 范围", "适用")]


def test_consultations_pair_title_question_and_answer() -> None:
    rows = [("高血压吃什么", "我有高血压，请问能吃党参吗？", "可以吃，请遵医嘱服用。"), ("短", "短", "短")]
    assert list(mining.consultation_pairs(rows)) == [(rows[0][0], rows[0][1]), (rows[0][1], rows[0][2])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("从事药品零售应当具备下列条件：", "药品零售"),
        ("申请药品生产许可，应当提交下列资料：", "药品生产许可"),
        ("应当自受理之日起二十日内作出决定。", "作出决定"),
        ("未取得许可证销售药品的，处十万元罚款。", "未取得许可证销售药品"),
        ("本条例所称医疗器械，是指直接用于人体的仪器。", "医疗器械"),
        ("不得在网络上销售疫苗。", "在网络上销售疫苗"),
    ],
)
def test_statute_wording_becomes_a_question_on_the_same_matter(
    text: str, expected: str, rules: QuestionRules
) -> None:
    plain = QuestionRules(rules.patterns, {})
    assert any(expected in question for question in questions_from(text, plain, Random(3)))


def test_text_without_a_pattern_gives_no_question(rules: QuestionRules) -> None:
    assert questions_from("附则。", rules, Random(1)) == []


def test_no_template_leaves_a_placeholder(rules: QuestionRules) -> None:
    for pattern in rules.patterns:
        wanted = set(re.findall(r"\{(\w+)\}", "".join(pattern.questions)))
        assert wanted <= set(pattern.match.groupindex)


def test_the_longest_formal_word_is_exchanged_first(rules: QuestionRules) -> None:
    loosened = {loosen("第二类医疗器械", rules, Random(seed)) for seed in range(20)}
    assert "二类器械" in loosened
    assert loosened <= {"二类器械", "第二类医疗器械", "第二类器械"}


def test_cards_lead_from_questions_and_terms_to_the_article() -> None:
    pairs = list(cards.question_to_article([CARD], {("示例法", "5"): ARTICLE}))
    assert [anchor for anchor, _ in pairs] == ["要啥条件？", "门槛高吗", "What is needed?", "条件"]
    assert {positive for _, positive in pairs} == {ARTICLE.passage}


def test_a_card_without_its_article_is_left_out() -> None:
    assert list(cards.question_to_article([CARD], {})) == []


def test_digests_join_the_two_languages() -> None:
    pairs = set(cards.question_to_digest([CARD]))
    assert ("What is needed?", "示例法 要有人和场地。") in pairs
    assert ("要啥条件？", "Staff and premises needed.") in pairs
    assert ("Staff and premises needed.", ARTICLE.passage) in set(
        cards.translations([CARD], {("示例法", "5"): ARTICLE})
    )


def test_questions_of_one_card_are_paraphrases() -> None:
    assert len(list(cards.paraphrases([CARD]))) == 3
