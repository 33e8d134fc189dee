"""Tables of HTML pages."""

from pathlib import Path

from knowledge_base.sources.base import SourceFile
from knowledge_base.sources.readers.hypertext import HtmlImporter


def passages(body: str) -> list[str]:
    page = f"<html><head><title>目录</title></head><body><h1>办理材料目录</h1>{body}</body></html>"
    path = Path("材料目录.html")
    source = SourceFile(path, Path(), page.encode(), "0" * 64, "law", {})
    (document,) = HtmlImporter().read(source)
    return "\n".join(passage.text for passage in document.passages).split("\n")


def test_a_row_tells_each_cell_with_the_name_of_its_column():
    told = passages(
        "<table><caption>应交材料</caption><tr><th>材料</th><th>份数</th></tr>"
        "<tr><td>申请表</td><td><p>1</p></td></tr><tr><td>检验报告</td><td>2</td></tr></table><p>以上。</p>"
    )
    assert told[-4:] == ["应交材料", "材料：申请表；份数：1", "材料：检验报告；份数：2", "以上。"]


def test_a_cell_over_several_rows_or_columns_is_told_in_each():
    told = passages(
        "<table><tr><th>类别</th><th>材料</th><th>份数</th></tr>"
        "<tr><td rowspan=2>首次</td><td>申请表</td><td>1</td></tr><tr><td>检验报告</td><td>2</td></tr>"
        "<tr><td>变更</td><td colspan=2>同首次</td></tr></table>"
    )
    assert told[-3:] == [
        "类别：首次；材料：申请表；份数：1",
        "类别：首次；材料：检验报告；份数：2",
        "类别：变更；材料：同首次；份数：同首次",
    ]


def test_end_tags_may_be_left_out():
    told = passages("<table><tr><td>材料<td>份数<tr><td>申请表<td>1</table>")
    assert told[-1] == "材料：申请表；份数：1"


def test_a_table_within_a_cell_is_read_before_the_row():
    told = passages(
        "<table><tr><th>事项</th><th>时限</th></tr><tr><td>首次</td>"
        "<td><table><tr><td>受理</td><td>5 日</td></tr></table></td></tr></table>"
    )
    assert told[-1] == "事项：首次；时限：受理 | 5 日"


def test_a_table_that_lays_the_page_out_keeps_its_paragraphs():
    articles = "".join(f"<p>第{n}条 内容{n}。</p>" for n in "一二三四")
    told = passages(f"<table><tr><td>导航</td><td>{articles}</td></tr></table>")
    assert told[-4:] == [f"内容{n}。" for n in "一二三四"]


def test_an_unclosed_table_loses_nothing():
    assert (
        passages("<table><tr><td>材料</td><td>份数</td></tr><tr><td>申请表</td><td>1")[-1]
        == "材料：申请表；份数：1"
    )
