"""Historical records of an enterprise, read by its own people alone."""
