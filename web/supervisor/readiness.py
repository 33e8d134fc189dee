"""Ready means: every process answers, the worker does a real job, and a real turn was answered."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from core.database import reading, transaction
from core.errors import DependencyFailed
from core.queue import enqueue
from core.queue.models import OutboxJob
from core.settings import Settings
from web.supervisor.programs import Program, reachable

PAUSE_S = 0.2
ATTEMPT_S = 20.0
CANARY_LIMIT_S = 60.0
PROBE_TASK = "core.audit.seal"


def fetch(url: str, timeout_s: float = 2.0) -> tuple[int, str]:
    """Return status and body of an address of this installation; (0, "") where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=timeout_s) as response:  # noqa: S310 - our own http address
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except (urllib.error.URLError, OSError):
        return 0, ""


def is_healthy(program: Program) -> bool:
    """Whether a program answers at its address; Rasa only counts with a model loaded."""
    status, body = fetch(program.health_url)
    if status != 200:
        return False
    return not program.name.startswith("rasa") or bool(json.loads(body).get("model_id"))


def wait_for(claim: Callable[[], bool], limit_s: float, has_failed: Callable[[], bool]) -> bool:
    """Wait until a claim holds; False at the limit or as soon as it cannot come true any more."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline and not has_failed():
        if claim():
            return True
        time.sleep(PAUSE_S)
    return False


def send_probe() -> str:
    """Write a job that changes nothing but its own row; return its id."""
    with transaction() as session:
        return enqueue(session, PROBE_TASK, {})


def is_done(job_id: str) -> bool:
    """Whether a worker has done a job."""
    with reading() as session:
        job = session.get(OutboxJob, job_id)
        return job is not None and job.state == "done"


def require_turn(settings: Settings, has_failed: Callable[[], bool]) -> None:
    """Have a real turn answered, through web, Rasa and the actions.

    Raises:
        DependencyFailed: no turn was answered within the limit.
    """
    url = f"http://{reachable(settings.host)}:{settings.web_port}/readyz"
    if not wait_for(lambda: fetch(url, ATTEMPT_S)[0] == 200, CANARY_LIMIT_S, has_failed):
        raise DependencyFailed("setup.canary_failed", logs=settings.home / "logs")
