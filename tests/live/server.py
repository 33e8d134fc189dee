"""The product's web process on a port of its own, over the home that the caller has set up."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from core.settings import REPOSITORY

START_LIMIT_S = 120


class Server:
    """One gunicorn; ``settings`` are environment variables of its own."""

    def __init__(self, home: Path, port: int, **settings: object) -> None:
        self.port = port
        self.base = f"http://127.0.0.1:{port}"
        self._env = {
            **os.environ,
            "YAOZHENG_HOME": str(home),
            "YAOZHENG_WEB_PORT": str(port),
            "YAOZHENG_LOG_LEVEL": "ERROR",
            **{name: str(value) for name, value in settings.items()},
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", "-c", "web/gunicorn_conf.py", "web.wsgi:app"]
        self._process = subprocess.Popen(command, cwd=REPOSITORY, env=self._env, start_new_session=True)
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self.base}/healthz", timeout=2)
                return
            except httpx.TransportError:
                assert self._process.poll() is None, "the server ended at once"
                time.sleep(0.1)
        raise AssertionError("the server did not start")

    def end(self, sign: int = signal.SIGTERM) -> None:
        """End it and all that it started."""
        if self._process is not None:
            os.killpg(self._process.pid, sign)
            self._process.wait(timeout=20)
            self._process = None
