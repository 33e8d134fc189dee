"""The register's table."""

from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class RegisteredModel(Base):
    """One version of one model."""

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
