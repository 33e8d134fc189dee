"""The pages of personal data: the inventory for all, a copy and erasure for the person."""

import zipfile
from collections.abc import Callable
from io import BytesIO

from core.privacy.inventory import load_inventory
from tests.integration.web.conftest import PASSWORDS

from .plain_browser import PlainBrowser

Browser = Callable[..., PlainBrowser]


def test_everybody_reads_what_is_stored(browser: Browser) -> None:
    found = browser().open("/privacy")
    assert found.answer.status_code == 200
    assert len(found.page.xpath("//tbody/tr")) == len(load_inventory())
    assert found.page.xpath("//footer//a[@href='/privacy']")


def test_a_person_downloads_a_copy(browser: Browser) -> None:
    found = browser("applicant1").open("/my-data")
    form = found.form("/my-data/export")
    answer = found.client.post("/my-data/export", data=dict(form.form_values()))
    assert answer.mimetype == "application/zip"
    assert {"data.json", "data.txt"} <= set(zipfile.ZipFile(BytesIO(answer.data)).namelist())


def test_staff_and_visitors_have_no_such_page(browser: Browser) -> None:
    assert browser("officer1").open("/my-data").answer.status_code == 404
    assert browser().open("/my-data").path == "/sign-in"


def test_erasure_asks_twice_and_ends_the_account(browser: Browser) -> None:
    found = browser("applicant1").open("/my-data/erasure")
    found.send("/my-data/erasure", login="applicant1", password="wrong")
    assert found.answer.status_code == 422
    found.send("/my-data/erasure", login="applicant1", password=PASSWORDS["applicant1"])
    assert found.path == "/privacy"
    again = browser().open("/sign-in").send("/sign-in", login="applicant1", password=PASSWORDS["applicant1"])
    assert again.answer.status_code == 422
