"""Migrations, one line; ``upgrade`` brings a database up to date."""

from core.database.migrations.service import head, revision, upgrade

__all__ = ["head", "revision", "upgrade"]
