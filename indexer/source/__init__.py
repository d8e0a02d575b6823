"""Reads the archive: finds its files, decodes them, and turns each into an article.

- `seeds` finds the files of the archive and reads them; `paths` names them.
- `scan` compares the files with the index, so that only new and changed files are read (`changes`,
  `roots`). `missing` decides which of the files that it does not find are not gone.
- `decode` turns the bytes of a file into text.
- `layout` divides the text into its two halves and returns an `Article`, with the help of `header`
  (titles, authors, pages), `dates` and `paragraphs` (the body). `wrapping` decides which lines were
  wrapped by hand, and `line_joins` joins them.
"""
