"""Structured logs: events with dotted names and ids, never values a person typed."""

import logging
import sys
from typing import TextIO

import structlog


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to what standard error is at that moment; a stream that was put in its place may be closed."""

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, value: TextIO) -> None:
        """Leave it: the stream is always the current one."""


def configure_logs(level: str = "INFO") -> None:
    """Write one JSON object a line to standard error."""
    logging.basicConfig(level=level, handlers=[_StandardError()], format="%(message)s", force=True)
    for noisy in ("httpx", "httpcore", "fontTools", "weasyprint", "sentence_transformers"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
