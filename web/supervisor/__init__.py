"""One command's work: prepare an installation, start its processes, keep them running. See ``service``."""
