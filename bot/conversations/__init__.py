"""The conversation: what was said, whose turn it is, who owns it."""
