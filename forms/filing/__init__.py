"""Filings: drafts, questions, values, states, submission."""
