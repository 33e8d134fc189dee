"""From feedback to better knowledge: follow-up tasks, and questions that become candidates for entries."""
