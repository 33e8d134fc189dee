"""Passages as the rest of the product sees them."""

from knowledge_base.passages.views import KINDS, PassageView

__all__ = ["KINDS", "PassageView"]
