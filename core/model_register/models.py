"""The register's tables."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class RegisteredModel(Base):
    """One version of one model, rule set or endpoint; its content is named by ``sha256`` and never changes.

    ``origin``: ``shipped`` with the product, ``setting`` (named by whoever runs the installation) or
    ``proposed`` by a person. ``place`` is where its files lie, relative to the installation's home, absolute
    where a setting named it, "" where the product holds them or there are none.
    """

    __tablename__ = "registered_model"
    __table_args__ = (UniqueConstraint("kind", "sha256"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    model_id: Mapped[str] = mapped_column(String(120))
    version: Mapped[str] = mapped_column(String(60))
    sha256: Mapped[str] = mapped_column(String(64))
    card: Mapped[dict[str, Any]]
    registered_by: Mapped[str] = mapped_column(String(40))
    registered_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="released", server_default="released")
    origin: Mapped[str] = mapped_column(String(12), default="shipped", server_default="shipped")
    place: Mapped[str] = mapped_column(String(400), default="", server_default="")
    evaluated_by: Mapped[str] = mapped_column(String(40), default="", server_default="")
    evaluated_at: Mapped[datetime | None]
    released_by: Mapped[str] = mapped_column(String(40), default="", server_default="")
    released_at: Mapped[datetime | None]
    retired_by: Mapped[str] = mapped_column(String(40), default="", server_default="")
    retired_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")


class ServedModel(Base):
    """Which entry of a kind serves; "" is what ships with the product."""

    __tablename__ = "served_model"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(40), default="")
    previous_id: Mapped[str] = mapped_column(String(40), default="")
    switched_by: Mapped[str] = mapped_column(String(40))
    switched_at: Mapped[datetime]


class ModelRun(Base):
    """One trial of an entry: for its evaluation, or before a switch to it.

    ``action``: ``evaluate``, ``switch`` or ``rollback``; ``state``: ``waiting``, ``passed``, ``refused`` or
    ``failed``. ``report`` holds what was measured, never anyone's words.
    """

    __tablename__ = "model_run"
    __table_args__ = (Index("ix_model_run_entry", "entry_id", "asked_at"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(40), default="")
    kind: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12), index=True)
    asked_by: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    report: Mapped[dict[str, Any]]
    problem: Mapped[str] = mapped_column(String(80), default="")
