"""The ranking stream reads the same postings for a stem of one word as the text does."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.array_types import Int64Array
from indexer.codec import stems
from indexer.codec.builder import Document
from indexer.codec.stems import RankingPostings, stores_postings
from indexer.schema import RANKING
from tests.indexer.codec.documents import build, document, documents, invert, term_of


@settings(max_examples=40)
@given(documents(), st.sampled_from([1, 4, 1000]), st.data())
def test_many_terms_are_read_as_each_alone(
    added: list[Document], at_a_time: int, data: st.DataObject
) -> None:
    expected = invert(added).get(RANKING, {})
    with TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        patch.setattr(stems, "BATCH_POSTINGS", at_a_time)
        field = build(added, Path(directory, "a")).field(RANKING)
        if field is None:
            assert not expected
            return
        ordinals = st.lists(st.integers(0, field.term_count - 1), unique=True)
        wanted: Int64Array = np.array(sorted(data.draw(ordinals)), np.int64)
        terms = [expected[term_of(field, ordinal)] for ordinal in wanted.tolist()]
        rows = [(number, *posting[:2]) for term in terms for number, posting in term.items()]
        found = field.postings.read_terms(wanted)
        parts = [*field.postings.read_batches(wanted)]
        for several in ([found], parts):
            counts = [count for part in several for count in part.counts.tolist()]
            assert counts == [len(term) for term in terms]
            read = [
                row
                for part in several
                for row in zip(
                    part.documents.tolist(),
                    part.frequencies.tolist(),
                    part.title_frequencies().tolist(),
                    strict=True,
                )
            ]
            assert read == rows
        for ordinal, term in zip(wanted.tolist(), terms, strict=True):
            assert field.postings.read_term(ordinal).documents.tolist() == [*term]
            indices, frequencies = field.postings.title_frequencies(ordinal)
            in_titles = [posting.title_frequency for posting in term.values()]
            assert indices.tolist() == [i for i, count in enumerate(in_titles) if count]
            assert frequencies.tolist() == [count for count in in_titles if count]


def test_only_a_stem_of_one_word_stores_no_postings() -> None:
    assert stores_postings(np.array([0, 1, 2, 3])).tolist() == [True, False, True, True]


def test_borrowed_postings_have_no_positions(tmp_path: Path) -> None:
    field = build([document("1", ["a", "c"])], tmp_path / "a").field(RANKING)
    assert field is not None
    assert isinstance(field.postings, RankingPostings)
    with pytest.raises(ValueError, match="no positions"):
        _ = field.postings.read_terms(np.arange(2)).positions
