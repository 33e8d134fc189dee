"""Ground floor: settings, database, clock, errors, audit, identity, privacy, queue; imports nothing above."""
