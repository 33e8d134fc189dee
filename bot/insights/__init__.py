"""Figures of the service: what was asked, answered, handed over, filed; read-only, by aggregates alone."""
