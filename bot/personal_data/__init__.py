"""A person's rights over their data: a copy, erasure; periods after which data goes by itself."""
