import socket
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import InvalidInput
from core.settings import Settings
from web.supervisor.ports import free_ports, is_free, require_free


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    web, rasa, actions = free_ports(3)
    return Settings(home=tmp_path, web_port=web, rasa_port=rasa, actions_port=actions).completed()


def test_free_ports_differ() -> None:
    assert len(set(free_ports(20))) == 20


def test_three_free_ports_are_accepted(settings: Settings) -> None:
    require_free(settings)
    assert is_free("127.0.0.1", settings.web_port)


@pytest.mark.parametrize("name", ["web_port", "rasa_port", "actions_port"])
def test_a_taken_port_is_named_with_the_setting_that_changes_it(settings: Settings, name: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", getattr(settings, name)))
        other.listen()
        with pytest.raises(InvalidInput) as caught:
            require_free(settings)
    assert caught.value.code == "setup.port_taken"
    assert caught.value.params == {"port": getattr(settings, name), "setting": f"YAOZHENG_{name.upper()}"}


def test_two_settings_that_name_one_port_are_refused(settings: Settings) -> None:
    with pytest.raises(InvalidInput) as caught:
        require_free(replace(settings, actions_port=settings.web_port))
    assert caught.value.code == "setup.port_twice"
    assert caught.value.params["other"] == "YAOZHENG_WEB_PORT"


def test_a_port_taken_on_another_address_only_does_not_matter_to_the_loopback(settings: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.2", settings.rasa_port))
        other.listen()
        require_free(settings)
        assert not is_free("127.0.0.2", settings.rasa_port)
