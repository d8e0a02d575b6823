"""Measurements: speed, relevance, and the first law at size; imports the public library."""
