"""Refusals that belong to HTTP alone."""

from core.errors import AssistantError


class Refused(AssistantError):  # noqa: N818 - named like the families of core.errors
    """The request does not come from our own pages, or carries no valid ticket."""

    http_status = 403


class Malformed(AssistantError):  # noqa: N818
    """The request cannot be read."""

    http_status = 400


class WrongMediaType(AssistantError):  # noqa: N818
    """The body is not of the type that is needed."""

    http_status = 415


class Busy(AssistantError):  # noqa: N818
    """All live connections are taken; ``retry_after_s`` says when to come back."""

    http_status = 503


class SecondStepMissing(AssistantError):  # noqa: N818
    """Staff must set up their second step before anything else."""

    http_status = 403

    def __init__(self) -> None:
        super().__init__("core.second_step_required")
