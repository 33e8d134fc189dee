"""Train the shipped encoder: a static token table, Chinese and English in one space."""
