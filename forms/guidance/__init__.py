"""Routing questions that decide whether, and how, a service item fits."""
