"""One-time tickets by which a browser opens a WebSocket, where it cannot set headers."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class StreamTicket(Base):
    """Allows one stream, once, for half a minute; kept as its SHA-256 alone."""

    __tablename__ = "stream_ticket"

    token_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    subject: Mapped[str] = mapped_column(String(80))
    account_id: Mapped[str] = mapped_column(String(40), default="")
    session_id: Mapped[str] = mapped_column(String(40), default="")
    expires_at: Mapped[datetime] = mapped_column(index=True)
