"""Render the model card from the register entry and its template."""

from importlib.resources import files
from typing import Any


def render(entry: dict[str, Any]) -> str:
    """Return the model card in markdown.

    Args:
        entry: The register entry, without hashes.
    """
    template = files(__package__).joinpath("model_card.md").read_text("utf-8")
    rows = [f"| {d['name']} | {d['licence']} | {d['credit']} | {d['use']} |" for d in entry["training_data"]]
    stages = entry["evaluation"]["held_out_cards"]
    figures = [_figure_row(name, stages[key]) for name, key in _STAGES]
    pairs = ", ".join(f"{name} {count:,}" for name, count in entry["pairs"].items())
    filled = {
        "version": entry["version"],
        "dim": entry["dim"],
        "pieces": f"{entry['pieces']:,}",
        "minutes": round(entry["training_seconds"] / 60),
        "data": "\n".join(rows),
        "held_out": "\n".join(figures),
        "pairs": pairs,
        "measured": _measured(entry["evaluation"]),
    }
    for key, value in filled.items():
        template = template.replace("{{" + key + "}}", str(value))
    return template


_STAGES = (
    ("starting vectors", "starting_vectors"),
    ("after the first stage", "first_stage"),
    ("after the second stage", "second_stage"),
)


def _figure_row(name: str, result: dict[str, Any]) -> str:
    cells = [f"{result[k][lang]:.3f}" for lang in ("zh", "en") for k in ("hit_at_1", "hit_at_10")]
    return f"| {name} | " + " | ".join(cells) + " |"


def _measured(evaluation: dict[str, Any]) -> str:
    """Return the table of the reference run, or a line saying that it has not been run."""
    reference = evaluation.get("reference_run")
    if not reference:
        return "Not measured yet for this version: run `python -m training.evaluate --encoder PATH`."
    lines = ["| system | zh hit@1 / 5 / 10 | en hit@1 / 5 / 10 |", "|---|---|---|"]
    for system, by_language in reference["systems"].items():
        cells = [" / ".join(f"{by_language[lang][k]:.2f}" for k in ("1", "5", "10")) for lang in ("zh", "en")]
        lines.append(f"| {system} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines)
