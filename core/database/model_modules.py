"""Every module that defines tables, by name: ``core`` imports nothing that stands above it."""

import importlib

MODEL_MODULES = (
    "core.audit.models",
    "core.identity.models",
    "core.model_register.models",
    "core.queue.models",
    "core.webhooks.models",
    "knowledge_base.models",
    "knowledge_base.curation.models",
    "knowledge_base.improvement.models",
    "knowledge_base.push.models",
    "knowledge_base.recall.models",
    "knowledge_base.rewriting.models",
    "forms.models",
    "bot.conversations.models",
    "bot.handoff.models",
    "bot.notices.models",
    "web.models",
)


def load_models() -> None:
    """Import them all, so that ``Base.metadata`` knows every table."""
    for name in MODEL_MODULES:
        importlib.import_module(name)
