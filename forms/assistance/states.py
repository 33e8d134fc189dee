"""The states of an assisted session and of a proposed value."""

REQUESTED, ACTIVE, ENDED = "requested", "active", "ended"
WAITING, TAKEN, DECLINED, VOID = "waiting", "taken", "declined", "void"
OPEN_SESSIONS = (REQUESTED, ACTIVE)
OFFICER = "officer"
