"""Signed notices of events to other systems."""
