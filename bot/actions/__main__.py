"""``python -m bot.actions [--host 127.0.0.1] [--port N]``: serve the actions."""

import argparse
from collections.abc import Sequence

from bot.actions.server import build_app
from core.logs import configure_logs
from core.settings import get_settings


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until signalled. One process; the handlers run in threads."""
    parser = argparse.ArgumentParser(prog="python -m bot.actions")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=get_settings().actions_port)
    chosen = parser.parse_args(arguments)
    configure_logs(get_settings().log_level)
    app = build_app()
    app.run(host=chosen.host, port=chosen.port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main()
