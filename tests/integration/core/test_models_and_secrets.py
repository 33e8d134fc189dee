"""Only registered, unchanged models are served; secrets are private and stay."""

from pathlib import Path

import pytest

from core.database.engine import Database
from core.errors import InvariantBroken
from core.model_register import service
from core.secrets import get_secrets


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    (folder / "inner").mkdir(parents=True)
    (folder / "weights.bin").write_bytes(b"1234")
    (folder / "inner" / "config.json").write_text("{}")
    (folder / "README.md").write_text("card")
    return folder


def test_a_registered_model_is_verified(db: Database, model: Path) -> None:
    service.register("encoder", "static", "1", model, {"training_data": []})
    service.register("encoder", "static", "1", model, {"training_data": []})
    assert service.verify("encoder", model).version == "1"


def test_an_unregistered_model_is_refused(db: Database, model: Path) -> None:
    with pytest.raises(InvariantBroken) as caught:
        service.verify("encoder", model)
    assert caught.value.code == "core.model_unregistered"


@pytest.mark.parametrize("name", ["weights.bin", "inner/config.json", "extra.bin"])
def test_a_changed_model_is_refused(db: Database, model: Path, name: str) -> None:
    service.register("encoder", "static", "1", model, {})
    (model / name).write_bytes(b"other")
    with pytest.raises(InvariantBroken):
        service.verify("encoder", model)


def test_the_model_card_may_be_edited(db: Database, model: Path) -> None:
    service.register("encoder", "static", "1", model, {})
    (model / "README.md").write_text("better card")
    assert service.verify("encoder", model)


def test_secrets_are_private_and_stay_the_same(home: Path) -> None:
    first = get_secrets()
    path = home / "secrets.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert get_secrets() == first
    assert len({first.channel_secret, first.cookie_key, first.audit_key}) == 3
