"""The images, the compose file and nginx's configuration, read and held to what the application needs."""

import re
from typing import Any

import pytest
import yaml

from core.settings import REPOSITORY

DOCKER = REPOSITORY / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
NGINX = (DOCKER / "nginx.conf").read_text("utf-8")
IMAGES = ("app.Dockerfile", "rasa.Dockerfile")
INSTRUCTIONS = {
    *("FROM", "RUN", "COPY", "WORKDIR", "ENV", "USER", "EXPOSE", "VOLUME", "CMD"),
}


def instructions(name: str) -> list[tuple[str, str]]:
    text = re.sub(r"\\\n", " ", (DOCKER / name).read_text("utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_holds_only_instructions_that_exist(name: str) -> None:
    found = instructions(name)
    assert found[0][0] == "FROM"
    assert {word for word, _ in found} <= INSTRUCTIONS


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_copies_only_what_is_in_the_repository(name: str) -> None:
    copied = [rest.split()[0] for word, rest in instructions(name) if word == "COPY" and "--from" not in rest]
    assert copied
    assert [path for path in copied if not (REPOSITORY / path).exists()] == []


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_runs_without_root(name: str) -> None:
    found = instructions(name)
    users = [rest for word, rest in found if word == "USER"]
    assert users == ["yaozheng"]
    assert [word for word, _ in found].index("USER") < [word for word, _ in found].index("CMD")


def test_the_app_image_copies_every_package() -> None:
    copied = {rest.split()[0] for word, rest in instructions("app.Dockerfile") if word == "COPY"}
    packages = {f"{name}/" for name in ("core", "i18n", "knowledge_base", "forms", "bot", "web", "training")}
    assert packages <= copied


def test_images_take_python_in_the_versions_that_the_project_wants() -> None:
    assert all("python:3.11" in rest for word, rest in instructions("app.Dockerfile") if word == "FROM")
    assert all("python:3.10" in rest for word, rest in instructions("rasa.Dockerfile") if word == "FROM")


def test_the_compose_file_runs_every_part_in_several_replicas() -> None:
    assert set(SERVICES) >= {
        "nginx",
        "web",
        "rasa",
        "actions",
        "worker",
        "beat",
        "postgres",
        "redis",
        "prepare",
    }
    assert {SERVICES[name]["deploy"]["replicas"] for name in ("web", "rasa", "actions", "worker")} == {2}
    assert "deploy" not in SERVICES["beat"]


def test_only_nginx_can_be_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert [name for name, service in SERVICES.items() if "outside" in service["networks"]] == ["nginx"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_images_and_mounted_files_of_the_compose_file_exist() -> None:
    for service in SERVICES.values():
        if "build" in service:
            assert (DOCKER / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (DOCKER / source).is_file() if source.startswith("./") else source in COMPOSE["volumes"]


def test_what_one_service_waits_for_is_another_service() -> None:
    waits = {name: set(service.get("depends_on", {})) for name, service in SERVICES.items()}
    assert {dependency for names in waits.values() for dependency in names} <= set(SERVICES)
    assert waits["web"] == {"prepare"}
    for names in waits.values():
        for dependency in names - {"prepare"}:
            assert "healthcheck" in SERVICES[dependency]


def test_secrets_have_no_default_and_stand_in_no_file() -> None:
    text = (DOCKER / "compose.yml").read_text("utf-8")
    for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "YAOZHENG_CHANNEL_SECRET"):
        uses = re.findall(r"\$\{" + name + r"[^}]*\}", text)
        assert uses
        assert all(":?" in use for use in uses)


def test_every_process_of_ours_gets_the_same_database_and_broker() -> None:
    ours = [SERVICES[name]["environment"] for name in ("prepare", "web", "actions", "worker", "beat")]
    assert all(env == ours[0] for env in ours)
    assert ours[0]["YAOZHENG_DATABASE_URL"].startswith("postgresql://")
    assert SERVICES["rasa"]["environment"]["YAOZHENG_ACTIONS_URL"] == "http://actions:5055/webhook"
    assert ours[0]["YAOZHENG_RASA_URL"] == "http://rasa:5005"


def test_nginx_upgrades_websockets_and_passes_the_callers_address_on() -> None:
    assert NGINX.count("{") == NGINX.count("}")
    for line in (
        "proxy_set_header Upgrade $http_upgrade;",
        "proxy_set_header Connection $connection_upgrade;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_http_version 1.1;",
    ):
        assert line in NGINX


def test_nginx_reaches_web_alone_and_waits_longer_than_a_long_poll() -> None:
    assert re.findall(r"server (\w+):(\d+)", NGINX) == [("web", "8000")]
    assert int(re.findall(r"proxy_read_timeout (\d+)s", NGINX)[0]) > 25
    assert int(re.findall(r"client_max_body_size (\d+)m", NGINX)[0]) > 25
