"""Query text to query tree: lexer, parser and the tree itself."""
