"""The desk: looking for cases, replies used often, resolved cases that asked much the same."""

from dataclasses import replace

import pytest

from bot.conversations import service as conversations
from bot.handoff import service
from bot.handoff.service import CaseFilter, OtherCase
from core.database import transaction
from core.errors import InvalidInput, NotAvailable
from core.identity import Actor, Role
from tests.integration.bot.conftest import People
from tests.integration.bot.test_handoff_packet import suggested

__all__ = ["suggested"]


def opened(question: str, reason: str = "asked_for", channel: str = "web") -> str:
    made = conversations.open_conversation(channel=channel, locale="zh-CN", actor=Actor())
    return service.request_handoff(made.conversation_id, reason, unanswered=question).case_id


def found(people: People, state: str | None = None, **wanted: object) -> set[str]:
    filters = CaseFilter(**wanted)  # type: ignore[arg-type]
    return {one.case_id for one in service.list_cases(people.officer, state=state, wanted=filters)}


def test_cases_are_found_by_their_words_and_marks(people: People, suggested: list[tuple[str, str]]) -> None:
    cream, mask = opened("面霜备案要哪些材料"), opened("口罩经营要备案吗", "low_confidence", "miniprogram")
    number = next(one.case_no for one in service.list_cases(people.officer) if one.case_id == cream)
    assert found(people) == {cream, mask}
    assert found(people, text="面霜") == {cream}
    assert found(people, text=number.lower()) == {cream}
    assert found(people, text="100%_") == set()
    assert found(people, reason="low_confidence") == {mask}
    assert found(people, channel="miniprogram") == {mask}
    assert found(people, is_mine=True) == set()
    service.claim_case(people.officer, mask)
    assert found(people, is_mine=True) == {mask}
    service.close_case(people.officer, mask, resolution="第二类需要经营备案")
    assert found(people, "closed", text="经营备案") == {mask}
    assert found(people, "closed", text="面霜") == set()


def test_pages_follow_one_another_without_a_gap(people: People, suggested: list[tuple[str, str]]) -> None:
    made = {opened(f"问题{number}") for number in range(service.PAGE_SIZE + 7)}
    first = service.list_cases(people.officer)
    assert len(first) == service.PAGE_SIZE + 1
    second = service.list_cases(people.officer, wanted=CaseFilter(page=2))
    seen = [one.case_id for one in [*first[: service.PAGE_SIZE], *second]]
    assert len(seen) == len(set(seen))
    assert set(seen) == made


def test_what_was_told_before_is_shown_with_a_case_that_asks_much_the_same(
    people: People, suggested: list[tuple[str, str]]
) -> None:
    earlier = opened("进口面霜备案需要哪些材料？")
    service.claim_case(people.officer, earlier)
    service.close_case(people.officer, earlier, resolution="需要境外授权书和产品检验报告")
    other = opened("药店搬家要办什么")
    service.claim_case(people.officer, other)
    service.close_case(people.officer, other, resolution="先申请变更")
    now = opened("进口的面霜备案要哪些材料")
    similar = service.get_case(people.officer, now).similar
    assert [one.case_id for one in similar] == [earlier]
    assert similar[0].resolution == "需要境外授权书和产品检验报告"


def test_an_officer_sees_that_the_person_has_another_open_case(
    people: People, suggested: list[tuple[str, str]]
) -> None:
    def ask(item: str, actor: Actor = people.applicant) -> str:
        enterprise = people.enterprise_id if actor == people.applicant else None
        made = conversations.open_conversation(
            channel="web", locale="zh-CN", actor=actor, enterprise_id=enterprise
        )
        return service.request_handoff(
            made.conversation_id, "asked_for", unanswered="?", service_item_code=item
        ).case_id

    cream, drug = ask("cosmetic_filing"), ask("drug_change")
    ask("cosmetic_filing", people.stranger)
    number = service.get_case(people.colleague, drug).summary.case_no
    assert service.get_case(people.colleague, cream).others == [OtherCase(drug, number)]
    assert service.get_case(people.officer, cream).others == [OtherCase()]
    service.claim_case(people.colleague, drug)
    service.close_case(people.colleague, drug, resolution="好了")
    assert service.get_case(people.colleague, cream).others == []


def test_two_visitors_who_are_not_signed_in_are_not_one_person(
    people: People, suggested: list[tuple[str, str]]
) -> None:
    first, _ = opened("面霜"), opened("口罩")
    assert service.get_case(people.officer, first).others == []


def test_supervisors_keep_replies_and_officers_find_those_of_language_and_field(people: People) -> None:
    boss = Actor("acct_boss", Role.SUPERVISOR)
    general = service.save_canned(boss, locale="zh-CN", domain="", title="问候", text="您好，请讲。")
    drug = service.save_canned(boss, locale="zh-CN", domain="drug", title="药店", text="请带许可证。")
    service.save_canned(boss, locale="en", domain="", title="Hello", text="Good day.")
    shown = service.list_canned(people.officer, locale="zh-CN", domain="cosmetic")
    assert [one.id for one in shown] == [general]
    assert {one.id for one in service.list_canned(people.officer, locale="zh-CN")} == {general, drug}
    changed = {"locale": "zh-CN", "domain": "", "title": "问候", "text": "您好！"}
    assert service.save_canned(boss, **changed, reply_id=general) == general
    assert service.list_canned(people.officer, locale="zh-CN", domain="")[0].text == "您好！"
    service.delete_canned(boss, drug)
    with pytest.raises(NotAvailable):
        service.delete_canned(boss, drug)


@pytest.mark.parametrize(
    "wrong", [{"title": " "}, {"text": ""}, {"title": "长" * 81}, {"locale": "fr"}, {"domain": "food"}]
)
def test_a_reply_that_cannot_be_kept_is_refused(people: People, wrong: dict[str, str]) -> None:
    good = {"locale": "zh-CN", "domain": "", "title": "问候", "text": "您好"}
    with pytest.raises(InvalidInput):
        service.save_canned(Actor("acct_boss", Role.SUPERVISOR), **{**good, **wrong})


def test_only_supervisors_keep_replies_and_only_staff_read_them(people: People) -> None:
    for actor in (people.officer, Actor("acct_x", Role.APPLICANT), Actor("acct_e", Role.EDITOR)):
        with pytest.raises(NotAvailable):
            service.save_canned(actor, locale="zh-CN", domain="", title="a", text="b")
        with pytest.raises(NotAvailable):
            service.delete_canned(actor, "cnr_none")
    for actor in (Actor("acct_x", Role.APPLICANT), Actor()):
        with pytest.raises(NotAvailable):
            service.list_canned(actor)


def test_an_officer_finds_no_case_of_another_province(
    people: People, suggested: list[tuple[str, str]]
) -> None:
    from bot.handoff.models import HandoffCase

    case_id = opened("这是别省的问题")
    with transaction() as session:
        session.get_one(HandoffCase, case_id).province = "藏"
    assert found(replace_officer(people, "沪"), text="别省") == set()


def replace_officer(people: People, province: str) -> People:
    return replace(people, officer=replace(people.officer, province=province))
