"""Filling a filing by chat."""
