"""Train and serve the assistant; run it with Rasa's interpreter.

    python bot/assistant/run.py train     trains the model into YAOZHENG_HOME/rasa/model
    python bot/assistant/run.py serve     serves it on 127.0.0.1:YAOZHENG_RASA_PORT
    python bot/assistant/run.py test      runs the test stories against the trained model
    python bot/assistant/run.py digest    prints a digest of everything that training reads

``serve`` writes its own credentials.yml and endpoints.yml into YAOZHENG_HOME/rasa first. The process is
replaced by Rasa's, so its pid is the one to signal. The secret comes from the environment
(YAOZHENG_CHANNEL_SECRET) and stays out of the process list; endpoints.yml holds it for the action server
and is readable by its owner alone.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parent
MODEL_NAME = "yaozheng"
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}
TRAINED_ON = ("config.yml", "domain", "data")


def home(env: Mapping[str, str]) -> Path:
    """Return this installation's folder for Rasa, made if absent."""
    root = Path(env.get("YAOZHENG_HOME") or PROJECT.parent.parent / "var").expanduser().resolve()
    (root / "rasa" / "model").mkdir(parents=True, exist_ok=True)
    return root / "rasa"


def digest(project: Path = PROJECT) -> str:
    """Return a SHA-256 over the files that training reads: same digest, same model."""
    found = hashlib.sha256()
    for name in TRAINED_ON:
        path = project / name
        for file in sorted(path.rglob("*.yml")) if path.is_dir() else [path]:
            found.update(str(file.relative_to(project)).encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def endpoints(env: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """Return endpoints.yml: action server, tracker store, and the lock store where there is Redis."""
    actions = (
        env.get("YAOZHENG_ACTIONS_URL")
        or f"http://127.0.0.1:{env.get('YAOZHENG_ACTIONS_PORT') or 5055}/webhook"
    )
    found: dict[str, Any] = {
        "action_endpoint": {
            "url": actions,
            "headers": {"X-Yaozheng-Secret": env.get("YAOZHENG_CHANNEL_SECRET", "")},
            "enable_selective_domain": True,
        },
        "tracker_store": {
            "type": "extensions.tracker_store.CachedTrackerStore",
            **_tracker_database(env, folder),
        },
    }
    if env.get("YAOZHENG_REDIS_URL"):
        found["lock_store"] = _redis(env["YAOZHENG_REDIS_URL"])
    return found


def _tracker_database(env: Mapping[str, str], folder: Path) -> dict[str, Any]:
    url = env.get("YAOZHENG_RASA_TRACKER_URL", "")
    return {"url": url} if url else {"dialect": "sqlite", "db": str(folder / "trackers.sqlite3")}


def _redis(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    found: dict[str, Any] = {
        "type": "redis",
        "url": parts.hostname or "127.0.0.1",
        "port": parts.port or 6379,
        "db": int(parts.path.strip("/") or 0),
        "key_prefix": "yaozhengrasa",
    }
    if parts.username:
        found["username"] = parts.username
    if parts.password:
        found["password"] = parts.password
    return found


def write_configuration(env: Mapping[str, str]) -> Path:
    """Write credentials.yml and endpoints.yml (JSON is YAML too), readable by their owner alone."""
    folder = home(env)
    limit = max(1.0, float(env.get("YAOZHENG_TURN_BUDGET_S") or 15) - 3)
    credentials = {"extensions.channel.TurnChannel": {"turn_limit_s": limit}}
    for name, content in (("credentials.yml", credentials), ("endpoints.yml", endpoints(env, folder))):
        path = folder / name
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False))
    return folder


def command(step: str, env: Mapping[str, str]) -> list[str]:
    """Return the arguments of Rasa for a step."""
    folder = home(env)
    model = env.get("YAOZHENG_RASA_MODEL") or folder / "model" / f"{MODEL_NAME}.tar.gz"
    if step == "train":
        return [
            "train",
            "--config",
            "config.yml",
            "--domain",
            "domain",
            "--data",
            "data",
            "--quiet",
            "--out",
            str(folder / "model"),
            "--fixed-model-name",
            MODEL_NAME,
        ]
    if step == "test":
        return [
            "test",
            "core",
            "--stories",
            env.get("YAOZHENG_RASA_STORIES", "tests"),
            "--model",
            str(model),
            "--out",
            str(folder / "results"),
            "--fail-on-prediction-errors",
        ]
    return [
        "run",
        "--model",
        str(model),
        "--interface",
        env.get("YAOZHENG_RASA_HOST") or "127.0.0.1",
        "--port",
        env.get("YAOZHENG_RASA_PORT") or "5005",
        "--credentials",
        str(folder / "credentials.yml"),
        "--endpoints",
        str(folder / "endpoints.yml"),
    ]


def main(arguments: list[str]) -> int:
    """Run one step; does not return where Rasa takes the process over."""
    step = arguments[0] if arguments else ""
    if step == "digest":
        sys.stdout.write(digest() + "\n")
        return 0
    if step not in ("train", "serve", "test"):
        sys.stderr.write(str(__doc__))
        return 2
    if step == "serve":
        if not os.environ.get("YAOZHENG_CHANNEL_SECRET"):
            sys.stderr.write("YAOZHENG_CHANNEL_SECRET is not set; Rasa does not run without it\n")
            return 2
        write_configuration(os.environ)
    os.environ.update(QUIET)
    os.environ["PYTHONPATH"] = str(PROJECT)
    os.environ["MPLCONFIGDIR"] = str(home(os.environ) / "matplotlib")
    os.chdir(PROJECT)
    rasa = [sys.executable, "-m", "rasa", *command(step, os.environ)]
    if step == "train":
        return _train(rasa)
    os.execv(rasa[0], rasa)  # noqa: S606 - becomes this interpreter's Rasa
    return 1


def _train(rasa: "list[str]") -> int:
    """Train, then note what the model was trained on: a broken-off training leaves no digest."""
    noted = home(os.environ) / "model" / "digest.txt"
    noted.unlink(missing_ok=True)
    before = digest()
    status = subprocess.run(rasa, check=False).returncode  # noqa: S603 - our own arguments
    if status == 0:
        noted.write_text(before)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
