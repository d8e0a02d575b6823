"""What goes into a segment comes out of it, also when it is merged."""

import datetime
import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.codec import merge as merging
from indexer.codec.arrays import BoolArray
from indexer.codec.builder import Document, SegmentBuilder
from indexer.codec.container import Array, Container
from indexer.codec.merge import merge
from indexer.codec.reader import FieldReader, SegmentReader
from indexer.schema import NO_DATE, NO_PAGE, RANKING_FIELDS, TEXT_FIELDS, days, from_days
from tests.indexer.codec_documents import TERMS, Postings, build, document, documents, invert


def read_postings(field: FieldReader) -> Postings:
    index: Postings = {}
    for ordinal, term in enumerate(field.terms(0, field.term_count)):
        docs, frequencies = field.postings(ordinal)
        if field.has_positions:
            runs = np.split(field.positions(ordinal), np.cumsum(frequencies)[:-1])
        else:
            runs = [np.zeros(frequency, np.int32) for frequency in frequencies]
        index[term] = {doc: run.tolist() for doc, run in zip(docs.tolist(), runs, strict=True)}
        assert field.document_frequency(ordinal) == len(docs)
        assert docs.dtype == frequencies.dtype == np.int32
    return index


@settings(max_examples=60, deadline=None)
@given(documents())
def test_a_segment_holds_what_was_added(added: list[Document]) -> None:
    with TemporaryDirectory() as directory:
        reader = build(added, Path(directory, "a"))
        reader.verify()
        assert reader.doc_count == len(added)
        assert [reader.stored(i) for i in range(len(added))] == [d.stored for d in added]
        assert [from_days(value) for value in reader.date.tolist()] == [d.date for d in added]
        assert reader.page.tolist() == [d.page or NO_PAGE for d in added]
        assert reader.languages.tolist() == [d.languages for d in added]
        expected = invert(added)
        assert reader.field_names == sorted(expected)
        for name in (*TEXT_FIELDS, *RANKING_FIELDS, "id"):
            field = reader.field(name)
            if name not in expected:
                assert field is None
                continue
            assert field is not None
            assert read_postings(field) == expected[name]
            lengths = [0] * len(added)
            for postings in expected[name].values():
                for doc, positions in postings.items():
                    lengths[doc] += len(positions)
            assert field.lengths.tolist() == lengths
            assert field.total_length == sum(lengths)
            assert field.has_positions == (name in TEXT_FIELDS)


@settings(max_examples=60, deadline=None)
@given(st.sets(TERMS, min_size=1), TERMS | st.just("") | st.just("\ud800"), st.data())
def test_terms_are_found_as_in_a_sorted_list(
    vocabulary: set[str], wanted: str, data: st.DataObject
) -> None:
    terms = sorted(vocabulary)
    low = data.draw(st.integers(0, len(terms)))
    high = data.draw(st.integers(low, len(terms)))
    with TemporaryDirectory() as directory:
        field = build([document("x", [list(vocabulary)])], Path(directory, "a")).field("body_en")
        assert field is not None
        assert field.terms(low, high) == terms[low:high]
        assert [field.term(field.find(term)) for term in terms] == terms
        assert field.find(wanted) == (terms.index(wanted) if wanted in vocabulary else -1)
        first, last = field.prefix_range(wanted)
        assert terms[first:last] == [term for term in terms if term.startswith(wanted)]
        docs, frequencies = field.postings(low, high)
        assert docs.tolist() == [0] * (high - low)
        assert frequencies.tolist() == [1] * (high - low)
        assert field.positions(low, high).tolist() == [
            position for i in range(low, high) for position in field.positions(i)
        ]

        for text in (r"a", r"a.*", r".*a", r"[^\n]b?", r".*(增|b).*", r"", r"a|ab", r".{3}"):
            pattern = re.compile(text.encode())
            expected = [i for i in range(low, high) if pattern.fullmatch(terms[i].encode())]
            assert field.search(pattern, low, high).tolist() == expected


def test_a_pattern_that_matches_line_breaks_is_refused(tmp_path: Path) -> None:
    field = build([document("x", [["a", "b", "c"]])], tmp_path / "a").field("body_en")
    assert field is not None
    with pytest.raises(ValueError, match="line breaks"):
        field.search(re.compile(rb"[^b]*b?[^b]*"))


BAD = [
    replace(document("x"), exact={"body_en": [["new"]], "title_en": [["new", "a\nb"]]}),
    replace(document("x"), exact={"body_en": [["new", ""]]}),
    replace(document("x"), ranking={"body_zh_ranking": ["new", "\udc80"]}),
    replace(document("x"), exact={"body": [["new"]]}),
    replace(document("x"), ranking={"body_zh": ["new"]}),
    document("a\nb", [["new"]]),
    document("\ud800", [["new"]]),
]


@pytest.mark.parametrize("bad", BAD)
def test_a_document_that_is_refused_leaves_no_trace(bad: Document, tmp_path: Path) -> None:
    first, second = document("1", [["a", "b"]]), document("2", [["b", "c"]])
    build([first, second], tmp_path / "without")
    builder = SegmentBuilder()
    builder.add(first)
    with pytest.raises(ValueError, match=r".") as caught:
        builder.add(bad)
    assert "\n" not in str(caught.value)
    assert builder.doc_count == 1
    builder.add(second)
    builder.write(tmp_path / "with")
    assert (tmp_path / "with").read_bytes() == (tmp_path / "without").read_bytes()


def test_an_interrupted_document_leaves_no_trace(tmp_path: Path) -> None:
    class Interrupting(list[str]):
        def __iter__(self) -> None:  # type: ignore[override]
            raise KeyboardInterrupt

    builder = SegmentBuilder()
    with pytest.raises(KeyboardInterrupt):
        builder.add(document("1", [["a"], Interrupting(["b"])]))
    builder.add(document("2", [["b"]]))
    builder.write(tmp_path / "a")
    field = SegmentReader(tmp_path / "a").field("body_en")
    assert field is not None
    assert read_postings(field) == {"b": {0: [0]}}


def test_memory_grows_with_what_is_added() -> None:
    builder = SegmentBuilder()
    sizes = []
    for number in range(50):
        builder.add(document(str(number), [[f"{number}-{i}" for i in range(200)]]))
        sizes.append(builder.memory)
    assert sizes == sorted(sizes)
    assert 50 * 200 * 100 < sizes[-1] < 50 * 200 * 1000


def test_wide_numbers(tmp_path: Path) -> None:
    long = document("1", [["a"] * 300 + ["b"] * 70_000])
    field = build([long], tmp_path / "a").field("body_en")
    assert field is not None
    assert field.postings(0)[1].tolist() == [300]
    assert field.positions(1).tolist() == list(range(300, 70_300))


@pytest.mark.parametrize("page", [None, 0, -1, 65536, 10**30])
def test_a_page_that_is_none(page: int | None, tmp_path: Path) -> None:
    reader = build([replace(document("1"), page=page)], tmp_path / "a")
    assert reader.page.tolist() == [NO_PAGE]


def test_days() -> None:
    assert days(datetime.date(1970, 1, 2)) == 1
    assert days(datetime.date.min) > NO_DATE == days(None)
    assert from_days(days(datetime.date.max)) == datetime.date.max


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    build([document("1")], tmp_path / "a")
    with pytest.raises(FileExistsError):
        build([document("2")], tmp_path / "a")
    assert SegmentReader(tmp_path / "a").stored(0) == document("1").stored


def test_several_threads_read(tmp_path: Path) -> None:
    added = [document(str(i), [[f"t{i}"] * 50]) for i in range(50)]
    reader = build(added, tmp_path / "a")
    right = []

    def read() -> None:
        field = reader.field("body_en")
        assert field is not None
        found = [field.term(field.find(f"t{i}")) for i in range(50)]
        assert found == [f"t{i}" for i in range(50)]
        assert [reader.stored(i) for i in range(50)] == [each.stored for each in added]
        right.append(True)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(right) == 4


def test_arrays_outlive_the_reader(tmp_path: Path) -> None:
    reader = build([document("1", [["a", "b"]])], tmp_path / "a")
    dates, field = reader.date, reader.field("body_en")
    assert field is not None
    positions = field.positions(1)
    reader.close()
    (tmp_path / "a").unlink()
    assert dates.tolist() == [days(datetime.date(1953, 10, 31))]
    assert positions.tolist() == [1]


def arrays(path: Path) -> dict[str, Array]:
    container = Container(path)
    return {name: container[name] for name in container}


def assert_equal(path: Path, other: Path) -> None:
    left, right = arrays(path), arrays(other)
    assert left.keys() == right.keys()
    for name, array in left.items():
        assert array.tolist() == right[name].tolist(), name


Segments = list[tuple[list[Document], list[bool] | None]]


@st.composite
def segments(draw: st.DrawFn) -> Segments:
    result: Segments = []
    for _ in range(draw(st.integers(1, 4))):
        added = draw(documents(5))
        mask = st.lists(st.booleans(), min_size=len(added), max_size=len(added))
        result.append((added, draw(st.none() | mask)))
    return result


def merged(sources: Segments, directory: Path) -> list[Document]:
    """Merge into the file ``merged``; the documents that should be in it."""
    opened: list[tuple[SegmentReader, BoolArray | None]] = []
    live: list[Document] = []
    for number, (added, mask) in enumerate(sources):
        reader = build(added, directory / str(number))
        opened.append((reader, None if mask is None else np.array(mask, np.bool_)))
        live += [d for i, d in enumerate(added) if mask is None or mask[i]]
    merge(opened, directory / "merged")
    return live


@settings(max_examples=60, deadline=None)
@given(segments(), st.sampled_from([1, 20, 1000]))
def test_merging_is_building_from_the_live_documents(sources: Segments, at_a_time: int) -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "_TOKENS", at_a_time)
        patch.setattr(merging, "_ARTICLES", at_a_time)
        live = merged(sources, Path(name))
        build(live, Path(name, "built"))
        Container(Path(name, "merged")).verify()
        assert_equal(Path(name, "merged"), Path(name, "built"))


def many(count: int) -> Sequence[Document]:
    return [document(str(i), [[f"t{i % 7}"]]) for i in range(count)]


def test_merging_more_documents_than_16_bits_can_number(tmp_path: Path) -> None:
    reader = build(many(22_000), tmp_path / "a")
    merge([(reader, None)] * 3, tmp_path / "b")
    field = SegmentReader(tmp_path / "b").field("body_en")
    assert field is not None
    assert field.postings(0)[0].tolist() == [
        base + i for base in (0, 22_000, 44_000) for i in range(0, 22_000, 7)
    ]


def test_a_failed_merge_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError("disk full")

    reader = build(many(3), tmp_path / "a")
    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        merge([(reader, None)], tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
