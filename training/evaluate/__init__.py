"""Measure the product and the encoder on labelled questions. Reported, never tuned on."""
