"""What most other enterprises answered: a marked suggestion where enough agree, and nobody can be told."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from core import clock
from core.database.engine import Database
from forms import service as forms
from forms.records.similar import FEWEST_ENTERPRISES, rebuild_similar_answers
from forms.service import FieldPrefill
from tests.integration.forms.conftest import code_of, import_lines, record_line
from web.command_line.main import main

CODE, KEY = "device1_filing", "special_env"
OURS = code_of(1)
OTHERS = [code_of(number) for number in range(2, 12)]
ALIKE = {"catalog_code": "09-01-01"}


def _filed(uscc: str, said: Any, record_id: str = "", **more: Any) -> dict[str, Any]:
    line = {"kind": "filing", "service_item_code": CODE, "as_of": clock.today().isoformat()}
    return record_line(uscc, record_id or f"of-{uscc}", **{**line, "data": {**ALIKE, KEY: said}, **more})


def _suggested(data: dict[str, Any] = ALIKE, key: str = KEY) -> FieldPrefill:
    """What an enterprise finds whose own filing says what must be alike, and nothing of the field."""
    import_lines(_filed(OURS, None, data=data))
    return next(one for one in forms.preview(CODE, OURS, "initial", "zh-CN").fields if one.key == key)


def _tell(*said: Any) -> None:
    import_lines(*(_filed(uscc, value) for uscc, value in zip(OTHERS, said, strict=False)))
    rebuild_similar_answers()


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue code of the filing in hand, as if the applicant had given it."""
    from forms.prefill import preview

    plain = preview.context_for
    monkeypatch.setattr(
        preview,
        "context_for",
        lambda session, actor, enterprise, item, known, **more: plain(
            session, actor, enterprise, item, {**known, **ALIKE}, **more
        ),
    )


def test_what_most_answered_is_suggested_with_its_share(db: Database) -> None:
    _tell(False, False, False, False, True)
    found = _suggested()
    assert (found.value, found.outcome, found.problems) == (False, "suggested", ["suggested"])
    assert found.receipt is not None
    assert found.receipt["source"] == "similar"
    assert found.receipt["record_id"] == ""
    assert found.receipt["confidence"] == 0.8
    assert found.receipt["transformation"] == "said_by_most"


def test_a_few_enterprises_are_never_told_of(db: Database) -> None:
    _tell(*([False] * (FEWEST_ENTERPRISES - 1)))
    assert _suggested().outcome == "absent"


def test_where_they_differ_nothing_is_suggested(db: Database) -> None:
    _tell(True, False, True, False, True, False)
    assert _suggested().outcome == "absent"


def test_an_enterprise_counts_once_with_its_newest_answer(db: Database) -> None:
    earlier = (clock.today() - timedelta(days=30)).isoformat()
    import_lines(*(_filed(OTHERS[0], True, f"many-{number}", as_of=earlier) for number in range(20)))
    _tell(*([False] * FEWEST_ENTERPRISES))
    found = _suggested()
    assert found.value is False
    assert found.receipt is not None
    assert found.receipt["confidence"] == 1.0


def test_what_is_not_alike_too_old_or_revoked_does_not_count(db: Database) -> None:
    old = (clock.today() - timedelta(days=4 * 365)).isoformat()
    lines = [_filed(uscc, False) for uscc in OTHERS[: FEWEST_ENTERPRISES - 1]]
    lines.append(_filed(OTHERS[5], False, as_of=old))
    lines.append(_filed(OTHERS[6], False, status="revoked"))
    lines.append(_filed(OTHERS[7], False, data={"catalog_code": "10-01-01", KEY: False}))
    import_lines(*lines)
    rebuild_similar_answers()
    assert _suggested().outcome == "absent"


def test_the_enterprises_own_history_goes_first(db: Database) -> None:
    _tell(*([False] * 8))
    found = _suggested({**ALIKE, KEY: True})
    assert (found.value, found.outcome) == (True, "suggested")
    assert found.receipt is not None
    assert found.receipt["source"] == "filing"


def test_an_answer_that_is_no_longer_an_option_is_not_suggested(db: Database) -> None:
    lines = [_filed(uscc, None, data={"delivery": "by pigeon"}) for uscc in OTHERS[:6]]
    import_lines(*lines)
    assert rebuild_similar_answers() == 1
    assert _suggested(key="delivery").outcome == "absent"


def test_counting_again_forgets_what_no_longer_holds(db: Database) -> None:
    _tell(*([False] * 8))
    assert _suggested().outcome == "suggested"
    _tell(True, True, True, True)
    assert _suggested().outcome == "absent"


def test_the_operator_counts_by_command(home: Path) -> None:
    file = home.parent / "filings.jsonl"
    lines = (json.dumps(_filed(uscc, False), ensure_ascii=False) for uscc in OTHERS[:6])
    file.write_text("\n".join(lines), "utf-8")
    assert CliRunner().invoke(main, ["records", "import", str(file), "--json"]).exit_code == 0
    done = CliRunner().invoke(main, ["records", "similar", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.output) == {"answers": 1}
    assert _suggested().outcome == "suggested"
