"""Miners: records in, (anchor, positive) pairs out."""
