"""Telling an applicant outside the product that a filing has moved."""
