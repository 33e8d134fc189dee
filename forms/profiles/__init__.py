"""The profile of an enterprise: what the authority holds on it, by which it may be told of a policy."""
