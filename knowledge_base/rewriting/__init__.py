"""Answers in easier words by a generative endpoint: off by default, every sentence held to the sources."""
