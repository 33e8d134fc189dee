"""Handing a conversation to staff, and giving it back."""
