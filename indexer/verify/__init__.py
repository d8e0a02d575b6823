"""Check an index: checksums, structure, and contents against the analyzer and the files."""
