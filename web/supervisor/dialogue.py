"""Blue and green of the dialogue model: the new Rasa starts beside the old one and takes its place.

1. ``follow`` looks which dialogue model the register serves; another than the running one is verified and
   started on a port of its own. Until it answers, the old one serves.
2. Then ``rasa/serving.json`` names its address, replaced in one step: the gateway reads it before each turn.
3. Turns under way end on the old one, which is ended a turn's budget later. A model that does not come up, or
   is refused, changes nothing; it is tried again only after another switch.
"""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import structlog

from core.errors import AssistantError
from core.model_register import service as register
from core.model_register.serving import Served, served
from core.settings import Settings
from web.supervisor import ports, readiness
from web.supervisor.programs import Program
from web.supervisor.supervision import Supervisor

log = structlog.get_logger(__name__)
KIND = "rasa"
Wait = Callable[[float], bool]


class DialogueSwitch:
    """Follows the register for one installation.

    Args:
        settings: of the installation.
        supervisor: runs the programs.
        shipped: the program that serves the model which set-up trained.
        wait: waits some seconds; returns whether to stop.
    """

    def __init__(self, settings: Settings, supervisor: Supervisor, shipped: Program, wait: Wait) -> None:
        self._settings = settings
        self._supervisor = supervisor
        self._shipped = shipped
        self._wait = wait
        self._key = ""
        self._program = shipped
        pointer(settings).unlink(missing_ok=True)

    @property
    def running(self) -> str:
        """The name of the program that serves."""
        return self._program.name

    def follow(self) -> bool:
        """Switch where the register serves another model than the running one; return whether it did."""
        chosen = served(KIND)
        key = chosen.entry_id if chosen else ""
        if key == self._key:
            return False
        self._key = key
        try:
            program = self._program_of(chosen)
        except AssistantError as error:
            log.error("rasa.refused", entry=key, code=error.code, serving=self.running)
            return False
        self._supervisor.start(program)
        if not readiness.wait_for(
            lambda: readiness.is_healthy(program), program.start_limit_s, lambda: self._gave_up(program)
        ):
            log.error("rasa.not_ready", entry=key, serving=self.running)
            self._supervisor.end(program.name)
            return False
        self._point_to(program)
        before, self._program = self._program, program
        log.warning("rasa.switched", serves=key or "shipped", before=before.name)
        self._wait(self._settings.turn_budget_s)
        self._supervisor.end(before.name)
        return True

    def _gave_up(self, program: Program) -> bool:
        return self._wait(0.0) or self._supervisor.has_given_up(program.name)

    def _program_of(self, chosen: Served | None) -> Program:
        if chosen is None or chosen.place is None:
            return self._shipped
        register.verify(KIND, chosen.place)
        port = ports.free_ports(1)[0]
        env = {
            **self._shipped.env,
            "YAOZHENG_RASA_PORT": str(port),
            "YAOZHENG_RASA_MODEL": str(chosen.place),
        }
        health = self._shipped.health_url.replace(f":{self._settings.rasa_port}/", f":{port}/")
        return replace(self._shipped, name=f"rasa-{chosen.entry_id[-6:]}", env=env, health_url=health)

    def _point_to(self, program: Program) -> None:
        path = pointer(self._settings)
        if program.name == self._shipped.name:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}")
        port = program.env["YAOZHENG_RASA_PORT"]
        beside.write_text(json.dumps({"url": f"http://127.0.0.1:{port}"}))
        beside.replace(path)


def pointer(settings: Settings) -> Path:
    """Return the file that names the Rasa which serves, absent where it is the one of the settings."""
    return settings.home / "rasa" / "serving.json"
