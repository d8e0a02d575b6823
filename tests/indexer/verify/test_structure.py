"""Impossible values in a file with the right checksums are found, or make no difference."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import build_index, build_lexicon, merge_policy, verify_index
from indexer.array_types import AnyArray
from indexer.codec.arrays import batch_bounds
from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.segment_arrays import STORED
from indexer.verify.lexicon import table_faults
from indexer.verify.structure import structure_faults
from tests.indexer.archives import Content, content, write

SEEDS = Path(__file__).parents[3] / "seeds"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of two segments, with frequent terms and a deleted article."""
    place = tmp_path_factory.mktemp("structure")
    seeds = place / "seeds"
    shutil.copytree(SEEDS, seeds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merge_policy, "MAX_SIZE_RATIO", 1)
        patch.setattr(merge_policy, "MAX_DELETED_SHARE", 1)
        _fill(seeds, place / "index")
    assert len([*(place / "index").glob("MAIN_*.arrays")]) == 2
    return place / "index"


def _fill(seeds: Path, index: Path) -> None:
    many = "产，steel。" * 300
    write(seeds / "a.txt", f"# 增产 steel\n李明\n1953-10-31\n第1版()\n专栏：工业\n\n    {many}\n")
    build_index(seeds, index=index, jobs=1)
    write(seeds / "b.txt", "Title: Steel\nAuthor: Li Ming\n\n    Steels, a steel; the 钢铁. Steel")
    write(seeds / "c.txt", "Title: Gone\n\n    Gone")
    write(seeds / "d.txt", "Title: Stay\n\n    Stay and go going")
    build_index(seeds, index=index, jobs=1)
    (seeds / "c.txt").unlink()
    build_index(seeds, index=index, jobs=1)


@pytest.fixture(scope="module")
def expected(index: Path) -> Content:
    return content(index)


def arrays(path: Path) -> dict[str, AnyArray]:
    container = Container(path)
    return {name: container[name].copy() for name in container}


def rewrite(path: Path, values: Mapping[str, AnyArray]) -> None:
    """Write a container anew, with the right checksums."""
    path.unlink()
    with ContainerWriter(path) as out:
        for name, array in values.items():
            out.add(name, array)


def restore(path: Path, content: bytes) -> None:
    """Put a file back as it was; those who have another open keep that."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def segments(index: Path) -> list[Path]:
    """The segments, the largest first."""
    found = index.glob("MAIN_*.arrays")
    return sorted(found, key=lambda path: -path.stat().st_size)


@pytest.mark.parametrize("seed", range(40))
def test_a_change_with_the_right_checksums_is_found_or_makes_no_difference(
    index: Path, expected: Content, seed: int
) -> None:
    random = Random(seed)
    path = random.choice(segments(index))
    before = path.read_bytes()
    values = arrays(path)
    # A stored article may have any content; only the file that was indexed proves it wrong.
    name = random.choice([n for n in values if len(values[n]) and n != STORED])
    changed = values[name].view(np.uint8)
    changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    try:
        rewrite(path, values)
        if verify_index(index, deep=True).is_sound:
            assert content(index) == expected
    finally:
        restore(path, before)


def first_of_two(name: str, value: int) -> Callable[[dict[str, AnyArray]], None]:
    def change(values: dict[str, AnyArray]) -> None:
        values[name][0] = value

    return change


def swapped(name: str, size: int = 1) -> Callable[[dict[str, AnyArray]], None]:
    """The first two rows exchanged."""

    def change(values: dict[str, AnyArray]) -> None:
        rows = values[name].reshape(-1, size)
        rows[[0, 1]] = rows[[1, 0]]

    return change


def longer(name: str) -> Callable[[dict[str, AnyArray]], None]:
    def change(values: dict[str, AnyArray]) -> None:
        values[name] = np.append(values[name], values[name].dtype.type(0))

    return change


def in_words(name: str, old: bytes, new: bytes) -> Callable[[dict[str, AnyArray]], None]:
    def change(values: dict[str, AnyArray]) -> None:
        text = values[f"{name}/words"].tobytes()
        assert text.count(old) >= 1
        values[f"{name}/words"] = np.frombuffer(text.replace(old, new, 1), np.uint8)

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (first_of_two("date", 2**31 - 1), "impossible dates"),
        (first_of_two("languages", 4), "impossible languages"),
        (longer("page"), "document arrays of different lengths"),
        (longer("text/zone_starts"), "reshape"),
        (first_of_two("text/zone_lengths", 200), "zones that overlap"),
        (first_of_two("stored_ends", 2**31), "stored_ends does not divide stored"),
        (longer("stored"), "stored_ends does not divide stored"),
        (longer("beads"), "beads_ends does not divide beads"),
        (first_of_two("author_value", 200), "impossible values of author"),
        (swapped("text/word_starts"), "word_starts does not divide"),
        (longer("text/word_starts"), "does not divide|without postings"),
        (in_words("text", b"\nthe\n", b"\na\xffe\n"), "not in order|utf-8"),
        (in_words("text", b"\nthe\n", b"\nzzz\n"), "text/words is not in order"),
        (in_words("section_values", b"\n\n", b"\na\n"), "does not divide"),
        (swapped("text/bigrams"), "text/bigrams is not in order"),
        (first_of_two("text/bigrams", 2**31), "text/bigrams is not in order"),
        (longer("text/gaps"), "text/gaps is not as long as it should be"),
        (longer("text/gap_lows"), "text/gap_lows is not as long as it should be"),
        (longer("text/title_frequencies"), "text/title"),
        (longer("text/title_posting_starts"), "title_posting_starts does not divide"),
        (longer("text/first_lows"), "text/first_lows is not as long as it should be"),
        (longer("text/next_codes"), "text/next_codes is not as long as it should be"),
        (longer("text/frequency_codes"), "is not as long as it should be"),
        (longer("text/frequency_escapes"), "is not as long as it should be"),
        (first_of_two("text/frequent", 2**30), "impossible counts of text"),
        (longer("text/block_starts"), "reshape"),
        (swapped("text/block_starts", 7), "in text|cannot be read"),
        (first_of_two("text/gaps", 9), "documents that do not exist in text"),
        (first_of_two("text/gaps", 0), "documents that do not exist in text"),
        (first_of_two("text/first_highs", 0x33), "in text|zone_lengths"),
        (first_of_two("text/next_lows", 0), "positions out of order in text"),
        (first_of_two("text/title_frequencies", 99), "occurrences in titles"),
        (swapped("id/gaps"), "article 0 is "),
        (first_of_two("id/gaps", 2), "documents that do not exist in id|without an id"),
        (first_of_two("ranking/stem_of_word", -1), "impossible stems"),
        (first_of_two("ranking/stem_of_word", 5), "stems without postings"),
        (longer("ranking/stem_of_word"), "impossible stems"),
        (first_of_two("beads", 255), "article 000_a4e8378cc441a5b5.txt"),
    ],
)
def test_what_is_impossible_is_named(
    index: Path, change: Callable[[dict[str, AnyArray]], None], message: str
) -> None:
    path = segments(index)[0]
    before = path.read_bytes()
    values = arrays(path)
    change(values)
    try:
        rewrite(path, values)
        damage = verify_index(index).damage
    finally:
        restore(path, before)
    assert damage
    assert {found.path for found in damage} == {path}
    assert re.search(message, "\n".join(map(str, damage))), damage


def test_a_sound_segment_has_no_faults(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "indexer.verify.field_structure._BATCH_TOKENS", 5
    )  # terms are read few at a time
    monkeypatch.setattr("indexer.codec.term_dictionary._BATCH_TERMS", 3)
    for path in segments(index):
        read: list[int] = []
        assert not [*structure_faults(path, read.append)]
        assert len(read) > 8
        container = Container(path)
        fields = sum(container[name].nbytes for name in container if "/" in name)
        assert 0.9 * fields < sum(read) <= fields


def test_a_missing_array_is_damage(index: Path) -> None:
    path = segments(index)[0]
    before = path.read_bytes()
    try:
        values = arrays(path)
        for name in values:
            if not len(values.get(f"{name.partition('/')[0]}/counts", "some")):
                continue  # a field without terms
            rewrite(path, {other: array for other, array in values.items() if other != name})
            assert [found.path for found in verify_index(index).damage][:1] == [path], name
    finally:
        restore(path, before)


@pytest.fixture(scope="module")
def lexicon(index: Path) -> Path:
    build_lexicon(index)
    (path,) = index.glob("lexicon_*.arrays")
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (swapped("lexicon/chinese/word_starts"), "does not divide"),
        (longer("lexicon/english/null"), "different lengths"),
        (longer("lexicon/pairs/forward"), "different lengths"),
        (first_of_two("lexicon/pairs/chinese", 2**30), "out of order"),
        (swapped("lexicon/pairs/by_english"), "out of order"),
        (first_of_two("lexicon/pairs/by_english", 1), "not an order"),
        (first_of_two("lexicon/chinese/pair_starts", 5), "does not divide the pairs"),
    ],
)
def test_what_is_impossible_in_a_lexicon_is_named(
    lexicon: Path, tmp_path: Path, change: Callable[[dict[str, AnyArray]], None], message: str
) -> None:
    assert not [*table_faults(Container(lexicon))]
    values = arrays(lexicon)
    change(values)
    shutil.copy(lexicon, tmp_path / "a")
    rewrite(tmp_path / "a", values)
    assert any(re.search(message, fault) for fault in table_faults(Container(tmp_path / "a")))


@given(st.lists(st.integers(0, 9)), st.integers(1, 20))
def test_cuts_part_things_into_few_enough_or_one(sizes: list[int], most: int) -> None:
    bounds = batch_bounds(np.array(sizes, np.int64), most)
    assert bounds[0] == 0
    assert bounds[-1] == len(sizes)
    assert bounds == sorted(set(bounds))
    for low, high in pairwise(bounds):
        # The last of a part may be the one by which it is too large.
        assert sum(sizes[low : high - 1]) <= most
