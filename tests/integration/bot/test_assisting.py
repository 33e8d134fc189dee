"""帮办: only with consent, for this officer, while the case is theirs; the applicant decides on values."""

from collections.abc import Callable

import pytest

from bot.conversations import service as conversations
from bot.handoff import service
from core.database.engine import Database
from core.errors import Conflict, InvalidInput, NotAvailable
from core.identity import Actor
from forms import service as forms
from forms.service import Accepted, Rejected
from tests.integration.bot.test_handoff_packet import _officer as officer_of
from tests.integration.bot.test_handoff_packet import draft, suggested

__all__ = ["draft", "suggested"]
KEY, VALUE = "product_name_zh", "清润协助面霜"


class Help:
    """An applicant with a draft, and the officer who has claimed the case about it."""

    def __init__(self, applicant: Actor, filing_id: str) -> None:
        self.applicant, self.filing_id = applicant, filing_id
        opened = conversations.open_conversation(channel="web", locale="zh-CN", actor=applicant)
        self.conversation_id = opened.conversation_id
        ticket = service.request_handoff(self.conversation_id, "form_stuck", filing_id=filing_id)
        self.case_id = ticket.case_id
        enterprise = forms.list_enterprises(applicant)[0]
        self.officer = officer_of(enterprise.province)
        service.claim_case(self.officer, self.case_id)

    def ask(self) -> "Help":
        service.request_assistance(self.officer, self.case_id)
        return self

    def agree(self) -> "Help":
        self.ask()
        service.answer_assistance(self.applicant, self.filing_id, True)
        return self

    def case(self) -> service.CaseView:
        return service.get_case(self.officer, self.case_id)

    def propose(self, key: str = KEY, value: str = VALUE, note: str = "") -> str:
        made = service.propose_value(self.officer, self.case_id, key, value, note=note)
        assert not isinstance(made, Rejected), made
        return made.id

    def answer(self, proposal_id: str, accepted: bool) -> Accepted | Rejected:
        return service.answer_proposal(self.applicant, self.filing_id, proposal_id, accepted, "zh-CN")

    def field(self, key: str = KEY) -> forms.FieldView:
        filing = forms.get_filing(self.applicant, self.filing_id, "zh-CN")
        return next(one for one in filing.fields if one.key == key)

    def told(self) -> list[str]:
        return [one.text for one in conversations.read_messages(self.conversation_id, after=0, limit=100)]


@pytest.fixture
def help_(draft: tuple[Actor, str], suggested: list[tuple[str, str]]) -> Help:
    return Help(*draft)


def test_without_consent_the_officer_sees_no_value(help_: Help) -> None:
    case = help_.case()
    assert case.filing is not None
    assert case.watched is None
    assert not any(one.display or one.value for one in case.filing.fields)
    assert "assist" in case.actions
    assert help_.ask().case().watched is None
    with pytest.raises(Conflict, match="assist_no_consent"):
        help_.propose()


def test_with_consent_the_draft_is_watched_live_and_masked(help_: Help) -> None:
    watched = help_.agree().case().watched
    assert watched is not None
    shown = {one.key: one.display for one in watched.fields}
    assert shown["ent_name"]
    assert "*" in shown["legal_rep_id"]
    forms.answer_field(help_.applicant, help_.filing_id, KEY, "改了的名字", source="web", locale="zh-CN")
    again = help_.case().watched
    assert again is not None
    assert again.version > watched.version
    assert next(one.display for one in again.fields if one.key == KEY) == "改了的名字"


def test_a_value_taken_carries_both_names(help_: Help) -> None:
    proposal = help_.agree().propose(note="与备案号一致")
    assert help_.field().display != VALUE
    assert isinstance(help_.answer(proposal, True), Accepted)
    taken = help_.field()
    assert (taken.display, taken.status, taken.origin) == (VALUE, "confirmed", "officer")
    assert taken.receipt is not None
    assert taken.receipt.record_id == proposal
    assert taken.receipt.confirmed_by == help_.applicant.account_id
    assert help_.officer.display_name in taken.receipt.text
    assert any(VALUE in text and "与备案号一致" in text for text in help_.told())
    with pytest.raises(Conflict, match="proposal_answered"):
        help_.answer(proposal, True)


def test_a_value_declined_changes_nothing(help_: Help) -> None:
    before = help_.agree().field()
    assert isinstance(help_.answer(help_.propose(), False), Rejected)
    assert help_.field().value == before.value
    assert help_.field().status == before.status


def test_a_second_proposal_for_a_field_replaces_the_first(help_: Help) -> None:
    first = help_.agree().propose()
    help_.propose(value="清润另一面霜")
    with pytest.raises(Conflict):
        help_.answer(first, True)
    watched = help_.case().watched
    assert watched is not None
    assert watched.assistance is not None
    assert [one.display for one in watched.assistance.proposals] == ["清润另一面霜"]


@pytest.mark.parametrize("key", ["legal_rep_id", "qs_officer", "contact_mobile", "truth_commit", "formula_x"])
def test_what_is_personal_or_ones_own_statement_is_not_proposed(help_: Help, key: str) -> None:
    help_.agree()
    found = service.propose_value(help_.officer, help_.case_id, key, "13800138000")
    assert isinstance(found, Rejected)
    assert found.code in ("forms.rejected.not_proposed", "forms.rejected.not_asked")


def test_a_value_against_the_rules_is_refused_at_once(help_: Help) -> None:
    help_.agree()
    found = service.propose_value(help_.officer, help_.case_id, "users", "没有这种人群")
    assert isinstance(found, Rejected)


@pytest.mark.parametrize(
    "leave",
    [
        lambda help_: service.withdraw_consent(help_.applicant, help_.filing_id),
        lambda help_: service.stop_assisting(help_.officer, help_.case_id),
        lambda help_: service.release_case(help_.officer, help_.case_id),
        lambda help_: service.close_case(help_.officer, help_.case_id, resolution="已说明"),
    ],
    ids=["applicant stops", "officer stops", "released", "closed"],
)
def test_consent_ends_at_once(help_: Help, leave: Callable[[Help], None]) -> None:
    proposal = help_.agree().propose()
    leave(help_)
    assert forms.observed(help_.officer, help_.case_id, "zh-CN") is None
    with pytest.raises(Conflict):
        help_.answer(proposal, True)
    with pytest.raises(Conflict):
        help_.propose()
    filing = forms.get_filing(help_.applicant, help_.filing_id, "zh-CN")
    assert filing.assistance is None


def test_consent_is_for_one_officer(help_: Help) -> None:
    help_.agree()
    other = Actor("acct_other", help_.officer.role, province=help_.officer.province)
    assert forms.observed(other, help_.case_id, "zh-CN") is None
    with pytest.raises(Conflict):
        service.propose_value(other, help_.case_id, KEY, VALUE)


def test_strangers_answer_nothing(help_: Help) -> None:
    proposal = help_.agree().propose()
    stranger = Actor("acct_stranger", help_.applicant.role, enterprise_ids=frozenset({"ent_else"}))
    for act in (
        lambda: service.answer_assistance(stranger, help_.filing_id, True),
        lambda: service.withdraw_consent(stranger, help_.filing_id),
        lambda: service.answer_proposal(stranger, help_.filing_id, proposal, True, "zh-CN"),
        lambda: service.answer_proposal(help_.officer, help_.filing_id, proposal, True, "zh-CN"),
        lambda: service.answer_assistance(help_.officer, help_.filing_id, True),
    ):
        with pytest.raises(NotAvailable):
            act()


def test_declining_leaves_the_draft_hidden_and_asking_again_is_possible(help_: Help) -> None:
    help_.ask()
    service.answer_assistance(help_.applicant, help_.filing_id, False)
    assert help_.case().watched is None
    with pytest.raises(Conflict, match="assist_not_asked"):
        service.answer_assistance(help_.applicant, help_.filing_id, True)
    assert help_.agree().case().watched is not None


def test_a_case_without_a_draft_has_nothing_to_help_with(
    db: Database, conversation: str, people: object, suggested: list[tuple[str, str]]
) -> None:
    officer = people.officer  # type: ignore[attr-defined]
    ticket = service.request_handoff(conversation, "asked_for")
    service.claim_case(officer, ticket.case_id)
    with pytest.raises(InvalidInput, match="assist_no_draft"):
        service.request_assistance(officer, ticket.case_id)
