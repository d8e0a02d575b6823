"""The short form of `bench.trust.damage`; and proof that it finds what it looks for."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import NoReturn

import pytest

from bench.trust import damage
from indexer import IndexDamaged, build_index, build_lexicon, verify_index
from indexer.codec.container import Container
from indexer.codec.manifest import Manifest, write_manifest
from indexer.store import open_index
from search import Archive, Hit, open_archive


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return damage.index_of_the_seed(tmp_path_factory.mktemp("damage"))


def test_no_promise_is_broken() -> None:
    faults, counts = damage.run(short=True, seed=1)
    assert not faults
    assert counts["bytes changed"] + counts["files cut short"] == 200
    assert counts["refusals"] > 20
    assert counts["right answers"] > 100
    assert counts["additions refused"] + counts["additions, the damage still seen"] == 3


def test_every_byte_and_every_length_of_every_file_is_tried(index: Path) -> None:
    sizes = {path.name: path.stat().st_size for path in damage.files(index)}
    assert len(sizes) == 8
    tried = [*damage.cases(index, random.Random(1))]
    assert len(tried) == len(set(tried)) == 2 * sum(sizes.values())
    content = b"abc"
    case = damage.Case("a", 1, 0x20)
    assert case.of(content) == b"aBc"
    assert case._replace(mask=0).of(content) == b"a"


def test_damage_is_undone(index: Path) -> None:
    before = {path: path.read_bytes() for path in damage.files(index)}
    for case in damage.some_cases(index, random.Random(1), 50):
        with damage.damaged(index, case):
            after = {path: path.read_bytes() for path in before}
            assert {path.name for path in before if before[path] != after[path]} == {case.file}
        assert {path: path.read_bytes() for path in before} == before


def test_unseen_damage_is_reported(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def faults(self: Container) -> Iterator[str]:
        yield from ()

    monkeypatch.setattr(Container, "faults", faults)
    (path,) = index.glob("lexicon*")
    case = damage.Case(path.name, Container(path).offset("lexicon/pairs/forward"), 1)
    assert [*damage.unseen(index, [case], Counter())] == [f"{case}: sound"]


def test_a_surprise_is_reported(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [*damage.some_cases(index, random.Random(1), 3)]
    with monkeypatch.context() as patch:
        patch.setattr(damage, "questions", lambda _: [_fail] * damage._QUESTIONS)
        patch.setattr(damage, "damaged", lambda *_: nullcontext())
        with pytest.raises(ZeroDivisionError):
            [*damage.surprises(index, cases, random.Random(1), Counter())]
    assert not [*damage.surprises(index, cases, random.Random(1), Counter())]


def _fail(archive: Archive) -> object:
    return 1 // 0


def _lazy(archive: Archive) -> Sequence[Hit]:
    return archive.search("steel", snippets=False).hits


def fail(*_: object, **__: object) -> NoReturn:
    raise IndexError("out of bounds")


CALLS: list[tuple[str, Callable[[Archive], object]]] = [
    ("search.archive.evaluate", lambda archive: archive.search("steel")),
    ("search.archive.evaluate", lambda archive: archive.concordance("steel")),
    ("search.archive.evaluate", lambda archive: archive.collocates("steel")),
    ("search.corpus.lexicon.evaluate", lambda archive: archive.lexicon("steel")),
    ("search.info.archive_info", lambda archive: archive.info()),
    ("indexer.article.Article.from_bytes", lambda archive: archive.article("0.txt")),
    (
        "search.passage.hit_builder.HitBuilder.hits",
        lambda archive: archive.search("steel", snippets=False).hits[0],
    ),
    ("search.corpus.concordance.context_lines", lambda archive: [*archive.concordance("steel")]),
    (
        "search.corpus.occurrences.Occurrences.count",
        lambda archive: archive.concordance("steel").total,
    ),
]


@pytest.mark.parametrize(("name", "call"), CALLS)
def test_what_an_index_is_to_blame_for_is_damage_and_the_rest_is_not(
    index: Path, name: str, call: Callable[[Archive], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    (path, *_) = index.glob("MAIN_*.arrays")
    case = damage.Case(path.name, 64, 1)
    with open_archive(index) as archive:
        call(archive)
        with monkeypatch.context() as patch:
            patch.setattr(name, fail)
            with pytest.raises(IndexError, match="out of bounds"):
                call(archive)
            with (
                damage.damaged(index, case),
                open_archive(index) as broken,
                pytest.raises(IndexDamaged, match="wrong checksum of array date"),
            ):
                call(broken)


def test_damage_is_not_written_anew(index: Path, tmp_path: Path) -> None:
    """All checksums are compared before a merge and before realigning."""
    copy = tmp_path / "index"
    shutil.copytree(index, copy)
    seeds = index.parent / "seeds"
    with open_index(copy) as opened:
        small = opened.segments[-1].path
    place = Container(small).offset("stored") + 30
    with damage.damaged(copy, damage.Case(small.name, place, 1)):
        (seeds / "4.txt").write_text("Title: Another\n", encoding="utf-8")
        with pytest.raises(IndexDamaged, match="wrong checksum of array stored"):
            build_index(seeds, index=copy, jobs=1)
        with pytest.raises(IndexDamaged, match="wrong checksum of array stored"):
            build_lexicon(copy)
        build_index(seeds, index=copy, jobs=1, rebuild=True)
        assert verify_index(copy, deep=True).is_sound
    (seeds / "4.txt").unlink()


def test_a_damaged_segment_is_not_realigned(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its other arrays are copied, and would get the right checksums."""
    monkeypatch.setattr("indexer.codec.container._MAX_CHECKED_SIZE", -1)
    monkeypatch.setattr("indexer.learn.Learner.realign", lambda *_, **__: False)
    copy = tmp_path / "index"
    shutil.copytree(index, copy)
    for path in copy.glob("MAIN_*.arrays"):
        case = damage.Case(path.name, Container(path).offset("text/first_lows"), 1)
        with damage.damaged(copy, case), pytest.raises(IndexDamaged, match="text/first_lows"):
            build_lexicon(copy)


def test_an_article_of_the_manifest_that_is_not_in_the_index_is_damage(
    index: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "index"
    shutil.copytree(index, copy)
    (path,) = copy.glob("manifest*")
    rows = [*Manifest(path)]
    path.unlink()
    write_manifest([*rows, rows[0]._replace(id="none.txt")], path)
    with pytest.raises(IndexDamaged, match=r"no article none\.txt"):
        build_index(index.parent / "seeds", index=copy, jobs=1)
