"""Who a condition names: counted and sampled before anybody is told."""

from dataclasses import dataclass

from bot.notices.profiles import profiles, schema
from core.database import reading
from core.identity import Actor
from knowledge_base.push import service as pushes
from knowledge_base.push.expressions import compile_condition
from knowledge_base.push.tagging import require_editor
from knowledge_base.push.wording import what, why

SAMPLE = 8
LARGE_SHARE = 0.5


@dataclass(frozen=True)
class Sampled:
    """One enterprise that would be told, and why."""

    enterprise_id: str
    name: str
    why: str


@dataclass(frozen=True)
class Audience:
    """What a dry run found: ``what`` is the condition in words."""

    audience: int
    population: int
    what: str
    sample: list[Sampled]

    @property
    def is_large(self) -> bool:
        """Whether so many would be told that a reviewer should look twice."""
        return self.population > 0 and self.audience / self.population >= LARGE_SHARE


def dry_run(actor: Actor, condition: str, locale: str, *, push_id: str = "") -> Audience:
    """Count who would be told, with a sample spread over them; nobody is told.

    Args:
        push_id: of the push whose count is kept.

    Raises:
        NotAvailable: the actor is no editor.
        InvalidInput: the condition is broken.
    """
    require_editor(actor)
    checked = compile_condition(condition, schema())
    audience = population = 0
    sample: list[Sampled] = []
    with reading() as session:
        for batch in profiles(session, checked):
            population += len(batch)
            for one in batch:
                if checked.holds_for(one.profile):
                    audience += 1
                    if audience & (audience - 1) == 0 or len(sample) < SAMPLE // 2:
                        told = why(checked.tree, one.profile, schema(), locale)
                        sample = [*sample, Sampled(one.enterprise_id, one.name, told)][-SAMPLE:]
    if push_id:
        pushes.keep_count(push_id, condition, audience=audience, population=population)
    return Audience(audience, population, what(checked.tree, schema(), locale), sample)
