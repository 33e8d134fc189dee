"""Count which laws people ask about: `python -m training.asked_laws --data FOLDER`.

Writes `knowledge_base/search/asked_laws.yml` from the lay questions of STARD's training part (MIT) and the
provisions that our own frequent questions rest on. Test questions of the benchmarks are left out.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import yaml

from core.content import read_yaml
from knowledge_base.search.familiarity import COUNTS
from knowledge_base.sources.shipped import CONTENT
from knowledge_base.sources.structure.titles import law_title
from training.embedding.corpus.questions import held_out_questions, read_stard_laws

_HEADER = """\
# How many lay questions each law answers. Written by `python -m training.asked_laws`; not edited by hand.
# Lay questions: STARD, training part (MIT, oneal2000/STARD); our own frequent questions by what they rest on.
"""


def count_laws(cited: Iterable[str]) -> dict[str, int]:
    """Return the laws by how often they are cited, the most cited first; single citations count too."""
    counts = Counter(title for name in cited if (title := law_title(name)))
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def frequent_questions(folder: Path = CONTENT / "faq") -> Iterable[str]:
    """Yield the law of every provision that our own frequent questions rest on."""
    for path in sorted(folder.glob("*.yml")):
        loaded = read_yaml(path)
        for entry in loaded["entries"] if isinstance(loaded, dict) else loaded:
            for basis in entry.get("basis") or []:
                yield str(basis).partition("#")[0] if isinstance(basis, str) else str(basis["law"])


def main(arguments: list[str] | None = None) -> int:
    """Count and write."""
    parser = argparse.ArgumentParser(prog="python -m training.asked_laws", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training sets")
    parser.add_argument("--benchmarks", type=Path, help="benchmarks to exclude (default: beside --data)")
    parser.add_argument("--out", type=Path, default=COUNTS)
    chosen = parser.parse_args(arguments)
    benchmarks = chosen.benchmarks or chosen.data.parent / "eval" / "benchmarks"
    excluded = held_out_questions(benchmarks / "stard.json.xz")
    counts = count_laws([*read_stard_laws(chosen.data, excluded), *frequent_questions()])
    chosen.out.write_text(_HEADER + yaml.safe_dump(counts, allow_unicode=True, sort_keys=False), "utf-8")
    sys.stdout.write(f"{len(counts)} laws, {sum(counts.values())} citations: {chosen.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
