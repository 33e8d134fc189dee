"""A thousand answers, and a thousand filings, put together again from what was traced alone.

The questions are those of the shipped answers and the probes; whatever is answered, asked back, refused or
not known is an answer that must be rebuilt, word for word. A sample is then held against the trail. Filings
of two items are handed in and rebuilt from the events of the trail.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from core.audit import service as audit
from core.database import reading
from core.database.engine import Database
from core.settings import REPOSITORY
from forms.filing import rebuilding
from knowledge_base import service as knowledge_base
from knowledge_base.answering.views import Question
from knowledge_base.models import AnswerTrace
from knowledge_base.traces.rebuilding import Outcome, Seal, rebuild_all, seal_of
from tests.benchmarks.test_recall_speed import installation, questions
from tests.faults import killing, submitting

__all__ = ["installation"]
pytestmark = [pytest.mark.benchmark, pytest.mark.shared, pytest.mark.timeout(1500)]
ANSWERS, FILINGS, CHECKED = 1000, 1000, 200
PROBES = REPOSITORY / "training" / "evaluate" / "data" / "probes.yml"


def asked() -> list[Question]:
    """Probes in both languages first, then the questions that the shipped answers are stored under."""
    probes = yaml.safe_load(PROBES.read_text("utf-8"))
    found = [Question(one["text"], "en" if one["lang"] == "en" else "zh-CN") for one in probes]
    return [*found, *map(Question, questions())][:ANSWERS]


def test_every_answer_is_rebuilt_word_for_word(
    installation: Path, record_property: Callable[[str, object], None]
) -> None:
    given = [knowledge_base.answer(question) for question in asked()]
    while audit.seal():
        pass
    made = rebuild_all([answer.trace_id for answer in given])
    outcomes = Counter(one.outcome.value for one in made)
    same = sum(
        (one.text, one.blocks) == (answer.text, answer.blocks) or one.outcome is Outcome.MASKED
        for one, answer in zip(made, given, strict=True)
    )
    with reading() as session:
        ids = [answer.trace_id for answer in given[:CHECKED]]
        traces = session.scalars(select(AnswerTrace).where(AnswerTrace.id.in_(ids))).all()
        seals = Counter(seal_of(session, trace).seal for trace in traces)
    statuses = Counter(answer.status.value for answer in given)
    share = sum(one.taken for one in made) / max(sum(one.taken + one.own for one in made), 1)
    print(f"\nrebuilt {same} of {len(given)}: {dict(outcomes)}; from sources {share:.2f}; {dict(statuses)}")
    record_property("rebuilt", f"{same} of {len(given)}")
    assert len(given) == ANSWERS
    assert same == ANSWERS
    assert seals == {Seal.FITTING: CHECKED}


def test_every_filing_is_rebuilt_from_the_trail(
    store: Database, record_property: Callable[[str, object], None]
) -> None:
    entries = killing.prepare(FILINGS)
    numbers = [submitting.hand_in(entry)["filing_no"] for entry in entries]
    made = [rebuilding.rebuild_filing(entry["filing_id"]) for entry in entries]
    outcomes = Counter(one.outcome.value for one in made)
    print(f"\n{store.engine.dialect.name}: rebuilt filings {dict(outcomes)}, {len(made[0].moves)} moves each")
    record_property("filings", dict(outcomes))
    assert [one.filing_no for one in made] == numbers
    assert all(one.values and one.state == "submitted" for one in made)
    assert outcomes == {rebuilding.Outcome.SAME: FILINGS}
