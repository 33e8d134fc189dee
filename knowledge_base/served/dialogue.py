"""The trial of a dialogue model: canary turns, understood in Rasa's own interpreter."""

import json
import subprocess
from pathlib import Path
from typing import Any

from core.errors import DependencyFailed
from core.settings import REPOSITORY, get_settings

MEASURE = REPOSITORY / "bot" / "assistant" / "measure.py"
LIMIT_S = 300
LEAST_RIGHT = 0.9


def try_model(model: Path) -> tuple[dict[str, Any], str]:
    """Return what a model makes of utterances that it never saw, and a message code where that is too little.

    Raises:
        DependencyFailed: Rasa's interpreter is missing, or cannot load the model.
    """
    command = [get_settings().rasa_python, str(MEASURE), "heldout", str(model)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=True)  # noqa: S603
        found = json.loads(done.stdout.strip().splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        raise DependencyFailed("knowledge_base.trial.rasa_failed") from error
    asked, right = int(found["examples"]), float(found["accuracy"])
    figures = {
        "asked": asked,
        "met": round(right * asked),
        "served_wrong": found["served_wrong"],
        "broken": 0,
        "missed": [
            {"text": one["text"], "status": one["intent"], "cites": [], "was_met": False}
            for one in found["wrong"][:20]
        ],
    }
    return {"canaries": figures}, "" if right >= LEAST_RIGHT else "knowledge_base.trial.canaries"
