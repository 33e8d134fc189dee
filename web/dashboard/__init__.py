"""The dashboard's figures as words, charts and files."""
