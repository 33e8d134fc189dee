"""The authority's own processing system, told of filings and heard about decisions."""
