"""Settings come from the environment alone."""

from pathlib import Path

import pytest

from core.errors import InvalidInput
from core.settings import Settings


def test_defaults_follow_from_home_and_ports() -> None:
    settings = Settings.from_env({"YAOZHENG_HOME": "/srv/one", "YAOZHENG_RASA_PORT": "6005"})
    assert settings.home == Path("/srv/one")
    assert settings.rasa_url == "http://127.0.0.1:6005"
    assert settings.database_url == "sqlite:////srv/one/database.sqlite3"


def test_blank_values_count_as_unset() -> None:
    assert Settings.from_env({"YAOZHENG_WEB_PORT": "  "}).web_port == 8000


@pytest.mark.parametrize(("variable", "value"), [("WEB_PORT", "eighty"), ("SANDBOX", "maybe")])
def test_a_value_that_cannot_be_read_names_its_variable(variable: str, value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Settings.from_env({f"YAOZHENG_{variable}": value})
    assert caught.value.params == {"variable": f"YAOZHENG_{variable}", "value": value}


@pytest.mark.parametrize(("raw", "value"), [("yes", True), ("0", False), ("TRUE", True)])
def test_yes_and_no_are_read(raw: str, value: bool) -> None:
    assert Settings.from_env({"YAOZHENG_SANDBOX": raw}).sandbox is value
