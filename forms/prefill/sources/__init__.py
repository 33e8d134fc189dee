"""Prefill sources, one plug-in a file."""
