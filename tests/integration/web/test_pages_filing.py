"""The web form without JavaScript: every field can be filled, confirmed, mended, checked and handed in."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from core.database import reading
from core.identity.models import Account
from core.identity.service import actor_of
from forms import service as forms
from forms.models import Filing, FilingValue
from i18n.service import translate
from tests.integration.web.plain_browser import PlainBrowser
from tests.integration.web.test_pages import hold_to_the_rules

ANSWERS = {
    "special": "no",
    "kind": "cosmetic",
    "matter": "first",
    "origin": "domestic",
    "production": "self",
    "new_ingredient": "no",
}
START = "/service-items/cosmetic_filing/start"
FILES = ("standard", "label", "test_report", "safety_report")


def begin(found: PlainBrowser) -> str:
    """Answer the routing questions and open the draft; return its address."""
    found.open(START)
    for _ in range(8):
        radios = found.page.xpath("//main//input[@type='radio']/@name")
        if not radios:
            break
        name = radios[0]
        found.send(START, **{name: ANSWERS[name.removeprefix("a.")]})
    found.send(START)
    assert found.path.startswith("/filings/fil_"), found.text
    return found.path


def group(found: PlainBrowser, key: str) -> str:
    return f"{found.path.split('/groups')[0].rsplit('/check', 1)[0]}/groups/{key}"


def stored(filing: str) -> dict[str, FilingValue]:
    with reading() as session:
        rows = session.scalars(select(FilingValue).where(FilingValue.filing_id == filing.rsplit("/", 1)[1]))
        return {row.key: row for row in rows}


def test_the_routing_questions_lead_to_a_form_with_receipts(browser: Callable[[str], PlainBrowser]) -> None:
    found = browser("applicant1")
    address = begin(found)
    proposed = [key for key, row in stored(address).items() if row.status == "proposed"]
    assert len(proposed) >= 10
    for key in proposed:
        [entry] = found.page.xpath(f"//*[@id='field-{key}']")
        assert entry.xpath(".//*[@class='receipt']"), key
        assert entry.xpath(f".//button[@value='confirm:{key}']"), key


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_the_form_keeps_the_rules_in_both_languages(
    browser: Callable[[str], PlainBrowser], locale: str
) -> None:
    found = browser("applicant1")
    address = begin(found)
    hold_to_the_rules(found.open(f"{address}?lang={locale}"), locale)
    for input_id in found.page.xpath(
        "//main//*[self::input or self::select or self::textarea]/@aria-labelledby"
    ):
        assert found.page.xpath(f"//*[@id='{input_id}']"), input_id


def test_an_answer_that_ends_the_routing_opens_no_form(browser: Callable[[str], PlainBrowser]) -> None:
    found = browser("applicant1").open(START)
    found.send(START, **{"a.special": "yes"})
    assert translate("web.page.start.outcome.not_applicable", "zh-CN") in found.text
    assert not found.page.xpath("//form[@method='post' and .//input[@name='idempotency_key']]")


def test_saving_a_group_stores_what_was_typed_and_leaves_the_rest_unconfirmed(
    browser: Callable[[str], PlainBrowser],
) -> None:
    found = browser("applicant1")
    address = begin(found)
    before = {key: row.status for key, row in stored(address).items()}
    found.send(group(found, "product"), **{"f.product_name_zh": "清润保湿面霜", "f.efficacy": ["11", "07"]})
    assert found.path == address
    after = stored(address)
    assert after["product_name_zh"].value == "清润保湿面霜"
    assert sorted(after["efficacy"].value) == ["07", "11"]
    untouched = set(before) - {"product_name_zh", "efficacy", "class_code"}
    assert {key: after[key].status for key in untouched if key in after} == {
        key: before[key] for key in untouched if key in after
    }


def test_what_cannot_be_taken_is_shown_beside_its_field_with_what_was_typed(
    browser: Callable[[str], PlainBrowser],
) -> None:
    found = browser("applicant1")
    address = begin(found)
    found.send(group(found, "persons"), **{"f.contact_mobile": "12345"})
    assert found.status == 422
    [entry] = found.page.xpath("//*[@id='field-contact_mobile']")
    assert entry.xpath(".//*[@class='field__error']")
    assert entry.xpath(".//input[@name='f.contact_mobile']/@value") == ["12345"]
    assert found.page.xpath("//*[@data-summary]//a[@href='#field-contact_mobile']")
    assert stored(address)["contact_mobile"].value != "12345"


def test_one_value_is_confirmed_and_then_all(browser: Callable[[str], PlainBrowser]) -> None:
    found = browser("applicant1")
    address = begin(found)
    found.send(group(found, "enterprise"), ("press", "confirm:ent_name"))
    rows = stored(address)
    assert rows["ent_name"].status == "confirmed"
    assert rows["uscc"].status == "proposed"
    found.send(f"{address}/confirmations")
    doubtless = [row for row in stored(address).values() if not row.problems]
    assert all(row.status == "confirmed" for row in doubtless)


def test_identity_numbers_never_reach_the_page(browser: Callable[[str], PlainBrowser]) -> None:
    found = browser("applicant1")
    begin(found)
    with reading() as session:
        account = session.scalars(select(Account).where(Account.login == "applicant1")).one()
        numbers = {account.id_number, account.mobile}
    numbers |= {str(row.value["id_number"]) for row in stored(found.path).values() if row.key == "qs_officer"}
    assert len(numbers) >= 3
    for number in numbers:
        assert number not in found.answer.text


def test_a_masked_part_must_be_typed_anew_and_is_otherwise_untouched(
    browser: Callable[[str], PlainBrowser],
) -> None:
    found = browser("applicant1")
    address = begin(found)
    kept = stored(address)["qs_officer"].value
    assert found.page.xpath("//input[@name='f.qs_officer.id_number']/@value") == [""]
    found.send(group(found, "persons"))
    assert stored(address)["qs_officer"].value == kept
    found.send(group(found, "persons"), **{"f.qs_officer.years": "9"})
    assert found.status == 422
    assert stored(address)["qs_officer"].value == kept


def test_emptying_an_optional_value_skips_it(browser: Callable[[str], PlainBrowser]) -> None:
    found = browser("applicant1")
    address = begin(found)
    found.send(group(found, "enterprise"), **{"f.ent_type": ""})
    assert stored(address)["ent_type"].status == "skipped"


def test_a_formula_is_taken_from_rows_and_from_a_pasted_table(browser: Callable[[str], PlainBrowser]) -> None:
    found = browser("applicant1")
    address = begin(found)
    found.send(group(found, "formula"), **formula_rows())
    assert [row["ingredient"] for row in stored(address)["formula"].value] == ["水", "甘油"]
    found.send(group(found, "formula"), **{"paste.formula": "水\t60\t溶剂\t\n丁二醇\t40\t保湿剂\t"})
    assert [row["ingredient"] for row in stored(address)["formula"].value] == ["水", "丁二醇"]


def formula_rows() -> dict[str, str]:
    return {
        "f.formula.0.ingredient": "水",
        "f.formula.0.percent": "70",
        "f.formula.0.purpose": "溶剂",
        "f.formula.1.ingredient": "甘油",
        "f.formula.1.percent": "30",
        "f.formula.1.purpose": "保湿剂",
    }


def test_all_deficiencies_are_listed_at_once_and_lead_to_their_fields(
    browser: Callable[[str], PlainBrowser],
) -> None:
    found = browser("applicant1")
    address = begin(found)
    found.send(f"{address}/check")
    links = found.page.xpath("//*[@data-summary]//a/@href")
    with reading() as session:
        owner = session.get_one(Filing, address.rsplit("/", 1)[1]).account_id
    expected = forms.check_filing(actor_of(owner), address.rsplit("/", 1)[1], "zh-CN")
    assert len(links) == len([gap for gap in expected if gap.rule != "declaration"]) > 10
    for link in links:
        assert found.page.xpath(f"//*[@id='{link[1:]}']"), link


def fill(found: PlainBrowser, address: str) -> None:
    """Fill in everything that is still open."""
    found.open(address).send(f"{address}/confirmations")
    product: dict[str, Any] = {
        "f.product_name_zh": "清润保湿面霜",
        "f.efficacy": ["11"],
        "f.users": "03",
        "f.body_part": ["05"],
        "f.form_dosage": "01",
        "f.use_method": "02",
    }
    found.open(address).send(group(found, "product"), **product)
    found.open(address).send(f"{address}/confirmations") if found.has_form(
        f"{address}/confirmations"
    ) else None
    found.open(address)
    if found.page.xpath("//button[@value='confirm:class_code']"):
        found.send(group(found, "product"), ("press", "confirm:class_code"))
    found.open(address).send(group(found, "formula"), **formula_rows())
    found.open(address).send(
        group(found, "attachments"),
        ("press", "skip:efficacy_abstract"),
        {f"f.{key}": f"{key}.pdf" for key in FILES},
    )
    found.open(address)


def test_a_filing_is_completed_declared_and_handed_in_once(browser: Callable[[str], PlainBrowser]) -> None:
    found = browser("applicant1")
    address = begin(found)
    fill(found, address)
    found.send(f"{address}/check")
    assert not found.page.xpath("//*[@data-summary]"), found.texts("//*[@data-summary]")
    found.open(address).send(f"{address}/declaration")
    assert translate("web.page.filing.declare_first", "zh-CN") in found.text
    found.open(address).send(f"{address}/declaration", accepted="yes")
    key = found.form(f"{address}/submit").fields["submit_key"]
    found.send(f"{address}/submit")
    [number] = found.texts("//*[@data-filing-number]")
    assert re.fullmatch(r".G妆网备字\d{10}", number)
    repeated = found.client.post(
        f"{address}/submit", data={"csrf_token": token(found), "submit_key": key}, follow_redirects=True
    )
    assert number in repeated.text
    with reading() as session:
        assert len(session.scalars(select(Filing).where(Filing.filing_no.is_not(None))).all()) == 1
    assert not found.open(address).page.xpath("//*[@data-autosave]")


def token(found: PlainBrowser) -> str:
    return str(found.page.xpath("//input[@name='csrf_token']/@value")[0])


def test_a_filing_is_withdrawn_only_when_one_is_sure(browser: Callable[[str], PlainBrowser]) -> None:
    found = browser("applicant1")
    address = begin(found)
    found.send(f"{address}/withdrawal")
    assert translate("web.page.filing.withdraw_tick", "zh-CN") in found.text
    found.open(address).send(f"{address}/withdrawal", sure="yes")
    assert found.path == "/filings"
    assert translate("forms.state.withdrawn", "zh-CN") in found.text


def test_the_script_gets_the_form_alone(browser: Callable[[str], PlainBrowser]) -> None:
    found = browser("applicant1")
    address = begin(found)
    answer = found.client.post(
        f"{address}/groups/product",
        data={"csrf_token": token(found), "was.product_name_zh": '""', "f.product_name_zh": "水漾护手霜"},
        headers={"X-Fragment": "1"},
    )
    assert answer.status_code == 200
    assert answer.text.count('id="filing-form"') == 1
    assert "<html" not in answer.text
    assert "水漾护手霜" in answer.text


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "/form",
        "/groups/product",
        "/confirmations",
        "/check",
        "/declaration",
        "/submit",
        "/withdrawal",
        "/manufacture",
        "/printing",
    ],
)
def test_another_persons_filing_does_not_exist(browser: Callable[[str], PlainBrowser], rest: str) -> None:
    address = begin(browser("applicant1"))
    stranger = browser("applicant2").open("/filings")
    if rest in ("", "/form"):
        answer = stranger.client.get(f"{address}{rest}")
    else:
        data = {"csrf_token": token(stranger), "accepted": "yes", "sure": "yes"}
        answer = stranger.client.post(f"{address}{rest}", data=data)
    assert answer.status_code == 404
    assert translate("core.not_available", "zh-CN") in answer.text
    with reading() as session:
        assert session.get_one(Filing, address.rsplit("/", 1)[1]).state == "draft"


def test_officers_see_a_filing_once_it_is_handed_in_and_can_change_nothing(
    browser: Callable[[str], PlainBrowser],
) -> None:
    applicant = browser("applicant1")
    address = begin(applicant)
    officers = ("officer1", "officer2", "officer3")
    assert {browser(login).open(address).status for login in officers} == {404}
    fill(applicant, address)
    applicant.send(f"{address}/check")
    applicant.open(address).send(f"{address}/declaration", accepted="yes")
    applicant.send(f"{address}/submit")
    seen = [browser(login).open(address) for login in officers]
    readers = [found for found in seen if found.status == 200]
    assert readers
    assert all(found.status in (200, 404) for found in seen)
    for found in readers:
        assert not found.page.xpath(f"//main//form[starts-with(@action, '{address}')]")
