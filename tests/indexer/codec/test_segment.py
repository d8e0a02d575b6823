"""A segment holds the documents that were added, also when it is merged."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis.bigrams import CODE_BITS, han_code
from indexer.array_types import AnyArray, BoolArray
from indexer.codec import builder as building
from indexer.codec import merge as merging
from indexer.codec import text_field, text_terms, token_keys
from indexer.codec.builder import Document, SegmentBuilder
from indexer.codec.container import Container
from indexer.codec.merge import merge
from indexer.codec.reader import SegmentReader
from indexer.codec.stems import RankingPostings
from indexer.schema import (
    CATEGORIES,
    ID_FIELD,
    NO_DATE,
    NO_PAGE,
    OTHER_FIELDS,
    RANKING,
    TEXT,
    ZONES,
    from_days,
    to_days,
)
from tests.indexer.codec.documents import (
    LONG_WORDS,
    TERMS,
    build,
    document,
    documents,
    invert,
    read_postings,
    stem,
    term_of,
)

FIELDS = (TEXT, RANKING, ID_FIELD, *OTHER_FIELDS)


def holds(reader: SegmentReader, added: Sequence[Document]) -> None:
    """Assert that a segment holds these documents and nothing else."""
    reader.verify()
    assert reader.doc_count == len(added)
    assert [reader.stored(i) for i in range(len(added))] == [d.stored for d in added]
    assert [from_days(value) for value in reader.date.tolist()] == [d.date for d in added]
    assert reader.page.tolist() == [d.page or NO_PAGE for d in added]
    assert reader.languages.tolist() == [d.languages for d in added]
    assert reader.zone_starts.tolist() == [d.zone_starts for d in added]
    assert reader.zone_lengths.tolist() == [d.zone_lengths for d in added]
    for i, name in enumerate(CATEGORIES):
        category = reader.category(name)
        assert category.texts() == [d.categories[i] for d in added]
        assert category.values == sorted({"", *category.texts()})
    expected = invert(added)
    assert {name for name in FIELDS if reader.field(name)} == {*expected}
    for name in FIELDS:
        assert read_postings(reader, name) == expected.get(name, {})


@settings(max_examples=80)
@given(documents(), st.sampled_from([1, 5, 1 << 18]), st.sampled_from([3, 1 << 18]))
def test_a_segment_holds_what_was_added(
    added: list[Document], at_a_time: int, to_sort: int
) -> None:
    with TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        patch.setattr(token_keys, "_BATCH_TOKENS", at_a_time)
        patch.setattr(text_field, "_MIN_SORTED", to_sort)
        for module in (text_field, text_terms):
            patch.setattr(module, "BATCH_TOKENS", 600)
        holds(build(added, Path(directory, "a")), added)


@settings(max_examples=30)
@given(documents())
def test_terms_are_found_by_their_ordinals(added: list[Document]) -> None:
    with TemporaryDirectory() as directory:
        reader = build(added, Path(directory, "a"))
        for name, postings in invert(added).items():
            field = reader.field(name)
            assert field is not None
            assert field.has_positions == (name in (TEXT, *OTHER_FIELDS))
            terms = [term_of(field, ordinal) for ordinal in range(field.term_count)]
            assert sorted(terms) == sorted(postings)
            assert [field.find(term) for term in terms] == [*range(len(terms))]
            words, bigrams = terms[: len(field.words)], terms[len(field.words) :]
            assert (words, bigrams) == (sorted(words), sorted(bigrams))
            for low in range(len(terms) + 1):
                for high in range(low, len(terms) + 1):
                    assert field.term_bytes(low, high) == [t.encode() for t in terms[low:high]]
            for character in "增产节":
                first, after = (han_code(character) + i << CODE_BITS for i in (0, 1))
                low, high = field.bigram_range(first, after)
                assert terms[low:high] == [term for term in bigrams if term[0] == character]


@settings(max_examples=40)
@given(st.lists(TERMS, min_size=1), TERMS | LONG_WORDS | st.sampled_from(["", "\ud800", "a\nb"]))
def test_what_is_not_there_is_not_found(terms: list[str], wanted: str) -> None:
    with TemporaryDirectory() as directory:
        field = build([document("x", terms)], Path(directory, "a")).field(TEXT)
        assert field is not None
        assert (field.find(wanted) >= 0) == (wanted in terms)


@settings(max_examples=40)
@given(documents())
def test_each_word_knows_its_stem(added: list[Document]) -> None:
    with TemporaryDirectory() as directory:
        reader = build(added, Path(directory, "a"))
        text, ranking = reader.field(TEXT), reader.field(RANKING)
        words = text.words.terms(0, len(text.words)) if text else []
        stems = [term_of(ranking, i) for i in reader.stem_of_word.tolist()] if ranking else []
        assert stems == [*map(stem, words)]
        count = ranking.term_count if ranking else 0
        for ordinal in range(count):
            assert ranking is not None
            family = [word for word in words if stem(word) == term_of(ranking, ordinal)]
            assert reader.stored_postings(RANKING).stores(ordinal) == (len(family) != 1)
            if not family:
                continue
            assert isinstance(ranking.postings, RankingPostings)
            last = int(ranking.postings.word_of_stem[ordinal])
            assert last == words.index(family[-1])


BAD = [
    document("x", zones={"author": ["new"], "body_zh": ["new", "a\nb"]}),
    document("x", ["new", ""]),
    document("x", ["new", "\udc80"]),
    document("x", ["new"], others={"column": ["new", "\n"]}),
    document("x", ["new"], long_words=["新新新", ""]),
    document("x", ["new"], title_words=["新新新", "a\nb"]),
    document("a\nb", ["new", "新"]),
    replace(document("x", ["new", "新"]), id="\ud800"),
    document("x", ["new"], categories=("new",)),
    replace(document("x", ["new", "新"]), languages=256),
    replace(document("x", ["new", "新"]), zone_lengths=[0, 0, 0, 0, 2**40]),
]


@pytest.mark.parametrize("bad", BAD)
def test_a_document_that_is_refused_leaves_no_trace(bad: Document, tmp_path: Path) -> None:
    first, second = document("1", ["a", "b", "增"]), document("2", ["b", "c"])
    build([first, second], tmp_path / "without")
    builder = SegmentBuilder(stem)
    builder.add(first)
    memory = builder.memory
    with pytest.raises((ValueError, OverflowError)) as caught:
        builder.add(bad)
    assert "\n" not in str(caught.value)
    assert builder.doc_count == 1
    assert builder.memory == pytest.approx(memory, rel=0.01)  # arrays keep some memory
    builder.add(second)
    builder.write(tmp_path / "with")
    assert (tmp_path / "with").read_bytes() == (tmp_path / "without").read_bytes()


def test_an_interrupted_document_leaves_no_trace(tmp_path: Path) -> None:
    class Interrupting(list[str]):
        def __iter__(self) -> None:  # type: ignore[override]
            raise KeyboardInterrupt

    builder = SegmentBuilder(stem)
    with pytest.raises(KeyboardInterrupt):
        builder.add(document("1", ["a"], title_words=Interrupting(["b"])))
    builder.add(document("2", ["b"]))
    builder.write(tmp_path / "a")
    holds(SegmentReader(tmp_path / "a"), [document("2", ["b"])])


def test_memory_grows_with_what_is_added() -> None:
    builder = SegmentBuilder(stem)
    sizes = [builder.memory]
    for number in range(50):
        builder.add(document(str(number), [f"{number}-{i}" for i in range(200)]))
        sizes.append(builder.memory)
    assert sizes == sorted(sizes)
    assert 50 * 200 * 100 < sizes[-1] - sizes[0] < 50 * 200 * 1000


def test_a_builder_knows_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "MAX_DOCUMENTS", 3)
    builder = SegmentBuilder(stem)
    for number in range(3):
        assert not builder.is_full
        builder.add(document(str(number)))
    assert builder.is_full
    monkeypatch.setattr(building, "MAX_DOCUMENTS", 9)
    assert not builder.is_full
    monkeypatch.setattr(building, "MAX_TERMS", 6)
    builder.add(document("3", ["a", "b"], long_words=["节约者"]))
    assert not builder.is_full
    builder.add(document("4", ["c"]))
    assert builder.is_full


def test_several_documents_of_one_name(tmp_path: Path) -> None:
    added = [document(name, [name]) for name in ("b", "a", "b", "c", "b")]
    reader = build(added, tmp_path / "a")
    holds(reader, added)
    assert [*read_postings(reader, ID_FIELD)["b"]] == [0, 2, 4]


def test_long_documents(tmp_path: Path) -> None:
    long = document("1", ["a"] * 300 + ["b"] * 70_000 + ["增"] * 300)
    added = [document("0", ["b"]), long, document("2"), document("3", ["b", "增"])]
    holds(build(added, tmp_path / "a"), added)


@pytest.mark.parametrize("page", [None, 0, -1, 65536, 10**30])
def test_a_page_that_is_none(page: int | None, tmp_path: Path) -> None:
    reader = build([document("1", page=page)], tmp_path / "a")
    assert reader.page.tolist() == [NO_PAGE]


def test_days() -> None:
    assert to_days(datetime.date(1970, 1, 2)) == 1
    assert to_days(datetime.date.min) > NO_DATE == to_days(None)
    assert from_days(to_days(datetime.date.max)) == datetime.date.max


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    build([document("1")], tmp_path / "a")
    with pytest.raises(FileExistsError):
        build([document("2")], tmp_path / "a")
    assert SegmentReader(tmp_path / "a").stored(0) == document("1").stored


def test_several_threads_read(tmp_path: Path) -> None:
    added = [document(str(i), [f"t{i}"] * 50 + ["增产"] * i) for i in range(50)]
    reader = build(added, tmp_path / "a")
    expected = invert(added)[TEXT]
    right = []

    def read() -> None:
        assert read_postings(reader, TEXT) == expected
        assert [reader.stored(i) for i in range(50)] == [each.stored for each in added]
        right.append(True)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(right) == 4


def test_arrays_outlive_the_reader(tmp_path: Path) -> None:
    reader = build([document("1", ["a", "b"])], tmp_path / "a")
    dates, starts = reader.date, reader.zone_starts
    reader.close()
    (tmp_path / "a").unlink()
    assert dates.tolist() == [to_days(datetime.date(1953, 10, 31))]
    assert starts.shape == (1, len(ZONES))


Segments = list[tuple[list[Document], list[bool] | None]]


@st.composite
def segments(draw: st.DrawFn) -> Segments:
    result: Segments = []
    bigrams = st.text("增产", min_size=1, max_size=2)
    for _ in range(draw(st.integers(1, 4))):
        added = draw(documents(5, draw(st.sampled_from([TERMS, bigrams]))))
        mask = st.lists(st.booleans(), min_size=len(added), max_size=len(added))
        result.append((added, draw(st.none() | mask)))
    return result


def merged(sources: Segments, directory: Path) -> list[Document]:
    """Merge into the file ``merged``; returns the documents that should be in it."""
    opened: list[tuple[SegmentReader, BoolArray | None]] = []
    live: list[Document] = []
    for number, (added, mask) in enumerate(sources):
        reader = build(added, directory / str(number))
        opened.append((reader, None if mask is None else np.array(mask, np.bool_)))
        live += [d for i, d in enumerate(added) if mask is None or mask[i]]
    merge(opened, directory / "merged")
    return live


def arrays(path: Path) -> dict[str, AnyArray]:
    container = Container(path)
    return {name: container[name] for name in container}


@settings(max_examples=80)
@given(segments(), st.sampled_from([1, 20, 1000]))
def test_merging_is_building_from_the_live_documents(sources: Segments, at_a_time: int) -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "_MIN_TOKENS", at_a_time)
        patch.setattr(merging, "_MAX_TOKENS", at_a_time)
        live = merged(sources, Path(name))
        holds(SegmentReader(Path(name, "merged")), live)
        build(live, Path(name, "built"))
        left, right = arrays(Path(name, "merged")), arrays(Path(name, "built"))
        assert left.keys() == right.keys()
        for each, array in left.items():
            assert array.tolist() == right[each].tolist(), each
            assert array.dtype == right[each].dtype, each


def many(count: int) -> Sequence[Document]:
    return [document(str(i), [f"t{i % 7}", "增产"]) for i in range(count)]


def test_merging_more_documents_than_16_bits_can_number(tmp_path: Path) -> None:
    reader = build(many(22_000), tmp_path / "a")
    merge([(reader, None)] * 3, tmp_path / "b")
    field = SegmentReader(tmp_path / "b").field(TEXT)
    assert field is not None
    assert field.postings.read_term(0).documents.tolist() == [
        base + i for base in (0, 22_000, 44_000) for i in range(0, 22_000, 7)
    ]
    found = field.postings.read_terms(np.array([field.find("增产")]))
    assert found.documents.tolist() == [*range(66_000)]
    assert len(set(found.positions.of(np.arange(66_000)).tolist())) == 1


def test_a_failed_merge_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError("disk full")

    reader = build(many(3), tmp_path / "a")
    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        merge([(reader, None)], tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
