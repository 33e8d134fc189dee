"""Ports are checked before anything starts."""

import socket

from core.errors import InvalidInput
from core.settings import PREFIX, Settings

NAMES = ("web_port", "rasa_port", "actions_port")


def is_free(host: str, port: int) -> bool:
    """Whether a program may listen there: nobody listens, and the address is this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def require_free(settings: Settings) -> None:
    """Check the three ports.

    Raises:
        InvalidInput: one is taken, or two settings name the same; the parameters name port and setting.
    """
    seen: dict[int, str] = {}
    for name in NAMES:
        port, setting = getattr(settings, name), PREFIX + name.upper()
        if port in seen:
            raise InvalidInput("setup.port_twice", port=port, setting=setting, other=seen[port])
        seen[port] = setting
        host = settings.host if name == "web_port" else "127.0.0.1"
        if not is_free(host, port):
            raise InvalidInput("setup.port_taken", port=port, setting=setting)


def free_ports(count: int) -> list[int]:
    """Return different ports that nobody listens on now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
