"""Measured figures, printed by ``make bench``; never pass-or-fail tests."""
