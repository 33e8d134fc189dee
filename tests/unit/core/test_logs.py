"""Logs go on when the stream that they began with is closed."""

import io
import logging
import sys

import pytest
import structlog

from core.logs import configure_logs


def test_a_closed_stream_is_left_for_the_current_one(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", first)
    configure_logs("INFO")
    structlog.get_logger("a").info("first.event")
    monkeypatch.setattr(sys, "stderr", second)
    first.close()
    structlog.get_logger("a").info("second.event")
    logging.getLogger("plain").warning("third.event")
    assert "second.event" in second.getvalue()
    assert "third.event" in second.getvalue()
