"""The figures of a batch as one page that a manager can read: no script, plots inside, in both languages."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core import clock
from core.content import read_yaml
from training.evaluate import charts
from training.evaluate.gate import GATE, read_floors, value_of

FOLDER = Path(__file__).parent
BEHAVIOURS = ("answered_with_label", "clarify", "refuse", "out_of_scope", "handoff", "wrongly_refused")


def words(locale: str) -> dict[str, str]:
    """Return the page's words in a language."""
    return {key: both[locale] for key, both in read_yaml(FOLDER / "page_words.yml").items()}


def write_page(path: Path, figures: Mapping[str, Any], locale: str) -> None:
    """Write the page.

    Args:
        path: file to write.
        figures: as ``score_batch`` returns them.
        locale: ``zh`` or ``en``.
    """
    told = words(locale)
    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
    page = environment.get_template("page.html").render(
        w=told,
        locale={"zh": "zh-CN", "en": "en"}[locale],
        made=clock.today().isoformat(),
        figures=figures,
        behaviours=BEHAVIOURS,
        gate=_gate(figures),
        plots={
            "coverage": charts.coverage(figures["coverage_curve"], told),
            "recall": charts.recall(figures["hit"], told),
            "calibration": charts.calibration(figures["reliability"], told),
        },
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, "utf-8")


def _gate(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = []
    for floor in read_floors(GATE):
        value = value_of(figures, floor.figure)
        held = (floor.least is None or value >= floor.least) and (floor.most is None or value <= floor.most)
        bound = f"≥ {floor.least}" if floor.least is not None else f"≤ {floor.most}"
        rows.append({"figure": floor.figure, "value": value, "bound": bound, "held": held})
    return rows
