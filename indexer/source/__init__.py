"""Files to articles: find them, decode them, and read their header and text."""
