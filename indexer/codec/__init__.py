"""Segments, and other files of arrays: how they are written, read and merged.

`container` reads a file of named arrays, and `container_writer` writes one. Each segment is such a
file. So are the manifest (`manifest`) and the lexicon (`indexer.lexicon`).

`builder` collects documents and writes a segment, `reader` reads it, and `merge` makes one segment
of several. A segment of n documents has these arrays:

    array                 type       content                              written by, read by

    date                  int32[n]   days since 1970-01-01, or NO_DATE    builder, reader
    last_date             int32[n]   the last day of a month or year      builder, reader
    page                  uint16[n]  page, or NO_PAGE                     builder, reader
    languages             uint8[n]   sum of EN and ZH                     builder, reader
    text/zone_starts      [n * 5]    first position of each zone          builder, reader
    text/zone_lengths     [n * 5]    number of tokens of each zone        builder, reader

    stored                uint8      articles, as zstd frames             stored
    stored_ends           [n]        end of each frame in stored          records
    dictionaries          uint8      zstd dictionaries of the frames      stored
    dictionary_ends       int64      end of each dictionary               stored
    beads                 uint8      alignments, see indexer.align        records
    beads_ends            [n]        end of each alignment in beads       records

    K_value               [n]        index of each document's value       categories
    K_values/words        uint8      the different values, "" first       term_dictionary
    K_values/word_starts  uint32     start of each value                  term_dictionary

    F/words               uint8      terms that are stored as text        term_dictionary
    F/word_starts         uint32     start of each of these terms         term_dictionary
    F/bigrams             uint32     terms of one or two Han characters   text_field, reader
    F/gaps, F/counts, …   various    postings, see postings for a list    postings_writer,
                                     of these arrays                      postings_streams
    ranking/stem_of_word  int32      for each of text/words, the ordinal  ranking, reader
                                     of its stem

K is the name of a category: ``author``, ``column`` or ``section``. F is the name of a field. The
field ``text`` has the titles, the author and the bodies of a document, which are its *zones*, in
one space of positions. The fields ``column``, ``section`` and ``glossary`` have positions, too. The
ranking stream (``ranking``) and the field ``id`` have neither positions nor bigrams. Arrays without
a type here are unsigned, and as narrow as their largest number allows; ``stored_ends`` and
``beads_ends`` are uint32, or int64 if that is too narrow.

How tokens become postings: `text_terms` holds the terms of one text, and `text_field` those of all
documents, which a `vocabulary` numbers. `token_keys` sorts them. `postings_batches` prepares their
postings for `postings_writer`. `ranking` does the same for the ranking stream.

How postings are read: `postings_streams` finds the data of some terms, `terms_postings` decodes
their documents and frequencies, and `stored_positions` their positions. `postings_reader` does all
of it for terms that are given by their ordinals. `stems` lets a stem borrow the postings of its
only word.

All of these use `arrays`, `packing` and `segment_arrays`.
"""
