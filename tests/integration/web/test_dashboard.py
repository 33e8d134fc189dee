"""The dashboard of staff and the open data: who sees them, what they show, what leaves as a file."""

import csv
import io
from collections.abc import Callable

import pytest
from lxml import etree, html

from bot.insights.service import FIGURE_NAMES, PUBLISHED_COLUMNS
from core import database
from i18n.service import translate
from tests.integration.bot import insights_world
from tests.integration.web.plain_browser import PlainBrowser
from tests.integration.web.test_pages import LOCALES, hold_to_the_rules
from web.dashboard.charts import CHARTS

PATH = "/staff/dashboard"
OCTOBER = "from=2026-10-01&to=2026-10-31"
READERS = ["officer1", "supervisor1", "admin1", "auditor1"]
OTHERS = ["applicant1", "editor1"]
ROUTES = [PATH, f"{PATH}/charts/volume.svg", f"{PATH}/volume.csv"]
OPEN = ["/open-data", "/open-data.svg", "/open-data.json", "/open-data.csv"]
Browse = Callable[..., PlainBrowser]


@pytest.fixture
def browse(browser: Browse) -> Browse:
    """A browser of an installation that holds the small world."""
    insights_world.build()
    return browser


def table(found: PlainBrowser, name: str) -> list[list[str]]:
    body = found.page.xpath(f"//section[@aria-labelledby='h-{name}']//tbody")[0]
    return [[" ".join(cell.text_content().split()) for cell in row] for row in body]


def tile(found: PlainBrowser, name: str, locale: str = "zh-CN") -> str:
    label = translate(f"web.page.dashboard.tile.{name}", locale)
    return str(found.page.xpath(f"//div[dt[normalize-space()='{label}']]/dd[1]")[0].text_content())


def sheet(found: PlainBrowser) -> list[list[str]]:
    content = found.answer.get_data()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def fetch(found: PlainBrowser, path: str) -> PlainBrowser:
    found.answer = found.client.get(path)
    return found


@pytest.mark.parametrize("locale", LOCALES)
def test_the_dashboard_keeps_the_rules_in_both_languages(browse: Browse, locale: str) -> None:
    found = browse("supervisor1").open(f"{PATH}?{OCTOBER}&lang={locale}")
    assert found.status == 200
    hold_to_the_rules(found, locale)
    for name in FIGURE_NAMES:
        assert translate(f"web.page.dashboard.figure.{name}.title", locale) in found.text


@pytest.mark.parametrize("locale", LOCALES)
def test_an_empty_installation_shows_zeros(browser: Browse, locale: str) -> None:
    found = browser("admin1").open(f"{PATH}?lang={locale}")
    assert found.status == 200
    hold_to_the_rules(found, locale)
    assert tile(found, "conversations", locale) == "0"
    assert tile(found, "answered", locale) == "–"
    assert translate("web.page.dashboard.nothing", locale) in found.text


def test_the_dashboard_shows_what_was_counted(browse: Browse) -> None:
    found = browse("admin1").open(f"{PATH}?{OCTOBER}&lang=en")
    assert tile(found, "conversations", "en") == "4"
    assert tile(found, "answered", "en") == "20%"
    assert tile(found, "first_response", "en") == "2 min"
    assert tile(found, "working_days", "en") == "2.5"
    assert table(found, "unanswered") == [[insights_world.QUESTION, "3", "2026-10-07"]]
    assert table(found, "reasons")[0][1:] == ["2", "50%"]
    assert table(found, "times")[0][1:] == ["3", "2 min", "5 min", "25%"]


@pytest.mark.parametrize("login", READERS)
def test_readers_have_page_chart_and_file(browse: Browse, login: str) -> None:
    found = browse(login)
    assert [found.client.get(f"{path}?{OCTOBER}").status_code for path in ROUTES] == [200, 200, 200]
    assert found.open("/about").page.xpath(f"//nav//a[@href='{PATH}']")


@pytest.mark.parametrize("login", OTHERS)
def test_for_others_the_dashboard_is_an_absent_page(browse: Browse, login: str) -> None:
    found = browse(login)
    absent = found.open("/staff/no-such-page")
    expected = (absent.status, absent.texts("//main"))
    for path in ROUTES:
        assert (found.open(path).status, found.texts("//main")) == expected
    assert not found.page.xpath(f"//nav//a[@href='{PATH}']")


def test_a_visitor_is_led_to_sign_in(browse: Browse) -> None:
    visitor = browse()
    for path in ROUTES:
        answer = visitor.client.get(path)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (303, "/sign-in")


def test_an_officer_sees_the_own_province_and_fields(browse: Browse) -> None:
    with database.transaction() as session:
        session.connection().exec_driver_sql(
            "UPDATE account SET province = '沪', competences = '[\"cosmetic\"]' WHERE login = 'officer1'"
        )
    found = browse("officer1").open(f"{PATH}?{OCTOBER}&lang=en")
    assert tile(found, "conversations", "en") == "2"
    assert tile(found, "cases", "en") == "2"
    assert table(found, "filings")[0][0] == "Filing of general cosmetics"
    assert len(table(found, "filings")) == 1
    assert "Shanghai" in found.text


def test_what_was_chosen_stays_chosen_and_is_heeded(browse: Browse) -> None:
    found = browse("admin1").open(f"{PATH}?{OCTOBER}&channel=wechat&item=drug_change&lang=en")
    chosen = found.page.xpath("//form[@action='/staff/dashboard']//option[@selected]/@value")
    assert chosen == ["drug_change", "wechat"]
    assert found.page.xpath("//input[@name='from']/@value") == ["2026-10-01"]
    assert tile(found, "conversations", "en") == "1"
    notices = found.texts("//section[@aria-labelledby='h-volume']//*[contains(@class, 'notice')]")
    assert notices == ["These figures are not told apart by: Service."]
    for address in found.page.xpath("//main//a[contains(@href, '.csv')]/@href | //main//img/@src"):
        assert "channel=wechat" in address


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("from=2026-10-31&to=2026-10-01", "order"),
        ("from=2024-01-01&to=2026-10-01", "length"),
        ("from=0001-01-01", "length"),
        ("to=0001-01-01", "malformed"),
        ("from=yesterday&to=2026-10-01", "malformed"),
    ],
)
def test_a_wrong_period_is_named_and_the_usual_one_shown(browser: Browse, query: str, problem: str) -> None:
    found = browser("admin1").open(f"{PATH}?{query}&lang=en")
    assert found.status == 400
    assert found.texts("//*[@role='alert']") == [translate(f"web.page.dashboard.problem.{problem}", "en")]
    assert len(table(found, "volume")) == 30


@pytest.mark.parametrize("days", ["7", "90", "8", "-1", "x" * 400])
def test_a_period_of_days_is_one_of_those_offered(browser: Browse, days: str) -> None:
    found = browser("admin1").open(f"{PATH}?days={days}")
    assert found.status == 200
    assert len(table(found, "volume")) == (int(days) if days in ("7", "90") else 30)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("narrow", ["", "&narrow=1"])
def test_every_chart_is_a_picture_with_its_words(browse: Browse, narrow: str, locale: str) -> None:
    client = browse("admin1").client
    for name in CHARTS:
        answer = client.get(f"{PATH}/charts/{name}.svg?{OCTOBER}&lang={locale}{narrow}")
        assert answer.mimetype == "image/svg+xml"
        assert "style-src 'unsafe-inline'" in answer.headers["Content-Security-Policy"]
        picture = etree.fromstring(answer.get_data())
        assert picture.tag == "{http://www.w3.org/2000/svg}svg"
        assert picture.get("role") == "img"
        assert translate(f"web.page.dashboard.figure.{name}.title", locale) in picture.get("aria-label")
        assert picture.xpath("//*[local-name()='text']")
        assert not picture.xpath("//*[local-name()='script']")


def test_the_page_says_in_words_what_each_chart_shows(browse: Browse) -> None:
    found = browse("admin1").open(f"{PATH}?{OCTOBER}&lang=en")
    pictures = found.page.xpath("//main//img")
    assert len(pictures) == len(CHARTS)
    told = {one.get("src").split("/")[-1].split(".")[0]: one.get("alt") for one in pictures}
    assert told["answers"].startswith("How questions ended. Answered: 2, 20%; Asked back: 1, 10%")
    assert {one.get("role") for one in pictures} == {"img"}


def test_the_page_keeps_the_place_of_each_chart_in_its_very_shape(browse: Browse) -> None:
    found = browse("admin1").open(f"{PATH}?{OCTOBER}&lang=en")
    for place in found.page.xpath("//main//picture/*"):
        drawn = etree.fromstring(found.client.get(place.get("srcset") or place.get("src")).get_data())
        width, height = (float(one) for one in drawn.get("viewBox").split()[2:])
        assert (width, height) == (float(place.get("width")), float(place.get("height")))


@pytest.mark.parametrize("path", ["charts/unanswered.svg", "charts/nothing.svg", "nothing.csv"])
def test_a_figure_that_does_not_exist_is_not_found(browse: Browse, path: str) -> None:
    assert browse("admin1").client.get(f"{PATH}/{path}").status_code == 404


def test_files_have_headings_in_the_persons_language_and_bare_numbers(browse: Browse) -> None:
    found = fetch(browse("admin1"), f"{PATH}/times.csv?{OCTOBER}&lang=en")
    heading, first, _ = sheet(found)
    assert heading == ["Measure", "Cases", "Median (seconds)", "90th percentile (seconds)", "On time"]
    assert first[:2] == ["First response", "3"]
    assert [float(one) for one in first[2:]] == pytest.approx([120, 300, 0.25], abs=0.01)
    assert found.answer.headers["Content-Disposition"].startswith("attachment;")
    chinese = sheet(fetch(found, f"{PATH}/volume.csv?{OCTOBER}&lang=zh-CN"))
    assert chinese[0] == [
        translate(f"web.page.dashboard.column.{key}", "zh-CN") for key in ("day", "conversations", "messages")
    ]


@pytest.mark.parametrize("text", ["=1+1", "+8610", "-cmd", "@SUM(A1)", "\t=1+1", " =1+1"])
def test_no_question_becomes_a_formula(browser: Browse, text: str) -> None:
    with database.transaction() as session:
        session.add(
            insights_world.answer("a1", None, insights_world.at(6), "unanswerable_no_source", text=text)
        )
    rows = sheet(fetch(browser("admin1"), f"{PATH}/unanswered.csv?{OCTOBER}"))
    assert rows[1][0].startswith("'")
    assert rows[1][0].lstrip("'").strip() == text.strip()


def test_no_channel_becomes_a_formula_or_markup(browser: Browse) -> None:
    with database.transaction() as session:
        session.add(insights_world.conversation("c1", insights_world.at(6), 2, "=<b>1</b>"))
    found = browser("admin1").open(f"{PATH}?{OCTOBER}")
    assert not found.page.xpath("//main//b")
    assert sheet(fetch(found, f"{PATH}/channels.csv?{OCTOBER}"))[1][0] == "'=<b>1</b>"
    picture = etree.fromstring(found.client.get(f"{PATH}/charts/channels.svg?{OCTOBER}").get_data())
    assert not picture.xpath("//*[local-name()='b']")


@pytest.mark.parametrize("locale", LOCALES)
def test_open_data_is_for_everybody_in_both_languages(browse: Browse, locale: str) -> None:
    found = browse().open(f"/open-data?lang={locale}")
    assert found.status == 200
    hold_to_the_rules(found, locale)
    assert len(found.page.xpath("//tbody/tr")) == 12
    assert found.open("/about").page.xpath("//a[@href='/open-data']")


def test_open_data_withholds_small_numbers_everywhere(browse: Browse) -> None:
    found = browse()
    body = found.client.get("/open-data.json").json
    assert body["withheld_below"] == 5
    assert [one["id"] for one in body["columns"]] == list(PUBLISHED_COLUMNS)
    told = {one["month"]: one for one in body["months"]}
    assert (told["2026-09"]["conversations"], told["2026-10"]["conversations"]) == (5, "<5")
    numbers = [cell for month in body["months"] for cell in month.values() if isinstance(cell, int)]
    assert numbers == [5]
    page = [
        [cell.text_content() for cell in row] for row in found.open("/open-data").page.xpath("//tbody/tr")
    ]
    file = sheet(fetch(found, "/open-data.csv"))
    assert file[1:] == page
    assert ["2026-10", "<5"] in [row[:2] for row in page]


def test_open_data_tells_no_question_and_no_enterprise(browse: Browse) -> None:
    client = browse().client
    for path in OPEN:
        content = client.get(path).get_data(as_text=True)
        assert insights_world.QUESTION not in content
        assert "wechat" not in content


def test_the_picture_of_open_data_draws_no_withheld_number(browse: Browse) -> None:
    picture = etree.fromstring(browse().client.get("/open-data.svg").get_data())
    blocks = [one for one in picture.xpath("//*[local-name()='path']/@style") if "fill: #0072b2" in one]
    assert len(blocks) == 1


def test_figures_are_counted_once_a_minute(browse: Browse) -> None:
    found = browse("admin1").open(f"{PATH}?{OCTOBER}")
    before = tile(found, "conversations")
    with database.transaction() as session:
        session.add(insights_world.conversation("late", insights_world.at(7), 1))
    assert tile(found.open(f"{PATH}?{OCTOBER}"), "conversations") == before
    assert tile(browse("supervisor1").open(f"{PATH}?{OCTOBER}"), "conversations") == "5"


def test_the_queue_leads_to_the_dashboard(browser: Browse) -> None:
    found = html.fromstring(browser("officer1").open("/staff").answer.text)
    assert found.xpath(f"//main//a[@href='{PATH}']")
