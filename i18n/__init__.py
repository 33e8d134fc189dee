"""Locale negotiation, message catalogues, glossary, dates and working days."""
