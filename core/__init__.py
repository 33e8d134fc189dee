"""Ground floor: settings, database, clock, errors, audit, identity, privacy, queue. Imports nothing of ours."""
