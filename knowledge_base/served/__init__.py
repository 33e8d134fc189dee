"""Which models and rules take part in an answer, and how another version takes the place of one."""
