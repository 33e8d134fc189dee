"""Questions that are not answered, and those that are answered with care."""

from core.blocks import paragraph
from i18n.service import translate
from knowledge_base.answering.context import Context, Draft
from knowledge_base.answering.rules.schema import Guard


def guard(context: Context) -> None:
    """Note warnings; end with the first guard that stops."""
    for rule in context.rules.guards.guards:
        if not rule.applies_to(context.text):
            continue
        if rule.effect == "warn":
            context.warnings.append(rule)
        else:
            context.draft = _refusal(context, rule)
            return


def _refusal(context: Context, rule: Guard) -> Draft:
    params = {"body": rule.body.get(context.locale)} if rule.body else {}
    blocks = [paragraph(translate(rule.message, context.locale, **params))]
    provisions = list(rule.basis)
    for warning in context.warnings:
        blocks.insert(0, warning_block(context, warning))
        provisions += warning.basis
    return Draft(
        rule.status,
        blocks,
        provisions,
        focus=context.text,
        source=f"guard.{rule.id}",
        handoff_reason=rule.handoff_reason,
    )


def warning_block(context: Context, rule: Guard) -> dict[str, object]:
    """Return the notice that a warning puts before the answer."""
    return {"type": "notice", "level": "warning", "text": translate(rule.message, context.locale)}
