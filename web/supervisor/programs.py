"""What runs: four programs, the way each is started and the way each is asked whether it works."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from core.secrets import get_secrets
from core.settings import PREFIX, REPOSITORY, Settings

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "SANIC_HOST": "127.0.0.1",
    "PYTHONUNBUFFERED": "1",
    "OMP_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
ASSISTANT = REPOSITORY / "bot" / "assistant" / "run.py"


@dataclass(frozen=True)
class Program:
    """One process of the installation.

    Attributes:
        name: ``web``, ``rasa``, ``actions`` or ``worker``; also the name of its log.
        argv: absolute path of the interpreter, then its arguments.
        env: the whole environment of the process.
        health_url: answers 200 once the process serves; "" where it has no address.
        start_limit_s: how long the first answer may take.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    health_url: str = ""
    start_limit_s: float = 60.0


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment that every process of this installation gets."""
    shared = {PREFIX + name.upper(): _written(value) for name, value in vars(settings).items()}
    return {**os.environ, **QUIET, **shared, PREFIX + "CHANNEL_SECRET": get_secrets().channel_secret}


def _written(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def programs(settings: Settings) -> dict[str, Program]:
    """Return the programs by name, in the order in which they are started."""
    env = environment(settings)
    python = sys.executable
    worker = ("-m", "celery", "--app", "core.queue.app", "worker", "--beat", "--loglevel", "WARNING")
    gunicorn = ("-m", "gunicorn", "--config", str(REPOSITORY / "web" / "gunicorn_conf.py"), "web.wsgi:app")
    made = (
        Program(
            "rasa",
            (settings.rasa_python, str(ASSISTANT), "serve"),
            env,
            f"http://127.0.0.1:{settings.rasa_port}/webhooks/yaozheng/health",
            180.0,
        ),
        Program(
            "actions",
            (python, "-m", "bot.actions"),
            env,
            f"http://127.0.0.1:{settings.actions_port}/health",
        ),
        Program("worker", (python, *worker), env),
        Program(
            "web",
            (python, *gunicorn),
            env,
            f"http://{reachable(settings.host)}:{settings.web_port}/healthz",
        ),
    )
    return {program.name: program for program in made}


def reachable(host: str) -> str:
    """Return the address under which this machine reaches what listens on ``host``."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, host)  # noqa: S104
