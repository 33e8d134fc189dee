from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.sources.base import Line
from knowledge_base.sources.structure import articles, facts, sections
from knowledge_base.sources.structure.numerals import chinese_numeral, dates_in, is_date, parse_numeral
from knowledge_base.sources.structure.titles import clean, file_name, law_title, tight, year_number


def cut(*texts: str) -> articles.LawBody:
    return articles.cut([Line(text) for text in texts])


@given(st.integers(min_value=0, max_value=9999))
def test_a_number_written_in_chinese_reads_back(value: int) -> None:
    assert parse_numeral(chinese_numeral(value)) == value


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十", 10),
        ("十九", 19),
        ("一百一十", 110),
        ("一百零七", 107),
        ("一千零一十", 1010),
        ("一千二百六十", 1260),
    ],
)
def test_a_number_is_written_as_law_texts_write_it(numeral: str, value: int) -> None:
    assert chinese_numeral(value) == numeral


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("十", 10), ("一百二十四", 124), ("一百零七", 107), ("二〇二一", 2021), ("12", 12), ("两百", 200)],
)
def test_numerals_of_law_texts_are_read(numeral: str, value: int) -> None:
    assert parse_numeral(numeral) == value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("自2021年5月1日起施行", date(2021, 5, 1)),
        ("自一九九三年一月一日起施行", date(1993, 1, 1)),
        ("自2015年9月 1日起施行", date(2015, 9, 1)),
    ],
)
def test_dates_are_read_in_both_scripts(text: str, day: date) -> None:
    assert dates_in(text) == [day]


def test_an_impossible_date_is_left_out() -> None:
    assert dates_in("2021年2月30日") == []
    assert is_date("2019年10月12日")
    assert not is_date("自2019年10月12日起")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("中华人民共和国药品管理法", "药品管理法"),
        ("《医疗器械监督管理条例》", "医疗器械监督管理条例"),
        ("医疗器械生产质量管理规范(2025年版)", "医疗器械生产质量管理规范"),
        ("国家药监局关于某事的公告（2024年第38号）", "国家药监局关于某事的公告"),
        ("处方药与非处方药分类管理办法（试行）", "处方药与非处方药分类管理办法（试行）"),
    ],
)
def test_a_law_is_called_as_it_is_cited(text: str, title: str) -> None:
    assert law_title(text) == title


def test_a_file_name_tells_date_form_and_number() -> None:
    dated, announced, month = (
        file_name("药品管理法(2019-08-26)"),
        file_name("公告-第一类医疗器械备案有关事项(2022-62)"),
        file_name("某某管理规定(2025-12)"),
    )
    assert (dated.title, dated.issued_on) == ("药品管理法", date(2019, 8, 26))
    assert (announced.form, announced.serial, announced.issued_on) == ("公告", "2022年第62号", None)
    assert month.serial == ""
    assert year_number("公告（2024年第38号）") == "2024年第38号"


def test_markup_and_typesetting_blanks_go() -> None:
    assert clean("**第一条**  为 [目的](<https://a.cn/x>)") == "第一条 为 目的"
    assert tight("第一章  总    则") == "第一章总则"
    assert clean("编号 A_B_C 与 2*3") == "编号 A_B_C 与 2*3"


def test_articles_keep_their_paragraphs_and_chapters() -> None:
    body = cut(
        "第一章 总 则",
        "第一条 为了甲，制定本法。",
        "补充一款。",
        "第二章 许可",
        "第一节 申请",
        "第二条 应当乙。",
    )
    assert [(a.number, a.label, a.headings) for a in body.articles] == [
        ("1", "第一条", ("第一章总则",)),
        ("2", "第二条", ("第二章许可", "第一节申请")),
    ]
    assert body.articles[0].paragraphs == ["为了甲，制定本法。", "补充一款。"]


def test_a_chapters_name_without_its_number_is_no_paragraph() -> None:
    body = cut(
        "第一章 总则",
        "第一条 为了甲，制定本法。",
        "原料注册和备案管理",
        "第一节 注册",
        "第二条 应当乙。",
        "一览表如下",
        "第三条 丙。",
    )
    assert [a.paragraphs for a in body.articles] == [
        ["为了甲，制定本法。"],
        ["应当乙。", "一览表如下"],
        ["丙。"],
    ]
    assert body.articles[1].headings == ("原料注册和备案管理", "第一节注册")


def test_an_inserted_article_has_its_own_number() -> None:
    body = cut("第十四条 甲。", "第十四条之一 乙。", "第十五条 丙。")
    assert [a.number for a in body.articles] == ["14", "14-1", "15"]
    assert articles.article_label("14-1") == "第十四条之一"


def test_a_paragraph_that_begins_with_a_reference_starts_no_article() -> None:
    body = cut("第三条 甲。", "第五条规定的情形除外。", "第二条 所称乙。", "第四条为丙。")
    assert [a.number for a in body.articles] == ["3", "4"]
    assert body.articles[0].paragraphs == ["甲。", "第五条规定的情形除外。", "第二条 所称乙。"]


def test_what_follows_the_last_article_is_its_annex() -> None:
    body = cut("第一条 甲。", "第二条 自公布之日起施行。", "附件：表格", "序号 | 名称")
    assert [line.text for line in body.annex] == ["附件：表格", "序号 | 名称"]
    assert body.articles[-1].paragraphs == ["自公布之日起施行。"]


def test_an_announcement_is_cut_at_its_items() -> None:
    found = sections.cut([Line(t) for t in ("导语。", "一、范围", "甲。", "二、时间", "乙。", "特此公告。")])
    assert [(s.label, s.text) for s in found] == [
        ("", "导语。"),
        ("一、", "一、范围\n甲。"),
        ("二、", "二、时间\n乙。"),
        ("", "特此公告。"),
    ]


def test_headings_make_a_path_and_are_not_repeated_below_a_higher_one() -> None:
    found = sections.cut(
        [Line("一、能力", 3), Line("（一）总体", 4), Line("甲。"), Line("二、报告", 3), Line("乙。")]
    )
    assert [(s.headings, s.text) for s in found] == [
        (("一、能力", "（一）总体"), "甲。"),
        (("二、报告",), "乙。"),
    ]


@given(st.lists(st.text(alphabet="甲乙丙丁戊", min_size=1, max_size=400), min_size=1, max_size=30))
def test_cutting_a_long_section_loses_no_paragraph(paragraphs: list[str]) -> None:
    found = sections.cut([Line(text) for text in paragraphs])
    assert [p for section in found for p in section.paragraphs] == paragraphs
    assert all(len(s.text) <= sections.LONGEST or len(s.paragraphs) == 1 for s in found)


def test_the_texts_own_day_of_effect_counts() -> None:
    ending = ["本办法自2021年5月1日起施行。2014年7月30日公布的《旧办法》同时废止。"]
    assert facts.effective_from([], ending, None, {}) == date(2021, 5, 1)
    assert facts.repeals("新办法", ending) == ("旧办法",)


def test_another_things_day_of_effect_does_not_count() -> None:
    ending = ["电子证照自2020年1月1日起使用。", "本规定自公布之日起施行。"]
    assert facts.effective_from([], ending, date(2019, 4, 26), {}) == date(2019, 4, 26)


def test_a_law_does_not_abrogate_its_own_earlier_version_or_single_articles() -> None:
    ending = ["2000年公布的《分类规则》同时废止。", "《另一条例》第三条同时废止。"]
    assert facts.repeals("分类规则", ending) == ()


def test_the_latest_date_of_the_history_is_the_day_of_issue() -> None:
    header = ["1984年9月20日 通过", "2019年8月26日 第二次修订", "2020年1月1日 施行"]
    assert facts.issued_on(header, [], file_name("某法"), {}) == date(2019, 8, 26)
    assert facts.issued_on(header, [], file_name("某法(2021-03-01)"), {}) == date(2021, 3, 1)


@pytest.mark.parametrize(
    ("title", "issuer", "name", "province", "level"),
    [
        ("药品管理法", "全国人民代表大会常务委员会", "药品管理法", "", "law"),
        ("放射性药品管理办法", "国务院", "放射性药品管理办法", "", "administrative_regulation"),
        ("药品注册管理办法", "国家市场监督管理总局", "药品注册管理办法(2020-01-22)", "", "rule"),
        ("某管理规定", "", "某管理规定(2022-124)", "", "normative"),
        ("上海市某条例", "上海市人民代表大会常务委员会", "上海市某条例", "上海市", "local"),
        ("会议纪要", "", "会议纪要", "", "other"),
    ],
)
def test_the_level_of_law_is_recognised(
    title: str, issuer: str, name: str, province: str, level: str
) -> None:
    assert facts.level(title, issuer, file_name(name), province, "", "") == level


def test_the_last_order_number_of_the_history_is_the_documents() -> None:
    header = [
        "2002年8月4日 中华人民共和国国务院令第360号公布",
        "2026年1月16日 中华人民共和国国务院令第828号第四次修订",
    ]
    assert facts.document_number("某条例", header, file_name("某条例"), "", {}) == "国务院令第828号"


def test_a_note_of_provenance_gives_number_and_authority() -> None:
    notes = "NMPA announcement 2023-153"
    assert facts.document_number("规范", [], file_name("规范"), notes, {}) == "国家药监局公告2023年第153号"
    assert facts.authority([], "规范", notes) == "国家药品监督管理局"
