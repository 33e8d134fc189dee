"""Curves, the release gate and the page."""

from pathlib import Path

import pytest

from core.content import read_yaml
from training.evaluate import curves
from training.evaluate.batch import score_batch
from training.evaluate.gate import GATE, Floor, read_floors, shortfalls, value_of
from training.evaluate.page import FOLDER, words, write_page
from training.evaluate.questions import Question, Reply

A = ("甲法", "1")


def case(name: str, support: float, *, right: bool, expected: str = "answer") -> tuple[Question, Reply]:
    cited = frozenset({A}) if right else frozenset({("乙法", "9")})
    question = Question(name, "zh", name, expected, frozenset({A}), "drug")
    return question, Reply(name, "answered", (A,), cited, 5.0, support)


CASES = [
    case("1", 0.9, right=True),
    case("2", 0.8, right=True),
    case("3", 0.5, right=False),
    case("4", 0.4, right=True, expected="refuse"),
]
SILENT = (
    Question("5", "en", "5", "answer", frozenset({A})),
    Reply("5", "unanswerable_no_source", (), frozenset(), 1.0),
)


def test_the_curve_goes_from_the_surest_answer_to_all() -> None:
    points = curves.coverage_curve([*CASES, SILENT])
    assert [round(p.coverage, 2) for p in points] == [0.25, 0.5, 0.5, 0.5]
    assert [round(p.error, 2) for p in points] == [0.0, 0.0, 0.33, 0.5]
    assert points[0].threshold == 0.9


def test_an_answer_where_none_was_wanted_is_wrong() -> None:
    assert not curves.is_right(*CASES[3])


def test_reliability_bins_hold_all_answers() -> None:
    bins = curves.reliability(CASES)
    assert sum(part.n for part in bins) == 4
    assert [part.support for part in bins] == sorted(part.support for part in bins)


def test_behaviour_by_what_is_expected() -> None:
    found = curves.behaviour([*CASES, SILENT])
    assert found["answered_with_label"] == {"share": 0.5, "n": 4}
    assert found["refuse"] == {"share": 0.0, "n": 1}
    assert found["wrongly_refused"] == {"share": 0.25, "n": 4}


def figures() -> dict[str, object]:
    cases = [*CASES, SILENT]
    return score_batch([q for q, _ in cases], {r.id: r for _, r in cases})


def test_a_missed_floor_is_named_with_its_value() -> None:
    floors = [Floor(figure="hit.zh.5", least=0.5), Floor(figure="behaviour.all.refuse.share", least=0.9)]
    assert shortfalls(figures(), floors) == ["behaviour.all.refuse.share = 0.000 < 0.9"]
    assert shortfalls(figures(), [Floor(figure="latency_ms.p95", most=4)]) == ["latency_ms.p95 = 5.000 > 4.0"]


def test_every_shipped_floor_names_a_figure() -> None:
    floors = read_floors(GATE)
    assert len(floors) >= 10
    for floor in floors:
        value_of(figures(), floor.figure)


def test_a_floor_without_a_bound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gate.yml").write_text("- {figure: hit.zh.5}\n", "utf-8")
    with pytest.raises(ValueError, match=r"gate\.yml"):
        read_floors(tmp_path / "gate.yml")


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_the_page_holds_plots_and_the_words_of_its_language(tmp_path: Path, locale: str) -> None:
    path = tmp_path / "report.html"
    write_page(path, figures(), locale)
    page = path.read_text("utf-8")
    assert page.count("<svg") == 3
    assert "<script" not in page
    assert words(locale)["gate_title"] in page
    assert words("en" if locale == "zh" else "zh")["gate_title"] not in page


def test_every_word_has_both_languages() -> None:
    for key, both in read_yaml(FOLDER / "page_words.yml").items():
        assert set(both) == {"zh", "en"}, key
        assert all(both.values()), key
