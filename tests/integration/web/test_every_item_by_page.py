"""All service items by the pages alone, in both languages, from the list of items to certificate and copy."""

from collections.abc import Callable

import pytest

from forms.items.catalogue import item, items
from forms.items.definition import OPERATIONS
from tests.integration.forms.every_item import FILES, form_of, stored
from tests.integration.web.page_filing import PageFiling
from tests.integration.web.plain_browser import PlainBrowser
from tests.integration.web.test_pages import hold_to_the_rules

OPERATION = {
    "zh-CN": {
        "cosmetic_filing": "change",
        "cosmetic_prod_licence": "change",
        "device1_filing": "initial",
        "device2_reg_change": "change",
        "device2_reg_initial": "initial",
        "device2_reg_renewal": "renewal",
        "device_dist_class2_filing": "change",
        "device_dist_class3_licence": "change",
        "device_prod_licence": "cancellation",
        "drug_change": "change",
        "drug_dist_retail": "renewal",
        "drug_dist_wholesale": "cancellation",
        "drug_online_report": "change",
        "drug_prod_licence": "initial",
    },
    "en": {
        "cosmetic_filing": "initial",
        "cosmetic_prod_licence": "replacement",
        "device1_filing": "change",
        "device2_reg_change": "change",
        "device2_reg_initial": "initial",
        "device2_reg_renewal": "renewal",
        "device_dist_class2_filing": "initial",
        "device_dist_class3_licence": "cancellation",
        "device_prod_licence": "renewal",
        "drug_change": "change",
        "drug_dist_retail": "cancellation",
        "drug_dist_wholesale": "change",
        "drug_online_report": "initial",
        "drug_prod_licence": "replacement",
    },
}
BY_PAGE = [
    pytest.param(code, operation, locale, id=f"{locale}-{code}-{operation}")
    for locale, table in OPERATION.items()
    for code, operation in table.items()
]
MOBILE = "13900139000"
Browser = Callable[[str], PlainBrowser]


class Desk:
    """An officer of all provinces and fields at the desk of filings."""

    def __init__(self, browser: Browser, filing: PageFiling) -> None:
        self.filing = filing
        self.page = browser("officer3").open(f"/staff/filings?lang={filing.locale}")
        self.colleague = browser("supervisor1").open(f"/staff/filings?lang={filing.locale}")
        self.path = f"/staff/filings/{filing.id}"

    def finds(self, number: str) -> bool:
        """Whether the list shows the filing with its number."""
        self.page.open("/staff/filings")
        (row,) = self.page.texts(f"//tr[.//a[@href='{self.path}']]")
        return number in row

    def move(self, state: str, **more: str) -> None:
        """Move the filing on; where the decision takes two, the colleague confirms it."""
        found = self._send(self.page, state, **more)
        if state == "approved" and items()[self.filing.code].takes_two:
            assert not self.page.page.xpath("//form[.//input[@name='to_state'][@value='approved']]")
            found = self._send(self.colleague, state)
        (tag,) = found.page.xpath("//*[contains(@class, 'tag--large')]/@class")
        assert tag.endswith(f"tag--{state}")

    def _send(self, who: PlainBrowser, state: str, **more: str) -> PlainBrowser:
        who.open(self.path)
        who.send(f"{self.path}/moves", holding=("to_state", state), **more)
        assert who.status == 200, who.text
        return who


def mend(filing: PageFiling, messages: dict[str, str]) -> None:
    """See the checklist with the officer's words, and mend entry by entry."""
    found = filing.show()
    assert filing.state == "returned_for_correction"
    entries = found.texts("//*[@id='notice']//li")
    assert len(entries) == len(messages)
    for key, message in messages.items():
        one = form_of(filing.code).field(key)
        assert one is not None
        label = one.label.get(filing.locale)
        assert any(text.startswith(f"{label} {message}") for text in entries), entries
        assert found.page.xpath(f"//*[@id='notice']//a[@href='#field-{key}']")
        assert message in found.texts(f"//*[@id='field-{key}']")[0]
        group = next(group.key for group in form_of(filing.code).groups if one in group.fields)
        filing.save(
            group,
            {f"f.{key}": MOBILE} if one.type not in FILES else {},
            {f"f.{key}": "mended.pdf"} if one.type in FILES else {},
        )
    mended = found.texts("//*[@id='notice']//*[contains(@class, 'tag--confirmed')]")
    assert len(mended) == len(messages)


def test_every_item_and_every_operation_is_filed_in_one_of_the_languages() -> None:
    with_form = {code for code, one in items().items() if one.form}
    assert [set(table) for table in OPERATION.values()] == [with_form, with_form]
    assert {name for table in OPERATION.values() for name in table.values()} == set(OPERATIONS)
    assert all(name in item(code).operations for table in OPERATION.values() for code, name in table.items())


@pytest.mark.parametrize(("code", "operation", "locale"), BY_PAGE)
def test_an_item_is_filed_returned_mended_approved_and_copied_by_page(
    browser: Browser, code: str, operation: str, locale: str
) -> None:
    filing = PageFiling(browser, code, operation, locale)
    filing.open()
    hold_to_the_rules(filing.page, locale)
    assert filing.state == "draft"
    assert item(code).name.get(locale) in filing.page.text
    filing.fill()
    kept = stored(filing.id)
    asked = [one for one in form_of(code).fields if one.set_by == "applicant" and one.type not in FILES]
    wanted = {one.key: filing.values[one.key] for one in asked if one.key in filing.values}
    assert {key: kept.get(key) for key in wanted} == wanted
    filing.check()
    number = filing.hand_in()
    assert filing.state == "submitted"
    assert number in filing.page.open("/filings").text

    desk = Desk(browser, filing)
    assert desk.finds(number)
    desk.move("accepted")
    messages = {"contact_mobile": "联系不上，请核对号码"}
    messages |= {key: "看不清楚，请重新上传" for key in filing.attached[:1]}
    desk.move("returned_for_correction", **{f"message.{key}": text for key, text in messages.items()})
    mend(filing, messages)
    assert filing.hand_in() == number
    assert filing.state == "submitted"
    assert not filing.page.page.xpath("//*[@id='notice']")

    for state in ("accepted", "in_review", "approved"):
        desk.move(state)
    found = filing.show()
    assert filing.state == "approved"
    (certificate,) = found.texts("//section[@aria-labelledby='certificate-title']//dd[@class='number']")
    state = "revoked" if operation == "cancellation" else "valid"
    rows = found.open("/certificates").texts(f"//tr[.//*[@class='tag tag--{state}']]")
    assert any(certificate in row and filing.made.name in row for row in rows), found.text

    filing.show().send(f"{filing.path}/copies")
    copied = found.path
    assert copied.startswith("/filings/fil_")
    assert copied != filing.path
    assert filing.state == "draft"
    assert item(code).name.get(locale) in found.text
    assert found.page.xpath("//*[contains(@class, 'entry--proposed')]")
