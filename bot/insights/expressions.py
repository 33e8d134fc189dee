"""The few expressions that SQLite and PostgreSQL write differently: days, spans, elements of a JSON list.

China has had one offset, +8 hours, since 1991.
"""

from typing import Any

from sqlalchemy import ColumnElement, Float, FromClause, String, column, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class ChinaDay(FunctionElement[str]):
    """The day of a moment in China, as ``2026-11-29``."""

    type = String()
    inherit_cache = True


class SecondsBetween(FunctionElement[float]):
    """The seconds from one moment to another."""

    type = Float()
    inherit_cache = True


@compiles(ChinaDay, "sqlite")
def _day_sqlite(element: ChinaDay, compiler: SQLCompiler, **options: Any) -> str:
    return f"date({compiler.process(element.clauses, **options)}, '+8 hours')"


@compiles(ChinaDay, "postgresql")
def _day_postgres(element: ChinaDay, compiler: SQLCompiler, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"to_char({moment} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')"


@compiles(SecondsBetween, "sqlite")
def _seconds_sqlite(element: SecondsBetween, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (compiler.process(one, **options) for one in element.clauses)
    return f"((julianday({end}) - julianday({start})) * 86400.0)"


@compiles(SecondsBetween, "postgresql")
def _seconds_postgres(element: SecondsBetween, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (compiler.process(one, **options) for one in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM ({end} - {start})) AS double precision)"


def elements(
    session: Session, listed: InstrumentedAttribute[list[Any]], name: str
) -> tuple[FromClause, ColumnElement[str]]:
    """Return the objects in a JSON list as rows, and the text under ``name`` in each."""
    if session.get_bind().dialect.name == "sqlite":
        each = func.json_each(listed).table_valued("value")
        return each, func.json_extract(each.c.value, f"$.{name}")
    each = func.jsonb_array_elements(listed).table_valued(column("value", JSONB))
    return each, each.c.value[name].astext
