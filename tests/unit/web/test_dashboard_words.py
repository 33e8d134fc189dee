"""Figures as words, files and shapes, without a database."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.insights.answers import GROUPS, group_of
from bot.insights.figures import Column, Figure
from knowledge_base.service import AnswerStatus
from web.dashboard.drawing import Bar, bars, fitted, stacks, width_of
from web.dashboard.memory import MOST_KEPT, Memory
from web.dashboard.words import Words
from web.tables import MARK, harmless, to_csv


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (59.6, "60 s"),
        (89, "89 s"),
        (90, "1.5 min"),
        (899, "15 min"),
        (6660, "1.9 h"),
        (200_000, "2.3 d"),
    ],
)
def test_a_span_is_told_in_the_unit_that_reads_best(seconds: float, expected: str) -> None:
    assert Words("en").duration(seconds) == expected


def test_codes_that_nobody_named_are_shown_as_they_are() -> None:
    words = Words("en")
    assert words.cell("channel", "kiosk") == "kiosk"
    assert words.cell("channel", "web") == "Website"
    assert words.cell("item", "no_such_item") == "no_such_item"
    assert words.field_name("no_such_item", "some_key") == "some_key"


def test_a_field_is_named_by_its_items_form() -> None:
    columns = (Column("item", "item"), Column("field", "field"))
    figure = Figure("x", columns, (("cosmetic_filing", "uscc"), ("cosmetic_filing", "")))
    names = [row[1] for row in Words("en").rows(figure)]
    assert names[0] not in ("uscc", "")
    assert names[1] == "The filing as a whole"


def test_what_is_absent_is_a_dash() -> None:
    assert Words("zh-CN").cell("share", None) == "–"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\ta", "\ra", "  =1"])
def test_a_formula_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["a=b", "3-4", "", -4, 0.5])
def test_what_is_no_formula_stays_as_it_is(cell: str | float) -> None:
    assert harmless(cell) == cell


def test_a_file_begins_with_its_mark_and_leaves_absent_cells_empty() -> None:
    assert to_csv(["a", "b"], [("x,y", None)]) == f'{MARK}a,b\r\n"x,y",\r\n'


def test_a_text_is_cut_to_its_room() -> None:
    assert fitted("short", 10, 100) == "short"
    assert fitted("a very long label", 10, 50).endswith("…")
    assert width_of(fitted("a very long label", 10, 50), 10) <= 50
    assert width_of("\u836f", 10) > width_of("a", 10)


@pytest.mark.usefixtures("home")
def test_bars_without_rows_are_still_a_picture() -> None:
    assert bars([], "nothing").svg().startswith("<svg ")
    assert stacks([], "nothing", series={"a": "#000000"}).svg().startswith("<svg ")


@pytest.mark.usefixtures("home")
def test_labels_are_words_and_not_markup() -> None:
    drawn = bars([Bar("<b>$x$ & y", (1,), ("1",))], 'title "quoted" <i>').svg()
    assert "&lt;b&gt;$x$ &amp; y" in drawn
    assert "<i>" not in drawn


def test_a_memory_makes_anew_what_is_too_old() -> None:
    moment, made = [0.0], []
    memory = Memory(lambda: moment[0])

    def make() -> int:
        made.append(1)
        return len(made)

    assert [memory.get("a", make, 60), memory.get("a", make, 60), memory.get("b", make, 60)] == [1, 1, 2]
    moment[0] = 61
    assert memory.get("a", make, 60) == 3


def test_many_who_ask_at_once_wait_for_one_count() -> None:
    memory, made = Memory(), []

    def make() -> int:
        made.append(1)
        time.sleep(0.05)
        return len(made)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: memory.get("a", make), range(8))) == [1] * 8


def test_a_count_that_failed_is_tried_again() -> None:
    memory = Memory()
    with pytest.raises(ZeroDivisionError):
        memory.get("a", lambda: 1 // 0)
    assert memory.get("a", lambda: 2) == 2


def test_a_memory_does_not_grow_without_end() -> None:
    memory = Memory()
    made = [memory.get(number, lambda: 1) for number in range(MOST_KEPT + 1)]
    assert len(made) == MOST_KEPT + 1
    assert memory.get(0, lambda: 2) == 2


@pytest.mark.parametrize("status", list(AnswerStatus))
def test_every_status_has_a_group_with_a_name(status: AnswerStatus) -> None:
    assert group_of(status) in GROUPS
    assert Words("en").cell("status", group_of(status))
