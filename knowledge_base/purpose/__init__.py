"""What a person wants: an answer, or something that must be met otherwise."""
