"""Every action that the code records in the audit trail has words for the auditor, in every language."""

import pytest

from forms.filing.states import State as FilingState
from i18n.service import has_message
from knowledge_base.curation.states import Step as CurationStep
from knowledge_base.improvement.gathering import ANSWERED, OPEN
from knowledge_base.push.states import Step as PushStep
from web.pages.auditing import action_words

from .recorded import recordings, values

# What the code alone does not say: every value that the expression can have.
BY_VALUE = {
    "?core/model_register/serving.py action": {"switched", "rolled_back"},
    "?forms/filing/processing.py wish.to_state": {one.value for one in FilingState},
    "?knowledge_base/curation/service.py Step.EDIT": {CurationStep.EDIT.value},
    "?knowledge_base/curation/steps.py step.value": {one.value for one in CurationStep},
    "?knowledge_base/improvement/answered.py row.state": {ANSWERED, OPEN},
    "?knowledge_base/push/service.py step.value": {one.value for one in PushStep},
}


def found() -> set[str]:
    return {action for spot in recordings() for action in values(spot)}


def told() -> set[str]:
    actions = set()
    for action in found():
        head, mark, rest = action.partition("?")
        actions |= {head + value for value in BY_VALUE.get(mark + rest, set())} if mark else {action}
    return actions


def test_what_the_code_does_not_say_is_listed_here() -> None:
    open_ones = {f"?{action.partition('?')[2]}" for action in found() if "?" in action}
    assert open_ones == set(BY_VALUE)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_action_that_is_recorded_has_words(locale: str) -> None:
    actions = told()
    assert len(actions) > 100
    assert sorted(one for one in actions if not has_message(action_words(one), locale)) == []


def test_an_action_is_a_thing_and_what_was_done_with_it() -> None:
    assert [one for one in told() if len(one.split(".")) != 2] == []
