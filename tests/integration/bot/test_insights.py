"""Figures, counted by hand over a small world, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.actions.services import services
from bot.actions.turn import Turn
from bot.handoff.models import HandoffCase
from bot.insights import service
from bot.insights.service import Selection
from core import database
from core.clock import CHINA
from core.database.engine import Database
from core.errors import NotAvailable
from core.identity import ANONYMOUS, Actor, Role
from knowledge_base.models import AnswerTrace
from knowledge_base.served.shipped import register_shipped
from tests.integration.bot import insights_world
from tests.stores import KINDS, opened

OCTOBER = Selection(date(2026, 10, 1), date(2026, 10, 31))
ADMIN = Actor("admin", Role.ADMINISTRATOR)
SHANGHAI = Actor("officer", Role.OFFICER, province="沪", competences=frozenset({"cosmetic"}))


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    with opened(request.param, monkeypatch) as made:
        yield made


@pytest.fixture
def world(empty: Database) -> Database:
    insights_world.build()
    return empty


def rows(name: str, actor: Actor = ADMIN, **narrowed: str) -> list[tuple[Any, ...]]:
    selection = Selection(OCTOBER.first, OCTOBER.last, **narrowed)
    return list(service.figure(actor, name, selection).rows)


def counts(name: str, actor: Actor = ADMIN, **narrowed: str) -> dict[Any, Any]:
    """Return the first column → the second, nothing where it is zero."""
    return {row[0]: row[1] for row in rows(name, actor, **narrowed) if row[1]}


def test_a_period_is_whole_days_in_china() -> None:
    assert OCTOBER.since.isoformat() == "2026-10-01T00:00:00+08:00"
    assert OCTOBER.until.isoformat() == "2026-11-01T00:00:00+08:00"
    assert OCTOBER.since.tzinfo is CHINA
    assert len(OCTOBER.days) == 31


def test_the_last_days_end_today() -> None:
    found = service.last_days(7, channel="web")
    assert (found.last - found.first) == timedelta(days=6)
    assert found.channel == "web"


@pytest.mark.usefixtures("world")
def test_volume_counts_conversations_on_their_day_in_china() -> None:
    found = rows("volume")
    assert len(found) == 31
    assert [row for row in found if row[1]] == [("2026-10-06", 3, 12), ("2026-10-31", 1, 3)]
    assert counts("volume", channel="wechat") == {"2026-10-06": 1}
    assert counts("volume", language="en") == {"2026-10-06": 1}
    assert counts("volume", SHANGHAI) == {"2026-10-06": 2}


@pytest.mark.usefixtures("world")
def test_a_long_period_is_told_by_month() -> None:
    found = service.figure(ADMIN, "volume", Selection(date(2026, 1, 1), date(2026, 12, 31))).rows
    assert len(found) == 12
    assert found[8:11] == (("2026-09", 5, 5), ("2026-10", 4, 15), ("2026-11", 1, 9))


@pytest.mark.usefixtures("world")
def test_channels_are_told_with_their_languages() -> None:
    assert rows("channels") == [("web", "zh-CN", 2, 7), ("web", "en", 1, 2), ("wechat", "zh-CN", 1, 6)]
    assert service.channels_in_use(ADMIN, OCTOBER) == ["web", "wechat"]


@pytest.mark.usefixtures("world")
def test_every_status_of_an_answer_falls_into_one_group() -> None:
    assert rows("answers") == [
        ("answered", 2, 0.2),
        ("clarified", 1, 0.1),
        ("abstained", 4, 0.4),
        ("guarded", 1, 0.1),
        ("handed_over", 1, 0.1),
        ("error", 1, 0.1),
    ]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({"item": "drug_change"}, {"answered": 1}),
        ({"language": "en"}, {"clarified": 1, "abstained": 2}),
        ({"channel": "wechat"}, {"abstained": 1, "guarded": 1}),
        ({"channel": "web"}, {"answered": 2, "clarified": 1, "abstained": 2, "handed_over": 1, "error": 1}),
        ({"channel": "web", "item": "cosmetic_filing"}, {"answered": 1}),
    ],
)
def test_answers_are_narrowed(narrowed: dict[str, str], expected: dict[str, int]) -> None:
    assert counts("answers", **narrowed) == expected


@pytest.mark.usefixtures("world")
def test_an_officer_sees_answers_of_the_own_province_and_field() -> None:
    assert counts("answers", SHANGHAI) == {"answered": 1, "clarified": 1, "abstained": 2}


def test_an_answer_counts_for_the_channel_and_province_of_who_asks(db: Database) -> None:
    register_shipped()
    with database.transaction() as session:
        session.add_all([insights_world.enterprise("sh", "沪"), insights_world.enterprise("gd", "粤")])
    asker = Actor("acct", Role.APPLICANT, enterprise_ids=frozenset({"world_sh"}))
    here = Turn(
        "s", text="?", conversation_id="conv_1", actor=asker, channel="widget", enterprise_id="world_sh"
    )
    others = replace(here, conversation_id="conv_2", enterprise_id="world_gd")
    canary = Turn("canary-1", text="?")
    for turn in (here, others, canary):
        services().answer(turn, "?", "")
    with database.reading() as session:
        kept = {
            (one.conversation_id, one.channel, one.province) for one in session.scalars(select(AnswerTrace))
        }
    assert kept == {("conv_1", "widget", "沪"), ("conv_2", "widget", ""), ("", "", "")}
    guangdong = Actor("officer", Role.OFFICER, province="粤")
    found = service.figure(guangdong, "answers", service.last_days(7)).total("answers")
    assert (found, service.figure(ADMIN, "answers", service.last_days(7)).total("answers")) == (1, 3)


@pytest.mark.usefixtures("world")
def test_equal_unanswered_questions_are_one_with_their_count() -> None:
    assert rows("unanswered") == [(insights_world.QUESTION, 3, "2026-10-07")]
    assert rows("unanswered", SHANGHAI) == [(insights_world.QUESTION, 2, "2026-10-06")]


@pytest.mark.usefixtures("world")
def test_reasons_are_told_with_their_shares() -> None:
    found = rows("reasons")
    assert len(found) == 7
    assert found[0] == ("asked_for", 2, 0.5)
    assert counts("reasons") == {"asked_for": 2, "bot_failure": 1, "sensitive": 1}
    assert counts("reasons", SHANGHAI) == {"asked_for": 1, "sensitive": 1}
    assert counts("reasons", channel="wechat") == {"asked_for": 1}
    assert counts("reasons", item="drug_change") == {"asked_for": 1}


@pytest.mark.usefixtures("world")
def test_first_responses_count_from_when_the_office_is_open() -> None:
    first, whole = rows("times")
    assert first[:2] == ("first_response", 3)
    assert first[2:] == pytest.approx((120.0, 300.0, 0.25), abs=0.001)
    assert whole[:2] == ("resolution", 2)
    assert whole[2:4] == pytest.approx((600.0, 3600.0), abs=0.001)
    assert whole[4] == 0.5


@pytest.mark.usefixtures("world")
def test_a_case_that_the_person_left_is_no_resolution_and_was_not_late() -> None:
    with database.transaction() as session:
        closed = HandoffCase.closed_at.is_not(None)
        left = session.scalars(select(HandoffCase).where(closed).order_by(HandoffCase.id)).first()
        assert left is not None
        left.outcome, left.first_response_at = "left", None
        left.closed_at = left.respond_by - timedelta(seconds=1)
    first, whole = rows("times")
    assert (first[1], whole[1]) == (2, 1)
    assert whole[4] == pytest.approx(1 / 3)
    assert sum(row[2] for row in rows("spans")) == 1


@pytest.mark.usefixtures("world")
def test_every_span_is_in_one_bucket() -> None:
    found = rows("spans")
    assert [row[1] for row in found] == [1, 2, 0, 0, 0, 0]
    assert [row[2] for row in found] == [0, 0, 1, 1, 0, 0]


@pytest.mark.usefixtures("world")
def test_ratings_are_told_by_level() -> None:
    third = pytest.approx(1 / 3)
    assert rows("ratings") == [(5, 1, third), (4, 1, third), (3, 0, 0), (2, 0, 0), (1, 1, third)]
    assert counts("ratings", SHANGHAI) == {5: 1, 4: 1}
    assert counts("ratings", language="en") == {4: 1}


@pytest.mark.usefixtures("world")
def test_filings_are_told_by_item_with_working_days_to_decisions() -> None:
    assert rows("filings") == [
        ("cosmetic_filing", 1, 0, 0, 1, 0, 0, 1, 4.0),
        ("drug_change", 0, 0, 0, 0, 1, 0, 1, 1.0),
    ]
    assert rows("filings", SHANGHAI) == [("cosmetic_filing", 0, 0, 0, 1, 0, 0, 1, 4.0)]
    assert rows("filings", channel="wechat") == [("cosmetic_filing", 1, 0, 0, 0, 0, 0, 0, None)]


@pytest.mark.usefixtures("world")
def test_prefill_counts_filled_fields_that_a_source_filled() -> None:
    assert rows("prefill") == [("cosmetic_filing", 4, 2, 0.5), ("drug_change", 1, 1, 1.0)]
    assert rows("prefill", item="drug_change") == [("drug_change", 1, 1, 1.0)]


@pytest.mark.usefixtures("world")
def test_deficiencies_are_told_by_field() -> None:
    assert rows("deficiencies") == [
        ("cosmetic_filing", "product_name_cn", 2),
        ("cosmetic_filing", "", 1),
        ("cosmetic_filing", "b", 1),
    ]
    assert rows("deficiencies", item="drug_change") == []


@pytest.mark.usefixtures("world")
def test_a_figure_says_which_narrowings_it_does_not_know() -> None:
    narrowed = Selection(OCTOBER.first, OCTOBER.last, item="drug_change", channel="web", language="en")
    unheeded = {name: one.unheeded for name, one in service.all_figures(ADMIN, narrowed).items()}
    assert unheeded["volume"] == ("item",)
    assert unheeded["prefill"] == ("language",)
    assert unheeded["answers"] == ()


@pytest.mark.usefixtures("world")
def test_tiles_are_read_off_the_figures() -> None:
    found = {one.name: (one.value, one.of) for one in service.tiles(service.all_figures(ADMIN, OCTOBER))}
    assert found["conversations"] == (4, None)
    assert found["messages"] == (15, None)
    assert found["answered"] == (0.2, 10)
    assert found["abstained"] == (0.4, 10)
    assert found["cases"] == (4, None)
    assert found["on_time"] == (0.25, None)
    assert found["rating"] == (pytest.approx(10 / 3), 3)
    assert found["satisfied"] == (pytest.approx(2 / 3), 3)
    assert found["filings"] == (3, None)
    assert found["prefill"] == (0.6, 5)
    assert found["working_days"] == (2.5, 2)


@pytest.mark.usefixtures("empty")
def test_an_empty_installation_has_zeros_and_no_shares() -> None:
    figures = service.all_figures(ADMIN, OCTOBER)
    assert figures["volume"].total("conversations") == 0
    assert {row[1:] for row in figures["answers"].rows} == {(0, None)}
    assert figures["times"].rows == (
        ("first_response", 0, None, None, None),
        ("resolution", 0, None, None, None),
    )
    assert [one.value for one in service.tiles(figures) if one.value] == []
    assert all(cell is None for month in service.published_months() for cell in month.cells.values())


@pytest.mark.usefixtures("world")
def test_open_data_withholds_numbers_below_five() -> None:
    months = service.published_months(date(2026, 11, 15))
    found = {one.month: one.cells for one in months}
    assert [months[0].month, months[-1].month] == ["2026-10", "2025-11"]
    assert len(months) == 12
    assert found["2026-09"]["conversations"] == 5
    assert {cell for key, cell in found["2026-09"].items() if key != "conversations"} == {None}
    assert set(found["2026-10"].values()) == {None}


@pytest.mark.usefixtures("world")
def test_open_data_publishes_no_month_that_runs() -> None:
    assert service.published_months(date(2026, 10, 31))[0].month == "2026-09"
    assert service.published_months(date(2026, 10, 1))[0].month == "2026-09"


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.EDITOR])
def test_figures_are_for_those_who_read_them(role: Role) -> None:
    for actor in (Actor("someone", role), ANONYMOUS):
        with pytest.raises(NotAvailable):
            service.figure(actor, "volume", OCTOBER)
        with pytest.raises(NotAvailable):
            service.channels_in_use(actor, OCTOBER)


def test_an_unknown_figure_is_not_available() -> None:
    with pytest.raises(NotAvailable):
        service.figure(ADMIN, "nothing", OCTOBER)
