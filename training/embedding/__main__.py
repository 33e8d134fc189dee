"""Command line: `python -m training.embedding --data FOLDER --out FOLDER`."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from training.embedding.pairs.assemble import Places
from training.embedding.settings import TrainingSettings, long_run

_CARDS = Path(__file__).resolve().parents[2] / "knowledge_base" / "content" / "cards"


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.embedding", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training sets")
    parser.add_argument("--out", type=Path, required=True, help="model folder to write")
    parser.add_argument("--laws", type=Path, help="folder of law texts (default: laws beside --data)")
    parser.add_argument("--cards", type=Path, help="folder of article cards (default: those of the product)")
    parser.add_argument(
        "--benchmarks", type=Path, help="benchmarks to exclude (default: eval/benchmarks beside --data)"
    )
    parser.add_argument(
        "--scratch", type=Path, help="folder for unpacked archives (default: a temporary folder)"
    )
    parser.add_argument(
        "--long", action="store_true", help="more data and pieces, 20 minutes; not what is shipped"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Train, write the model folder and print where the time went."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch

    from training.embedding import register, service

    torch.set_num_threads(1)
    chosen = _arguments(arguments)
    beside = chosen.data.parent
    begun = time.monotonic()

    def report(line: str) -> None:
        sys.stderr.write(f"[{time.monotonic() - begun:6.0f} s] {line}\n")
        sys.stderr.flush()

    settings = long_run() if chosen.long else TrainingSettings()
    with tempfile.TemporaryDirectory() as temporary:
        places = Places(
            data=chosen.data,
            laws=chosen.laws or beside / "laws",
            cards=chosen.cards or _CARDS,
            benchmarks=chosen.benchmarks or beside / "eval" / "benchmarks",
            unpacked=chosen.scratch or Path(temporary),
        )
        trained = service.train_encoder(places, settings, report)
    service.write_encoder(trained, chosen.out)
    register.write(chosen.out, trained, settings)
    report(f"written to {chosen.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
