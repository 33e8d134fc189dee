"""What this project adds to Rasa: an input channel with explicit outcomes and a tracker store that caches."""
