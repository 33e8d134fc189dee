"""Command line of the measurements.

`python -m training.evaluate --batch OUT.jsonl` or `--encoder PATH`, with `--questions`;
`--report FILE.html` writes the batch's figures as a page; `--gate` ends with 1 where one misses `gate.yml`;
`--benchmark SET.json.xz` for a public retrieval set.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from training.evaluate import report
from training.evaluate.batch import score_batch
from training.evaluate.gate import GATE, read_floors, shortfalls
from training.evaluate.questions import read_provisions, read_questions, read_replies
from training.evaluate.reference import load_encoder, score_reference

_EVALUATION = Path(__file__).resolve().parents[2].parent / "shared" / "eval"


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    measured = parser.add_mutually_exclusive_group(required=True)
    measured.add_argument("--batch", type=Path, help="output of `yaozheng ask --batch`")
    measured.add_argument("--encoder", type=Path, help="sentence-transformers folder, for the reference run")
    measured.add_argument("--benchmark", type=Path, help="public retrieval set, run in a home of its own")
    parser.add_argument("--questions", type=Path, default=_EVALUATION / "questions_dev.jsonl")
    parser.add_argument("--articles", type=Path, default=_EVALUATION / "law_articles.jsonl")
    parser.add_argument("--report", type=Path, help="page to write, with --batch")
    parser.add_argument("--locale", choices=("zh", "en"), default="zh", help="language of the page")
    parser.add_argument("--gate", type=Path, nargs="?", const=GATE, help="floors to hold, with --batch")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    chosen = _arguments(arguments)
    if chosen.benchmark:
        figures = _benchmark(chosen.benchmark)
        _print(figures, report.benchmark_lines(figures), as_json=chosen.json)
        return 0
    questions = read_questions(chosen.questions)
    if chosen.batch:
        figures = score_batch(questions, read_replies(chosen.batch))
        lines = report.batch_lines(figures)
        if chosen.report:
            from training.evaluate.page import write_page  # loads the plotting library

            write_page(chosen.report, figures, chosen.locale)
    else:
        figures = score_reference(questions, read_provisions(chosen.articles), load_encoder(chosen.encoder))
        lines = report.reference_lines(figures)
    _print(figures, lines, as_json=chosen.json)
    return _gate(chosen.gate, figures) if chosen.gate and chosen.batch else 0


def _gate(path: Path, figures: dict[str, Any]) -> int:
    missed = shortfalls(figures, read_floors(path))
    sys.stderr.writelines(f"{line}\n" for line in missed)
    return 1 if missed else 0


def _print(figures: dict[str, Any], lines: Iterable[str], *, as_json: bool) -> None:
    sys.stdout.write(json.dumps(figures, ensure_ascii=False) if as_json else "\n".join(lines))
    sys.stdout.write("\n")


def _benchmark(path: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as home:
        os.environ["YAOZHENG_HOME"] = home
        os.environ.pop("YAOZHENG_DATABASE_URL", None)
        from training.evaluate.benchmark import score_set  # reads the settings

        return score_set(path)


if __name__ == "__main__":
    sys.exit(main())
