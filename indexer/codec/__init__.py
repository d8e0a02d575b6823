"""Segments as memory-mapped arrays: written, read, merged.

``container`` is a file of arrays, and ``arrays`` says which of them a segment has. ``builder``
makes a segment of documents, ``reader`` reads it, ``merge`` makes one of several. ``toc`` reads
which segments an index has, ``manifest`` which files it was made of. The modules ``whoosh_*``
show all this to Whoosh; no other module here imports it.
"""
