"""Postings are read as they were written, one term or many, in batches of any size."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.array_types import Int64Array
from indexer.codec import postings_reader, stored_positions
from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.postings import BLOCK_SIZE, SCATTERED, PostingsBatch
from indexer.codec.postings_reader import PostingsReader
from indexer.codec.postings_writer import PostingsWriter
from indexer.codec.terms_postings import TermsPostings
from indexer.errors import IndexDamaged
from indexer.schema import POSITION_BITS


class Term(NamedTuple):
    """The postings of a term: a list of positions for each document."""

    documents: Int64Array
    title_frequencies: Int64Array
    positions: list[Int64Array]

    @property
    def frequencies(self) -> list[int]:
        return [len(each) for each in self.positions]


class Kind(NamedTuple):
    """A kind of term: its most documents, most occurrences in one, and largest position."""

    documents: int
    frequency: int
    position: int


KINDS = st.sampled_from(
    [
        Kind(0, 0, 0),
        Kind(1, 1, 100),
        Kind(3, 4, 3000),
        Kind(3, 5, 2**21),
        Kind(2, 700, 900),
        Kind(2, 300, 2**20),
        Kind(40, 3, 2**17),
        Kind(300, 2, 5000),
        Kind(2000, 5, 2**16),
    ]
)
DOC_COUNTS = st.sampled_from([1, 3, SCATTERED - 1, SCATTERED + 1, 3000, 300_000])


def make_term(kind: Kind, doc_count: int, random: np.random.Generator) -> Term:
    """A term of a kind; its documents are often neighbours."""
    most = min(kind.documents, doc_count)
    count = int(random.integers(min(1, most), most + 1))
    among = min(doc_count, max(count, int(count * random.choice([1, 1.1, 10, 1000]))))
    first = int(random.integers(0, doc_count - among + 1))
    documents = first + np.sort(random.choice(among, count, replace=False)).astype(np.int64)
    frequencies = random.integers(1, kind.frequency + 1, count).tolist() if count else []
    positions = [
        np.sort(random.choice(kind.position, frequency, replace=False)).astype(np.int64)
        for frequency in frequencies
    ]
    is_in_titles = random.random() < 0.3
    title_frequencies = [random.integers(0, 1 + is_in_titles * len(each)) for each in positions]
    return Term(documents, np.array(title_frequencies, np.int64), positions)


def batch_of(terms: Sequence[Term], *, has_positions: bool) -> PostingsBatch:
    none = np.empty(0, np.int64)
    positions = [each for term in terms for each in term.positions]
    batch = PostingsBatch(
        document_frequencies=np.array([len(term.documents) for term in terms], np.int64),
        documents=np.concatenate([none, *(term.documents for term in terms)]),
        frequencies=np.array([len(each) for each in positions], np.int64),
        title_frequencies=np.concatenate([none, *(term.title_frequencies for term in terms)]),
    )
    if not has_positions:
        return batch
    nexts = [np.diff(each) for each in positions]
    return batch._replace(
        first_positions=np.array([each[0] for each in positions], np.uint32),
        next_gaps=np.concatenate([none, *nexts]).astype(np.uint32),
    )


def write(
    path: Path, terms: Sequence[Term], doc_count: int, sizes: Sequence[int], *, has_positions: bool
) -> PostingsReader:
    """Write terms in batches of ``sizes``, again and again."""
    with ContainerWriter(path) as out:
        writer = PostingsWriter("f", doc_count, out, has_positions=has_positions)
        start = number = 0
        while start < len(terms):
            end = start + sizes[number % len(sizes)]
            writer.add(batch_of(terms[start:end], has_positions=has_positions))
            start, number = end, number + 1
        writer.finish()
    container = Container(path)
    container.verify()
    return PostingsReader("f", container, doc_count)


def check_one(reader: PostingsReader, ordinal: int, term: Term) -> None:
    documents, frequencies = reader.read_term(ordinal)
    assert documents.dtype == np.int64
    assert documents.tolist() == term.documents.tolist()
    assert frequencies.tolist() == term.frequencies
    indices, title_frequencies = reader.title_frequencies(ordinal)
    dense = np.zeros(len(documents), np.int64)
    dense[indices] = title_frequencies
    assert dense.tolist() == np.minimum(term.title_frequencies, 255).tolist()
    assert reader.stores(ordinal) == (len(documents) > 0)


def check_several(
    reader: PostingsReader, terms: Sequence[Term], ordinals: Sequence[int], kept: Collection[int]
) -> None:
    """``kept`` has percentages: a posting is kept after each such share of all postings."""
    wanted = batch_of([terms[ordinal] for ordinal in ordinals], has_positions=True)
    found = reader.read_terms(np.array(ordinals, np.int64))
    assert found.counts.tolist() == wanted.document_frequencies.tolist()
    assert found.documents.tolist() == wanted.documents.tolist()
    assert found.frequencies.tolist() == wanted.frequencies.tolist()
    assert found.title_frequencies().tolist() == np.minimum(wanted.title_frequencies, 255).tolist()
    if reader.has_positions:
        positions = [each for ordinal in ordinals for each in terms[ordinal].positions]
        indices = sorted({share * len(positions) // 100 for share in kept if positions})
        for some in (indices, range(len(positions))):
            expected = [number for index in some for number in positions[index].tolist()]
            assert found.positions.of(np.array(some, np.int64)).tolist() == expected
        if len(ordinals) == 1:
            check_contains(found, terms[ordinals[0]])


def check_parts(reader: PostingsReader, count: int) -> None:
    """Batches hold the same postings as one reading of all terms."""
    whole = reader.read_terms(np.arange(count))
    parts = [*reader.read_batches(np.arange(count))]
    for name in ("counts", "documents", "frequencies"):
        found = [getattr(part, name) for part in parts]
        assert np.concatenate([[], *found]).tolist() == getattr(whole, name).tolist()
    title_frequencies = [part.title_frequencies() for part in parts]
    assert np.concatenate([[], *title_frequencies]).tolist() == whole.title_frequencies().tolist()


def check_contains(found: TermsPostings, term: Term) -> None:
    """Ask for keys of the term, and for keys beside and beyond them."""
    occurring = {
        (document << POSITION_BITS) + position
        for document, positions in zip(term.documents.tolist(), term.positions, strict=True)
        for position in positions.tolist()
    }
    some = sorted(occurring)[:: 1 + len(occurring) // 50]
    keys = sorted({max(0, key + step) for key in some for step in (0, 1, 1 << POSITION_BITS)})
    contained = found.positions.contains(np.array(keys, np.int64))
    assert contained.tolist() == [key in occurring for key in keys]


@settings(max_examples=80)
@given(
    DOC_COUNTS,
    st.lists(st.tuples(KINDS, st.integers(1, 70)), min_size=1, max_size=8),
    st.integers(0, 2**32),
    st.lists(st.integers(1, 300), min_size=1, max_size=3),
    st.booleans(),
    st.data(),
)
def test_postings_come_back(
    doc_count: int,
    kinds: Sequence[tuple[Kind, int]],
    seed: int,
    sizes: Sequence[int],
    has_positions: bool,
    data: st.DataObject,
) -> None:
    random = np.random.default_rng(seed)
    terms = [
        make_term(kind, doc_count, random)
        for kind, count in kinds
        # only a few of the large ones
        for _ in range(count if kind.documents < 100 and kind.frequency < 100 else count % 4)
    ]
    random.shuffle(terms)
    with TemporaryDirectory() as directory:
        path = Path(directory, "a")
        reader = write(path, terms, doc_count, sizes, has_positions=has_positions)
        assert reader.term_count == len(terms)
        counts = [sum(term.frequencies) if has_positions else len(term.documents) for term in terms]
        assert reader.token_counts().tolist() == counts
        for ordinal, term in enumerate(terms):
            check_one(reader, ordinal, term)
        ordinals = st.lists(st.integers(0, max(len(terms) - 1, 0)), unique=True)
        kept = st.sets(st.integers(0, 99))
        for _ in range(4):
            check_several(
                reader, terms, sorted(data.draw(ordinals)) if terms else [], data.draw(kept)
            )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                stored_positions, "_BATCH_POSITIONS", data.draw(st.sampled_from([1, 7, 1000]))
            )
            check_several(reader, terms, range(len(terms)), range(100))
            for ordinal in range(0, len(terms), 1 + len(terms) // 5):
                check_several(reader, terms, [ordinal], range(0, 100, 9))
            patch.setattr(
                postings_reader, "BATCH_POSTINGS", data.draw(st.sampled_from([1, 7, 1000]))
            )
            check_parts(reader, len(terms))


def test_how_it_is_divided_makes_no_difference(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    kinds = [Kind(3, 4, 3000), Kind(300, 2, 5000), Kind(2, 300, 2**20), Kind(0, 0, 0)]
    terms = [make_term(kinds[i % 7 % 4], 1000, random) for i in range(5 * BLOCK_SIZE // 2)]
    files = set()
    size = BLOCK_SIZE
    for number, sizes in enumerate(([1], [size], [size - 1, 2 * size], [10 * size])):
        path = tmp_path / str(number)
        write(path, terms, 1000, sizes, has_positions=True)
        container = Container(path)
        files.add(tuple((name, container[name].tobytes()) for name in sorted(container)))
    assert len(files) == 1


def one(
    documents: Sequence[int], positions: Sequence[Sequence[int]], title_frequency: int = 0
) -> Term:
    return Term(
        np.array(documents, np.int64),
        np.full(len(documents), title_frequency, np.int64),
        [np.array(each, np.int64) for each in positions],
    )


@pytest.mark.parametrize("gap", [254, 255, 256, 510, 255 * 256, 65_536, 299_999])
def test_gaps_at_the_edges_of_the_code(tmp_path: Path, gap: int) -> None:
    for name, doc_count in (("dense", 2), ("scattered", 300_000)):
        # The number of documents decides how gaps are written, not how large they may be.
        terms = [one([gap - 1], [[gap]]), one([0, gap], [[gap, 2 * gap], [0, 2 * gap]])]
        reader = write(tmp_path / name, terms, doc_count, [9], has_positions=True)
        for ordinal, term in enumerate(terms):
            check_one(reader, ordinal, term)
        check_several(reader, terms, [0, 1], [0])


@pytest.mark.parametrize("frequency", [1, 3, 4, 5, 254, 255, 256, 258, 259, 260, 515, 5000])
def test_frequencies_at_the_edges_of_the_code(tmp_path: Path, frequency: int) -> None:
    terms = [one([0, 1], [range(frequency), [0]], frequency), one([0], [range(frequency)])]
    reader = write(tmp_path / "a", terms, 2, [9], has_positions=True)
    for ordinal, term in enumerate(terms):
        check_one(reader, ordinal, term)
    check_several(reader, terms, [0, 1], [0, 99])


@settings(max_examples=20)
@given(st.sets(st.integers(0, 200_000), max_size=20), st.integers(0, 200_000))
def test_title_frequencies_are_found_among_more_postings_than_16_bits_can_number(
    in_titles: set[int], cut: int
) -> None:
    count = 200_001
    title_frequencies = np.zeros(count, np.int64)
    title_frequencies[sorted(in_titles)] = 1
    cuts = sorted({0, cut, count})
    terms = [
        PostingsBatch(
            np.array([end - start]),
            np.arange(end - start),
            np.ones(end - start, np.int64),
            title_frequencies[start:end],
        )
        for start, end in pairwise(cuts)
    ]  # fmt: skip
    with TemporaryDirectory() as directory:
        with ContainerWriter(Path(directory, "a")) as out:
            writer = PostingsWriter("f", count, out, has_positions=False)
            for term in terms:
                writer.add(term)
            writer.finish()
        reader = PostingsReader("f", Container(Path(directory, "a")), count)
        indices = [np.flatnonzero(term.title_frequencies).tolist() for term in terms]
        assert [reader.title_frequencies(i)[0].tolist() for i in range(len(terms))] == indices
        found = reader.read_terms(np.arange(len(terms)))
        assert found.title_frequencies().tolist() == title_frequencies.tolist()


def test_a_field_without_positions_refuses_to_give_them(tmp_path: Path) -> None:
    reader = write(tmp_path / "a", [one([0], [[0]])], 1, [1], has_positions=False)
    assert not reader.has_positions
    with pytest.raises(IndexDamaged, match="no array f/first_highs"):
        reader.read_terms(np.array([0])).positions.of(np.array([0]))


def test_terms_that_have_no_postings_take_no_postings(tmp_path: Path) -> None:
    nothing = one([], [])
    reader = write(tmp_path / "a", [nothing] * 300, 5, [300], has_positions=True)
    assert reader.term_count == 300
    check_several(reader, [nothing] * 300, range(300), [])
    check_several(reader, [nothing], [], [])
    container = Container(tmp_path / "a")
    assert container["f/gaps"].size == container["f/first_lows"].size == 0


def test_what_many_documents_have_is_compressed(tmp_path: Path) -> None:
    terms = [one(range(0, 60_000, 3), [[1]] * 20_000), one([5], [[1]])]
    reader = write(tmp_path / "a", terms, 60_000, [2], has_positions=True)
    assert Container(tmp_path / "a")["f/gaps"].size < 1000
    for ordinal, term in enumerate(terms):
        check_one(reader, ordinal, term)
    check_several(reader, terms, [0, 1], [0, 50, 99])
