"""What was spent on rewriting."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base


class RewritingBudget(Base):
    """Calls and tokens of one day, of all processes together."""

    __tablename__ = "rewriting_budget"

    day: Mapped[date] = mapped_column(primary_key=True)
    calls: Mapped[int] = mapped_column(default=0)
    tokens: Mapped[int] = mapped_column(default=0)
