"""A synthetic regulator: enterprises, licences, filings, people. Nothing in it is real."""
