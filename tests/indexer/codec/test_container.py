"""A container is read as it was written, or refused with one line."""

import json
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from indexer.array_types import AnyArray
from indexer.codec.container import ALIGNMENT, Container
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.reader import SegmentReader
from indexer.errors import IndexDamaged
from indexer.schema import CATEGORIES, ID_FIELD, OTHER_FIELDS, RANKING, TEXT
from tests.indexer.codec.documents import build, document

DTYPES = st.sampled_from(["u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", ">u2", ">i8"])
ARRAYS = DTYPES.flatmap(lambda dtype: st_numpy.arrays(dtype, st.integers(0, 20)))


def write(path: Path, **arrays: AnyArray) -> bytes:
    path.unlink(missing_ok=True)
    with ContainerWriter(path) as out:
        for name, array in arrays.items():
            out.add(name, array)
    return path.read_bytes()


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("container")


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text("abc/é\n"), ARRAYS))
def test_arrays_come_back(directory: Path, arrays: dict[str, AnyArray]) -> None:
    write(directory / "a", **arrays)
    container = Container(directory / "a")
    container.verify()
    assert list(container) == list(arrays)
    for name, array in arrays.items():
        assert container[name].tolist() == array.tolist()
        assert container.count(name) == len(array)
        assert container.offset(name) % ALIGNMENT == 0
        assert not container[name].flags.writeable
        assert container[name] is container[name]


PIECES = st.lists(st.tuples(st.sampled_from("ab"), st_numpy.arrays("u2", st.integers(0, 20))))


@settings(max_examples=60)
@given(PIECES, st.integers(0, 100))
def test_arrays_grow_side_by_side(
    directory: Path, pieces: list[tuple[str, AnyArray]], held: int
) -> None:
    path = directory / "grown"
    path.unlink(missing_ok=True)
    expected: dict[str, list[int]] = {"a": [], "b": []}
    with pytest.MonkeyPatch.context() as patch, ContainerWriter(path) as out:
        patch.setattr("indexer.codec.container_writer._MAX_HELD_SIZE", held)
        streams = {"a": out.stream("a", np.uint16), "b": out.stream("b", np.int64)}
        for name, piece in pieces:
            streams[name].append(piece)
            expected[name] += piece.tolist()
        out.add("whole", np.arange(3))
        for stream in streams.values():
            stream.finish()
    opened = Container(path)
    opened.verify()
    assert {name: opened[name].tolist() for name in "ab"} == expected
    assert opened["whole"].tolist() == [0, 1, 2]
    assert {file.name for file in directory.iterdir()} <= {"a", "grown", "segment"}


@pytest.mark.parametrize("held", [0, 1 << 20])
def test_a_wrong_use_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    monkeypatch.setattr("indexer.codec.container_writer._MAX_HELD_SIZE", held)

    def unfinished(out: ContainerWriter) -> None:
        out.stream("a", np.uint8).append(np.zeros(2, np.uint8))

    def wide(out: ContainerWriter) -> None:
        out.stream("a", np.uint8).append(np.zeros(2, np.uint16))

    def twice(out: ContainerWriter) -> None:
        out.add("a", np.zeros(1, np.uint8))
        out.add("a", np.zeros(1, np.uint8))

    def added_and_grown(out: ContainerWriter) -> None:
        out.add("a", np.zeros(1, np.uint8))
        out.stream("a", np.uint8)

    def grown_twice(out: ContainerWriter) -> None:
        out.stream("a", np.uint8).append(np.zeros(2, np.uint8))
        out.stream("a", np.uint8)

    def inexact(out: ContainerWriter) -> None:
        out.add("a", np.zeros(1, np.float64))

    for misuse in (unfinished, wide, twice, added_and_grown, grown_twice, inexact):
        with pytest.raises(ValueError, match=r"."), ContainerWriter(tmp_path / "a") as out:
            misuse(out)
        assert not list(tmp_path.iterdir()), misuse


def _write_stream(out: ContainerWriter) -> None:
    stream = out.stream("a", np.uint8)
    stream.append(np.zeros(10, np.uint8))
    stream.finish()


def test_a_full_disk_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.codec.container_writer._MAX_HELD_SIZE", 0)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("shutil.copyfileobj", fail)
    with pytest.raises(OSError, match="disk full"), ContainerWriter(tmp_path / "a") as out:
        _write_stream(out)
    assert not list(tmp_path.iterdir())


def read_all(path: Path) -> None:
    reader = SegmentReader(path)
    for name in (TEXT, RANKING, ID_FIELD, *OTHER_FIELDS):
        field = reader.field(name)
        if field is None:
            continue
        field.term_bytes(0, field.term_count)
        found = field.postings.read_terms(np.arange(field.term_count))
        found.title_frequencies()
        if field.has_positions:
            found.positions.of(np.arange(len(found.documents)))
    for name in CATEGORIES:
        reader.category(name)
    for number in range(reader.doc_count):
        reader.stored(number)
    reader.verify()


@pytest.fixture(scope="module")
def segment(directory: Path) -> bytes:
    build([document("1", ["a", "b", "增"]), document("2", ["b"])], directory / "segment")
    return (directory / "segment").read_bytes()


def refuses(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(IndexDamaged) as caught:
        read_all(path)
    assert str(path) in str(caught.value)
    assert "duizhao index --rebuild" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_whole_segment_is_accepted(segment: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(segment)
    read_all(tmp_path / "a")


def test_a_segment_cut_short_is_refused(segment: bytes, tmp_path: Path) -> None:
    for length in {*range(0, len(segment), 7), *range(len(segment) - 30, len(segment))}:
        refuses(tmp_path / "a", segment[:length])


def test_a_segment_with_something_after_it_is_refused(segment: bytes, tmp_path: Path) -> None:
    refuses(tmp_path / "a", segment + b"\n")


FOOTER = struct.Struct("<QQI8s")


def test_any_flipped_byte_outside_the_arrays_is_refused_at_opening(
    segment: bytes, tmp_path: Path
) -> None:
    start = FOOTER.unpack(segment[-FOOTER.size :])[0]
    for offset in {*range(16), *range(start, len(segment))}:
        content = bytearray(segment)
        content[offset] ^= 0x20
        (tmp_path / "a").write_bytes(content)
        with pytest.raises(IndexDamaged):
            Container(tmp_path / "a")


def test_a_flipped_byte_in_an_array_is_found_by_verifying(segment: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(segment)
    container = Container(tmp_path / "a")
    names = [name for name in container if container.count(name)]
    assert len(names) > 30
    for name in names:
        content = bytearray(segment)
        content[container.offset(name)] ^= 1
        (tmp_path / "b").write_bytes(content)
        damaged = Container(tmp_path / "b")
        assert [*damaged.faults()] == [f"wrong checksum of array {name}"]
        with pytest.raises(IndexDamaged, match=name):
            damaged.verify()
        with pytest.raises(IndexDamaged, match=name):
            damaged[name]


def test_large_arrays_are_not_read_at_first_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.codec.container._MAX_CHECKED_SIZE", 5)
    monkeypatch.setattr("indexer.codec.container._READ_SIZE", 4)
    content = bytearray(write(tmp_path / "a", text=np.zeros(6, "u1"), starts=np.zeros(6, "i8")))
    container = Container(tmp_path / "a")
    container.verify()
    for name in container:
        content[container.offset(name) + 5] ^= 1
    (tmp_path / "a").write_bytes(content)
    container = Container(tmp_path / "a")
    assert container["text"].any()
    with pytest.raises(IndexDamaged, match="starts"):  # an array of offsets
        container["starts"]
    assert len([*container.faults()]) == 2


def test_something_between_the_arrays_is_found_by_verifying(segment: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(segment)
    container = Container(tmp_path / "a")
    sizes = [(container.offset(name), container[name].nbytes) for name in container]
    ends = [ALIGNMENT // 4, *(offset + size for offset, size in sizes)]
    gaps = zip(ends, [offset for offset, _ in sizes], strict=False)
    offsets = [offset for gap in gaps for offset in range(*gap)]
    assert len(offsets) > 500
    for offset in offsets:
        content = bytearray(segment)
        content[offset] ^= 1
        (tmp_path / "b").write_bytes(content)
        with pytest.raises(IndexDamaged, match="unexpected bytes before array"):
            Container(tmp_path / "b").verify()


def test_arrays_that_do_not_follow_each_other_are_found_by_verifying(
    segment: bytes, tmp_path: Path
) -> None:
    start, length, _, _ = FOOTER.unpack(segment[-FOOTER.size :])
    directory = json.loads(segment[start : start + length])
    while not directory.popitem()[1][1]:
        pass
    (tmp_path / "a").write_bytes(with_directory(segment, json.dumps(directory).encode()))
    with pytest.raises(IndexDamaged, match="unexpected bytes before the directory"):
        Container(tmp_path / "a").verify()


def test_a_file_of_another_version_is_refused(segment: bytes, tmp_path: Path) -> None:
    refuses(tmp_path / "a", segment[:8] + b"\x01" + segment[9:])


def with_directory(content: bytes, directory: bytes) -> bytes:
    start = FOOTER.unpack(content[-FOOTER.size :])[0]
    footer = FOOTER.pack(start, len(directory), zlib.crc32(directory), content[:8])
    return content[:start] + directory + footer


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b"{}", b'{"page":[]}'])
def test_a_directory_of_another_form_is_refused(
    segment: bytes, text: bytes, tmp_path: Path
) -> None:
    refuses(tmp_path / "a", with_directory(segment, text))


@pytest.mark.parametrize(
    "entry",
    [
        ["<i8", 2, 10**9, 0],
        ["<i8", 10**18, 64, 0],
        ["<i8", -1, 64, 0],
        ["<i8", 2, -64, 0],
        ["<f8", 2, 64, 0],
        ["object", 2, 64, 0],
        ["<i8", "2", 64, 0],
        ["<i8", 2, 64.5, 0],
        ["<i8", 2, 64],
        [["<i8"], 2, 64, 0],
        None,
        "<i8",
        ["<i8", 1, 64, 0],
    ],
)
@pytest.mark.parametrize("name", ["stored_ends", "text/words"])
def test_an_array_that_cannot_be_is_refused(
    segment: bytes, name: str, entry: object, tmp_path: Path
) -> None:
    start, length, _, _ = FOOTER.unpack(segment[-FOOTER.size :])
    directory = json.loads(segment[start : start + length])
    directory[name] = entry
    refuses(tmp_path / "a", with_directory(segment, json.dumps(directory).encode()))


def test_an_unreadable_article_is_damage(
    segment: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.codec.container._MAX_CHECKED_SIZE", 0)
    (tmp_path / "a").write_bytes(segment)
    offset = Container(tmp_path / "a").offset("stored")
    content = bytearray(segment)
    content[offset] ^= 0xFF
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(IndexDamaged, match="article 0"):
        SegmentReader(tmp_path / "a").stored(0)


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Container(tmp_path / "a")
