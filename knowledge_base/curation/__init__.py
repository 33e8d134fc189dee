"""Curated knowledge: from a draft to a released answer and out again."""
