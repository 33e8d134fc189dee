"""Structured logs: events with dotted names and ids, never values a person typed.

What a person typed all the same, in an exception's text or a library's line, is masked on the way out.
"""

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from core.privacy.service import Destination, mask_data, mask_text


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to what standard error is at that moment; a stream that was put in its place may be closed."""

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, value: TextIO) -> None:
        """Leave it: the stream is always the current one."""


_OURS = frozenset({"level", "timestamp"})


def mask_event(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask what a person may have typed in every value of an event."""
    return {
        key: value if key in _OURS else mask_data(_plain(value), Destination.LOG)
        for key, value in event.items()
    }


def _plain(value: object) -> object:
    """Return a value as the line would spell it, so that nothing hides in an object."""
    return value if isinstance(value, str | int | float | bool | dict | list | tuple | None) else repr(value)


class MaskingFormatter(logging.Formatter):
    """Writes a library's line, its traceback included, without personal data."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return mask_text(super().format(record), Destination.LOG)


def configure_logs(level: str = "INFO") -> None:
    """Write one JSON object a line to standard error."""
    handler = _StandardError()
    handler.setFormatter(MaskingFormatter("%(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "fontTools", "weasyprint", "sentence_transformers"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask_event,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
