"""From lines to articles, sections and dates."""
