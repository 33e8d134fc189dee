"""Browsers without a browser: connections, tabs and officers that speak the client protocol."""
