"""Segments and other files of arrays: how they are written, read and merged.

Files
    `container` reads a file of named arrays, `container_writer` writes one. `manifest` is such a
    file, the list of the files of which an index was made. All others are segments.

Segments
    `builder` collects the documents of a segment and writes it; `reader` reads it; `merge` makes
    one segment of several. The arrays of a segment with n documents are, with the modules that
    write and read them:

    date         int32[n]    days since 1970-01-01, or NO_DATE        written by `builder`,
    page         uint16[n]   page, or NO_PAGE                         read by `reader`
    languages    uint8[n]    sum of EN and ZH
    text/zone_starts   [n * 5]   position at which each zone of each document starts
    text/zone_lengths  [n * 5]   number of tokens of each zone of each document

    stored, stored_ends                the articles, as zstd frames   `stored`
    dictionaries, dictionary_ends      the zstd dictionaries that the frames name
    beads, beads_ends                  the alignments, see `indexer.align`     `records`

    K_value      [n]         for each document the index of its value          `categories`
    K_values/words, K_values/word_starts       the different values, the empty one first

    F/words, F/word_starts             the terms that are stored as text       `term_dictionary`
    F/bigrams    uint32                the Han terms of one or two characters, ascending, as
                                       `indexer.analysis.bigrams` numbers them; written by
                                       `text_field`, read by `reader`; only if F has positions
    F/gaps, F/counts, …                the postings of all terms, in the order words, bigrams:
                                       `postings` explains the arrays, `postings_writer` writes
                                       and `postings_reader` reads them
    ranking/stem_of_word  int32        for each word of the text, the ordinal of its stem in the
                                       ranking stream; written by `ranking`, read by `reader`

    K is a category (``author``, ``column``, ``section``). F is a field: ``text`` has titles,
    authors and bodies, its *zones*, in one space of positions; ``column``, ``section`` and
    ``glossary`` have positions of their own; ``ranking``, the ranking stream, and ``id`` have no
    positions. N_ends has the offsets at which the byte strings in N end (`records`). Integers
    without a type here are unsigned, and as narrow as the largest of them allows.

Terms and postings
    Writing: `text_terms` has the terms of one text, `text_field` those of all documents, numbered
    by a `vocabulary`; `token_keys` sorts them, `postings_batches` prepares them, `postings_writer`
    writes them. Reading: `postings_streams` finds the data of terms, `terms_postings` decodes
    documents and frequencies, `stored_positions` positions. `stems` has the rule by which a stem
    borrows the postings of its only word. `arrays`, `packing` and `segment_arrays` serve them all.
"""
