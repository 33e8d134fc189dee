"""Which models may be served: registered, unchanged, with their training data and evaluation."""
