"""An index changes all at once, or not at all."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query
from whoosh.index import LockError, open_dir

from indexer import Article, files, merge_policy
from indexer.codec.manifest import ManifestRow
from indexer.commit import IndexWriter
from indexer.errors import IndexDamaged, IndexLocked
from indexer.merge_policy import merge_groups
from indexer.schema import ID_FIELD, TEXT
from indexer.store import IndexReader, open_index
from tests.indexer.codec.documents import build, document, read_postings

KEPT = {files.LOCK}  # Whoosh's lock file stays


def row(name: str) -> ManifestRow:
    return ManifestRow(name, "/seeds", 10, 20, "ab" * 32)


def change(
    directory: Path,
    *batches: Mapping[str, str],
    deleted: tuple[str, ...] = (),
    rebuild: bool = False,
    dictionary: str | None = None,
) -> None:
    """Commit one segment for each batch, a mapping of ids to words."""
    with IndexWriter(directory, "f", rebuild=rebuild) as writer:
        add(writer, *batches, deleted=deleted, dictionary=dictionary)


def add(
    writer: IndexWriter,
    *batches: Mapping[str, str],
    deleted: tuple[str, ...] = (),
    dictionary: str | None = None,
) -> None:
    paths = []
    for batch in batches:
        paths.append(writer.new_segment_path())
        build([document(name, [word]) for name, word in batch.items()], paths[-1]).close()
    base = contents(writer.base) if writer.base else {}
    names = (base.keys() - deleted).union(*batches)
    numbers = [writer.base.find_document(name) for name in deleted] if writer.base else []
    writer.commit(
        paths,
        [number for number in numbers if number is not None],
        [row(name) for name in sorted(names)],
        fingerprint="f",
        dictionary=dictionary,
    )


def contents(index: IndexReader) -> dict[str, str]:
    """The ids of the live documents, each with its word."""
    found = {}
    for base, segment, live in zip(index.bases, index.segments, index.live, strict=True):
        ids = read_postings(segment, ID_FIELD)
        names = {number: name for name, postings in ids.items() for number in postings}
        for word, postings in read_postings(segment, TEXT).items():
            for number in postings:
                if live is None or live[number]:
                    found[names[number]] = word
                    assert index.find_document(names[number]) == base + number
                    assert index.locate(base + number) == (segment, number)
                    assert Article.from_bytes(index.stored(base + number)).id == names[number]
    assert index.doc_count == len(found)
    return found


def read(directory: Path) -> dict[str, str]:
    with open_index(directory, "f") as index:
        found = contents(index)
        assert [each.id for each in index.manifest()] == sorted(found)
        return found


def names(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()} - KEPT


def test_what_is_committed_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge_policy, "MAX_SIZE_RATIO", 0)  # nothing is merged
    directory = tmp_path / "deep" / "index"
    change(directory, {"1": "a", "2": "b"}, {"3": "c"}, dictionary="增产 5 v\n")
    with open_index(directory, "f") as index:
        assert contents(index) == {"1": "a", "2": "b", "3": "c"}
        assert index.bases == [0, 2]
        assert (index.doc_count, index.doc_count_all, index.generation) == (3, 3, 1)
        assert index.descriptor.article_count == 3
        assert index.dictionary == "增产 5 v\n"
        assert [*index.manifest()] == [row("1"), row("2"), row("3")]
        assert index.find_document("4") is None
    change(directory, {"1": "new"}, deleted=("1", "2"))
    with open_index(directory, "f") as index:
        assert contents(index) == {"1": "new", "3": "c"}
        assert index.dictionary is None
    assert not [name for name in names(directory) if name.startswith("dictionary")]


def test_an_empty_index(tmp_path: Path) -> None:
    change(tmp_path)
    assert read(tmp_path) == {}
    change(tmp_path, {"1": "a"})
    change(tmp_path, deleted=("1",))
    assert read(tmp_path) == {}
    assert not [name for name in names(tmp_path) if name.startswith("MAIN_")]
    assert open_dir(str(tmp_path)).is_empty()


BATCHES = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("xyz"), max_size=4)
STEPS = st.lists(st.tuples(BATCHES, st.sets(st.sampled_from("abcdefgh")), st.booleans()))


@given(STEPS, st.integers(0, 3))
@settings(max_examples=40, deadline=None)
def test_any_commits_are_as_changes_of_a_dictionary(
    steps: list[tuple[dict[str, str], set[str], bool]], larger: int
) -> None:
    model: dict[str, str] = {}
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(merge_policy, "MAX_SIZE_RATIO", larger)
        for batch, removed, rebuild in steps:
            gone = tuple(removed | batch.keys())
            change(Path(name), *([batch] if batch else []), deleted=gone, rebuild=rebuild)
            kept = {} if rebuild else {key: model[key] for key in model if key not in gone}
            model = kept | batch
            assert read(Path(name)) == model
            stock = open_dir(name)
            with stock.searcher() as searcher:
                for word in "xyz":
                    hits = searcher.search(query.Term("body_en", word), limit=None)
                    assert {hit["id"] for hit in hits} == {k for k in model if model[k] == word}


def test_a_reader_goes_on_undisturbed(tmp_path: Path) -> None:
    change(tmp_path, {"1": "a", "2": "b"})
    index = open_index(tmp_path)
    before = contents(index)
    change(tmp_path, {"3": "c"}, deleted=("1",))
    change(tmp_path, {"4": "d"}, rebuild=True)
    assert contents(index) == before
    assert read(tmp_path) == {"4": "d"}
    with pytest.raises(IndexDamaged, match="missing"):
        index.manifest()


def test_other_files_are_not_touched(tmp_path: Path) -> None:
    others = {".gitignore", "README.md", "MAIN.txt", "manifest.arrays", "dictionary.txt"}
    for name in others:
        (tmp_path / name).touch()
    leftovers = {"_MAIN_2.toc.17.5", "MAIN_0a.arrays", "manifest_1.arrays", "duizhao_1.json",
                 "dictionary_00.words"}  # fmt: skip
    for name in leftovers:
        (tmp_path / name).touch()
    change(tmp_path, {"1": "a"})
    assert others < names(tmp_path)
    assert names(tmp_path) & leftovers == {"manifest_1.arrays", "duizhao_1.json"}
    assert read(tmp_path) == {"1": "a"}


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    with IndexWriter(tmp_path):
        with pytest.raises(IndexLocked) as caught:
            IndexWriter(tmp_path)
        assert str(os.getpid()) in str(caught.value)
        assert "\n" not in str(caught.value)
        (tmp_path / files.HOLDER).unlink()
        with pytest.raises(IndexLocked, match="another process"):
            IndexWriter(tmp_path)
    change(tmp_path, {"1": "a"})
    with IndexWriter(tmp_path), pytest.raises(LockError):
        open_dir(str(tmp_path)).writer()


def test_another_process_is_refused(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from indexer.commit import IndexWriter\n"
        "with IndexWriter(Path(sys.argv[1])): print('writing', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code, tmp_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"writing\n"
        with pytest.raises(IndexLocked, match=f"process {other.pid} "):
            IndexWriter(tmp_path)
        other.kill()
    change(tmp_path, {"1": "a"})  # the lock of a dead process is free
    assert read(tmp_path) == {"1": "a"}


def test_leaving_without_a_commit_undoes_everything(tmp_path: Path) -> None:
    change(tmp_path, {"1": "a"})
    before = names(tmp_path)
    with IndexWriter(tmp_path, "f") as writer:
        build([document("2")], writer.new_segment_path())
    assert names(tmp_path) == before


class Fault:
    """Counts calls; raises at the one that is due."""

    def __init__(self, due: int, error: BaseException, function: Callable[..., Any]) -> None:
        self.left = due
        self.error = error
        self.function = function

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            raise self.error
        return self.function(*arguments, **options)


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
@pytest.mark.parametrize(("function", "calls"), [("fsync", 7), ("rename", 1), ("open", 3)])
def test_a_failed_commit_leaves_the_old_state(
    tmp_path: Path, function: str, calls: int, error: BaseException
) -> None:
    change(tmp_path, {"1": "a"})
    before = names(tmp_path)
    for due in range(1, 100):
        fault = Fault(due, error, getattr(os, function))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, function, fault)
            try:
                change(tmp_path, {"2": "b"}, deleted=("1",), dictionary="词\n")
            except type(error):
                pass
            else:
                break
        assert read(tmp_path) == {"1": "a"}
        assert names(tmp_path) == before
    assert due > calls
    assert read(tmp_path) == {"2": "b"}


def test_a_crash_at_any_instant_leaves_the_old_or_the_new_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "index"
    change(directory, {"1": "a"})
    copies: Iterator[Path] = (tmp_path / str(number) for number in range(100))
    instants: list[Path] = []

    def watch(function: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any, **options: Any) -> Any:
            for call in (lambda: None, lambda: function(*arguments, **options)):
                result = call()
                instants.append(next(copies))
                shutil.copytree(directory, instants[-1])
            return result

        return watched

    for name in ("fsync", "rename", "unlink"):
        monkeypatch.setattr(os, name, watch(getattr(os, name)))
    change(directory, {"2": "b"}, deleted=("1",))
    monkeypatch.undo()
    states = [read(copy) for copy in instants]
    assert len(states) > 15
    turn = states.index({"2": "b"})
    assert states == [{"1": "a"}] * turn + [{"2": "b"}] * (len(states) - turn)
    for copy, state in zip(instants, states, strict=True):  # Whoosh sees the same states
        with open_dir(str(copy)).searcher() as searcher:
            hits = searcher.search(query.Every("id"), limit=None)
            assert {hit["id"] for hit in hits} == state.keys()
    for copy in instants:  # and the next commit finds its way
        change(copy, {"3": "c"})
        assert "3" in read(copy)
        assert len(names(copy)) <= 6


def test_a_rebuild_needs_nothing_of_the_old_index(tmp_path: Path) -> None:
    change(tmp_path, {"1": "a"})
    for path in tmp_path.iterdir():
        path.write_bytes(b"damaged")
    with pytest.raises(IndexDamaged):
        change(tmp_path, {"2": "b"})
    change(tmp_path, {"2": "b"}, rebuild=True)
    assert read(tmp_path) == {"2": "b"}
    assert len(names(tmp_path)) == 4


def test_segments_stay_few(tmp_path: Path) -> None:
    for number in range(30):
        change(tmp_path, {str(number): "a"})
    with open_index(tmp_path) as index:
        assert len(index.segments) <= 4
        assert sorted(contents(index)) == sorted(map(str, range(30)))


def test_a_segment_with_many_deleted_documents_is_written_anew(tmp_path: Path) -> None:
    change(tmp_path, {str(number): "a" for number in range(10)})
    change(tmp_path, deleted=("1", "3"))
    with open_index(tmp_path) as index:
        assert (index.doc_count, index.doc_count_all) == (8, 10)
    change(tmp_path, deleted=("9",))
    with open_index(tmp_path) as index:
        assert (index.doc_count, index.doc_count_all) == (7, 7)


@given(st.lists(st.integers(1, 10**6), max_size=60), st.integers(1, 10**7))
def test_neighbours_to_merge_are_all_segments_in_order(sizes: list[int], largest: int) -> None:
    groups = list(merge_groups(sizes, largest))
    assert [size for group in groups for size in sizes[group]] == sizes
    assert all(sizes[group] for group in groups)
    for group in groups:
        assert len(sizes[group]) == 1 or sum(sizes[group]) <= largest
    if sum(sizes) <= largest:
        left = [sum(sizes[group]) for group in groups]
        assert all(
            left[i] > merge_policy.MAX_SIZE_RATIO * sum(left[i + 1 :]) for i in range(len(left))
        )


def test_small_commits_seldom_rewrite_large_segments() -> None:
    sizes, rewritten = [200_000], 0
    for _ in range(5_000):
        sizes.append(1)
        groups = list(merge_groups(sizes))
        rewritten += sum(sum(sizes[g]) for g in groups if len(sizes[g]) > 1)
        sizes = [sum(sizes[group]) for group in groups]
        assert len(sizes) <= 6
    assert rewritten < 5_000 * 25


@given(st.integers(20, 1_000), st.integers(0, 2_000))
def test_nor_do_they_where_segments_may_not_become_larger(largest: int, before: int) -> None:
    sizes = [min(largest, before - start) for start in range(0, before, largest)]
    rewritten = 0
    for _ in range(2_000):
        sizes.append(1)
        groups = list(merge_groups(sizes, largest))
        rewritten += sum(sum(sizes[g]) for g in groups if len(sizes[g]) > 1)
        sizes = [sum(sizes[group]) for group in groups]
    assert rewritten < 2_000 * 40
    assert len(sizes) < 2 * (2_000 + before) / largest + 10
