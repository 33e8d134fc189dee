"""From a wish to item and operation, in how many questions: `python -m training.evaluate.wishes`.

The wishes (`data/wishes.yml`) were written apart from the training utterances. Each question offers what the
assistant would offer, and a person who knows what they want answers it. A wish counts as reached if item and
operation are right after at most three questions; taking the wrong one without asking is a miss.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.content import read_yaml
from forms.guidance.wishes import read_wish, settle
from forms.items.catalogue import items

DATA = Path(__file__).parent / "data" / "wishes.yml"
MOST_QUESTIONS = 3


@dataclass(frozen=True)
class WishCase:
    """A wish with what it should lead to; half A was looked at, half B was not."""

    id: str
    half: str
    lang: str
    text: str
    item: str
    operation: str


@dataclass(frozen=True)
class Outcome:
    """Whether the wish was reached, and after how many questions."""

    case: WishCase
    is_reached: bool
    questions: int


def cases() -> list[WishCase]:
    """Return all wishes."""
    return [WishCase(**one) for one in read_yaml(DATA)]


def follow(case: WishCase) -> Outcome:
    """Lead one wish as the assistant would."""
    wish = read_wish(case.text)
    if wish is None:
        return Outcome(case, False, 0)
    settled, questions = settle(wish), 0
    code = settled.item_code
    if not code:
        questions += 1
        if case.item not in settled.offered:
            return Outcome(case, False, questions)
        code = case.item
    operation = wish.operation_for(code)
    if not operation:
        questions += 1
        operation = case.operation if case.operation in items()[code].operations_known else ""
    is_right = code == case.item and operation == case.operation
    return Outcome(case, is_right and questions <= MOST_QUESTIONS, questions)


def main(arguments: Sequence[str]) -> int:
    """Print reached shares by half and language."""
    outcomes = [follow(case) for case in cases()]
    for half in ("A", "B"):
        for lang in ("zh", "en"):
            found = [one for one in outcomes if one.case.half == half and one.case.lang == lang]
            reached = sum(one.is_reached for one in found)
            asked = sum(one.questions for one in found) / len(found)
            share = reached / len(found)
            print(
                f"half {half} {lang}: {reached} of {len(found)} reached ({share:.3f}), {asked:.2f} questions"
            )
    if "--misses" in arguments:
        for one in outcomes:
            if not one.is_reached and one.case.half == "A":
                print(one.case.id, one.case.text, one.case.item, one.case.operation)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
