"""A manifest is read as it was written, or refused with one line."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.manifest import Manifest, ManifestRow, write_manifest
from indexer.errors import IndexDamaged

NAMES = st.text("a/中\n\0é\U00020000\udcff", max_size=9)  # a file can have any of these names
ROWS = st.builds(
    ManifestRow,
    NAMES,
    st.sampled_from(["/seeds", "/种子", ""]),
    st.integers(0, 300) | st.integers(0, 2**40),
    st.integers(-(2**63), 2**63 - 1),
    st.binary(min_size=32, max_size=32).map(bytes.hex),
)


@given(st.lists(ROWS, max_size=30))
def test_rows_come_back(rows: list[ManifestRow]) -> None:
    with TemporaryDirectory() as directory:
        write_manifest(iter(rows), Path(directory, "a"))
        manifest = Manifest(Path(directory, "a"))
        for _ in range(2):
            assert [*manifest] == rows
        assert len(manifest) == len(rows)
        assert manifest.roots == [*dict.fromkeys(row.root for row in rows)]


def row(content_hash: str = "ab" * 32) -> ManifestRow:
    return ManifestRow("a.txt", "/seeds", 10, 20, content_hash)


@pytest.mark.parametrize("content_hash", ["", "ab" * 31, "zz" * 32])
def test_what_is_no_hash_is_refused(tmp_path: Path, content_hash: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        write_manifest([row(), row(content_hash)], tmp_path / "a")
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("name", ["names", "root", "size", "mtime_ns", "hash"])
@pytest.mark.parametrize("content", [b"", b"\x01", b"\x28\xb5\x2f\xfd" * 9])
def test_arrays_that_contradict_each_other_are_damage(
    tmp_path: Path, name: str, content: bytes
) -> None:
    write_manifest([row(), row()], tmp_path / "a")
    good = Container(tmp_path / "a")
    arrays = {each: good[each] for each in good} | {name: np.frombuffer(content, np.uint8)}
    with ContainerWriter(tmp_path / "b") as out:
        for each, array in arrays.items():
            out.add(each, array)
    with pytest.raises(IndexDamaged, match=r"duizhao index --rebuild"):
        [*Manifest(tmp_path / "b")]


def test_many_files_take_little_more_than_their_hashes(tmp_path: Path) -> None:
    rows = [
        ManifestRow(f"1953.10/{i:05}.txt", "/seeds", 5000 + i % 999, 10**18 + i * 10**6, "ab" * 32)
        for i in range(10_000)
    ]
    write_manifest(rows, tmp_path / "a")
    assert (tmp_path / "a").stat().st_size < 45 * len(rows)
    assert [*Manifest(tmp_path / "a")] == rows
