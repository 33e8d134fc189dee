"""``python -m bot.actions [--host 127.0.0.1] [--port N]``: serve the actions."""

import argparse
from collections.abc import Sequence

import structlog

from bot.actions.server import build_app
from core.errors import AssistantError
from core.logs import configure_logs
from core.settings import get_settings
from knowledge_base import service as knowledge_base

log = structlog.get_logger(__name__)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until signalled. One process; the handlers run in threads."""
    parser = argparse.ArgumentParser(prog="python -m bot.actions")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=get_settings().actions_port)
    chosen = parser.parse_args(arguments)
    configure_logs(get_settings().log_level)
    warm_up()
    app = build_app()
    app.run(host=chosen.host, port=chosen.port, single_process=True, access_log=False, motd=False)


def warm_up() -> None:
    """Load what answers need before the first call comes: it would not fit into one action's time.

    Without an index yet the actions serve all the same, and say in each answer what is missing.
    """
    try:
        knowledge_base.warm_up()
    except AssistantError as error:
        log.warning("actions.not_warm", code=error.code)


if __name__ == "__main__":
    main()
