"""Live delivery: read what comes after N, wait for a wake-up, read again."""
