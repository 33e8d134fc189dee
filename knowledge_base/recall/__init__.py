"""Answers that were given, asked again after a release: which would be another today, and who should know."""
