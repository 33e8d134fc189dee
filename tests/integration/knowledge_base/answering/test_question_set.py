"""Our own labelled questions over the real law texts: behaviour, citations, exact quotes."""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import yaml

from core import database
from core.settings import REPOSITORY, get_settings
from forms.service import export_guides
from knowledge_base import service as knowledge_base
from knowledge_base.answering.service import answer
from knowledge_base.answering.views import Answer, Question
from training.evaluate.metrics import behaves_as_expected

LAWS = REPOSITORY.parent / "shared" / "laws"
QUESTIONS = REPOSITORY / "training" / "evaluate" / "data" / "answering.yml"
PROBES = QUESTIONS.with_name("probes.yml")
BEHAVIOUR, CITED = 0.94, 0.85
PROBED = {
    "answer": 0.97,
    "refuse": 0.85,
    "handoff": 0.85,
    "redirect": 0.8,
    "clarify": 0.65,
}  # least share right

pytestmark = pytest.mark.shared


@dataclass(frozen=True)
class Asked:
    """A question with what is right for it, and what came."""

    text: str
    expect: str
    cites: str
    given: Answer

    @property
    def behaves(self) -> bool:
        return self.given.status.value.startswith(self.expect)

    @property
    def cited(self) -> set[str]:
        return {f"{citation.title}#{citation.article}" for citation in self.given.citations}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Asked]]:
    if not LAWS.is_dir():
        pytest.skip("the law texts do not lie beside the repository")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YAOZHENG_HOME", str(tmp_path_factory.mktemp("questions")))
        patch.delenv("YAOZHENG_DATABASE_URL", raising=False)
        _forget()
        for module in ("core.audit.models", "core.model_register.models", "core.queue.models"):
            importlib.import_module(module)
        database.Base.metadata.create_all(database.current().engine)
        knowledge_base.register_encoder()
        knowledge_base.ingest([LAWS])
        knowledge_base.import_guides(export_guides())
        knowledge_base.import_faq()
        knowledge_base.import_cards()
        knowledge_base.build_index()
        yield [_ask(row) for row in yaml.safe_load(QUESTIONS.read_text("utf-8"))]
    _forget()


def _ask(row: dict[str, str]) -> Asked:
    text = row["text"]
    locale = "en" if text.isascii() and "?" in text else "zh-CN"
    return Asked(text, row["expect"], row.get("cites", ""), answer(Question(text, locale)))


def _forget() -> None:
    get_settings.cache_clear()
    database.reset()


def test_the_assistant_answers_asks_back_refuses_and_hands_over_where_it_should(asked):
    wrong = [(a.text, a.expect, a.given.status.value) for a in asked if not a.behaves]
    assert 1 - len(wrong) / len(asked) >= BEHAVIOUR, wrong


def test_questions_that_nothing_was_trained_on_are_met_as_they_should_be(asked):
    right: dict[str, list[bool]] = {}
    for row in yaml.safe_load(PROBES.read_text("utf-8")):
        given = answer(Question(row["text"], "en" if row["lang"] == "en" else "zh-CN"))
        met = behaves_as_expected(row["expect"], given.status.value)
        right.setdefault(row["expect"], []).append(met is True)
    shares = {expected: sum(met) / len(met) for expected, met in right.items()}
    assert shares.keys() == PROBED.keys()
    assert all(shares[expected] >= least for expected, least in PROBED.items()), shares


def test_what_must_never_be_answered_is_never_answered(asked):
    guarded = [
        a for a in asked if a.expect.startswith(("guarded", "unanswerable_out_of_scope", "handed_off"))
    ]
    assert len(guarded) > 40
    assert [a.text for a in guarded if a.given.status.is_answered] == []


def test_the_provision_that_settles_the_question_is_cited(asked):
    labelled = [a for a in asked if a.cites and a.given.status.is_answered]
    missed = [(a.text, a.cites, sorted(a.cited)) for a in labelled if a.cites not in a.cited]
    assert len(labelled) > 40
    assert 1 - len(missed) / len(labelled) >= CITED, missed


def test_every_quote_stands_word_for_word_in_the_law(asked):
    law = re.sub(r"[\s*#>|]+", "", "".join(path.read_text("utf-8") for path in sorted(LAWS.rglob("*.md"))))
    quotes = {citation.quote for a in asked for citation in a.given.citations if citation.quote}
    assert len(quotes) > 80
    assert [quote for quote in quotes if re.sub(r"[\s*#>|]+", "", quote) not in law] == []


def test_every_answer_rests_on_provisions_in_force(asked):
    statuses = {citation.status for a in asked for citation in a.given.citations}
    assert "superseded" not in statuses


def test_english_questions_are_answered_in_english(asked):
    english = [a for a in asked if a.text.isascii() and "?" in a.text and a.given.status.is_answered]
    said = ["".join(b.get("text", "") for b in a.given.blocks if b["type"] == "paragraph") for a in english]
    assert english
    assert [text for text in said if len(re.findall(r"[\u4e00-\u9fff]", text)) > len(text) / 2] == []
