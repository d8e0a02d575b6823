"""Checks of an index: checksums, structure, and agreement with the analyzer and the files."""
