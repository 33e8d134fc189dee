"""The reference page of the API, made of the published document."""
