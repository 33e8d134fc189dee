"""What most enterprises answer alike, counted over their filings so that none of them can be told from it.

1. ``rebuild_similar_answers`` counts, for the fields that an item marks with ``similar``, one answer an
   enterprise: that of its newest filing of the last three years. Only what is chosen from a list can be
   marked.
2. An answer is kept where at least five enterprises answered and at least six in ten of them said the same.
3. ``similar_answer`` finds it by what must be alike, such as the dosage form.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core import clock
from core.database import transaction
from forms.items.catalogue import items
from forms.items.definition import ServiceItem
from forms.items.form import FieldDefinition
from forms.models import HistoricalRecord, SimilarAnswer
from forms.records.service import FILING, VALID

FEWEST_ENTERPRISES = 5
LEAST_SHARE = 0.6
REMEMBERED = timedelta(days=3 * 365)
AT_ONCE = 1000


def alike_text(keys: list[str], known: Mapping[str, Any]) -> str | None:
    """Write what must be alike so that it can be looked up; None while some of it is open."""
    told = [known.get(key) for key in keys]
    return None if any(one in (None, "", []) for one in told) else _spelled(told)


def _spelled(value: Any) -> str:
    ordered = [sorted(one) if isinstance(one, list) else one for one in value]
    return json.dumps(ordered, ensure_ascii=False)


def similar_answer(
    session: Session, item_code: str, field: FieldDefinition, known: Mapping[str, Any]
) -> SimilarAnswer | None:
    """Return what most others answered to a field where what must be alike is."""
    alike = alike_text(field.similar.alike, known) if field.similar is not None else None
    return None if alike is None else session.get(SimilarAnswer, (item_code, field.key, alike))


def rebuild_similar_answers() -> int:
    """Count anew; return how many answers are kept."""
    with transaction() as session:
        found = [answer for item in items().values() for answer in _answers_of(session, item)]
        session.execute(delete(SimilarAnswer))
        session.add_all(found)
    return len(found)


def _answers_of(session: Session, item: ServiceItem) -> list[SimilarAnswer]:
    fields = [field for field in item.form.fields if field.similar is not None] if item.form else []
    if not fields:
        return []
    record, today = HistoricalRecord, clock.today()
    query = (
        select(record.enterprise_id, record.data)
        .where(record.kind == FILING, record.service_item_code == item.code, record.status == VALID)
        .where(record.as_of >= today - REMEMBERED)
        .order_by(record.as_of, record.id)
    )
    told: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for enterprise_id, data in session.execute(query).yield_per(AT_ONCE):
        for field in fields:
            alike = alike_text(field.similar.alike, data) if field.similar is not None else None
            value = data.get(field.key)
            if alike is not None and value not in (None, "", []):
                told[field.key, alike][enterprise_id] = _spelled([value])
    made = []
    for (key, alike), answers in told.items():
        [(value, count)] = Counter(answers.values()).most_common(1)
        if len(answers) >= FEWEST_ENTERPRISES and count >= LEAST_SHARE * len(answers):
            made.append(
                SimilarAnswer(
                    item_code=item.code,
                    key=key,
                    alike=alike,
                    value=json.loads(value)[0],
                    said_so=count,
                    asked=len(answers),
                    as_of=today,
                )
            )
    return made
