"""Byte strings of documents are read as they were written or merged."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.records import Records, RecordWriter, merge_records

record_lists = st.lists(st.binary(max_size=6), max_size=8)


def write(records: list[bytes], path: Path) -> Records:
    writer = RecordWriter("beads")
    for record in records:
        writer.add(record)
    writer.add(b"one too many")
    writer.truncate(len(records))
    with ContainerWriter(path) as out:
        writer.write(out)
    return Records(Container(path), "beads")


@given(st.lists(record_lists, min_size=1, max_size=3))
def test_what_is_live_is_read_again(parts: list[list[bytes]]) -> None:
    with TemporaryDirectory() as directory:
        folder = Path(directory)
        sources = [write(records, folder / str(i)) for i, records in enumerate(parts)]
        for records, source in zip(parts, sources, strict=True):
            assert [source[i] for i in range(len(source))] == records
        live = [np.arange(len(records)) % 3 != 1 for records in parts]
        with ContainerWriter(folder / "merged") as out:
            merge_records([*zip(sources, live, strict=True)], "beads", out)
        merged = Records(Container(folder / "merged"), "beads")
        expected = [
            record
            for records, mask in zip(parts, live, strict=True)
            for record, kept in zip(records, mask, strict=True)
            if kept
        ]
        assert [merged[i] for i in range(len(merged))] == expected
