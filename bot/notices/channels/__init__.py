"""Channels by which people hear of notices outside the product: one anatomy, a list."""
