"""The reference: stock Rasa, default pipeline, ten intents, 47 examples, no action call, REST channel."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.benchmarks.load import Turn

PROJECT = Path(__file__).parent / "stock_rasa"
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}
MESSAGES = (
    "hello",
    "what time is it",
    "I feel bad",
    "yes",
    "are you a bot?",
    "thank you",
    "your name please",
    "bye",
)
START_LIMIT_S = 180


def train(rasa_python: Path, folder: Path) -> float:
    """Train the reference in ``folder``; return the seconds taken."""
    shutil.copytree(PROJECT, folder, dirs_exist_ok=True)
    begun = time.perf_counter()
    subprocess.run(
        [str(rasa_python), "-m", "rasa", "train", "--quiet"],
        cwd=folder,
        env={**os.environ, **QUIET},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - begun


@contextmanager
def serving(rasa_python: Path, folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes], float]]:
    """Serve the reference on a free port; yields address, process and seconds until the first answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begun = time.perf_counter()
    process = subprocess.Popen(
        [str(rasa_python), "-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port)],
        cwd=folder,
        env={**os.environ, **QUIET},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for_answer(address)
        yield address, process, time.perf_counter() - begun
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def _wait_for_answer(address: str) -> None:
    turn = conversation(address, -1)
    for _ in range(START_LIMIT_S * 2):
        try:
            turn("hello")
        except (httpx.HTTPError, RuntimeError):
            time.sleep(0.5)
        else:
            return
    raise TimeoutError(address)


def conversation(address: str, number: int) -> Turn:
    """Open conversation ``number``; the turn raises RuntimeError where the reply is empty."""
    client = httpx.Client(base_url=address, timeout=30)

    def turn(text: str) -> None:
        reply = client.post("/webhooks/rest/webhook", json={"sender": f"bench-{number}", "message": text})
        if not reply.raise_for_status().json():
            raise RuntimeError("empty reply")

    return turn
