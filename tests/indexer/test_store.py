"""An index is opened whole, or refused in one line; nothing in it is ever run."""

import json
import os
import pickle
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from whoosh import fields
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, create_in

from indexer.errors import DuizhaoError, IndexDamaged, IndexMissing, IndexOutdated
from indexer.schema import INDEX_VERSION
from indexer.store import open_index
from indexer.whoosh.codec import ColumnarSegment
from indexer.whoosh.schema import whoosh_schema
from indexer.whoosh.toc import latest_generation, toc_file_name
from tests.indexer.test_commit import change, read


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("indexer.merge_policy.MAX_SIZE_RATIO", 0)  # nothing is merged
    change(tmp_path, {"1": "a"}, {"2": "b", "3": "c", "4": "c"}, dictionary="词\n")
    change(tmp_path, deleted=("2",), dictionary="词\n")
    return tmp_path


def refuses(directory: Path, error: type[DuizhaoError] = IndexDamaged) -> str:
    with pytest.raises(error) as caught:
        open_index(directory, "f").manifest()
    text = str(caught.value)
    assert "\n" not in text
    assert str(directory) in text
    assert "duizhao index" in text
    assert ("--rebuild" in text) == (error is not IndexMissing)
    return text


def test_a_directory_without_an_index(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for directory in (tmp_path, tmp_path / "none", tmp_path / "file"):
        refuses(directory, IndexMissing)


def rewrite(index: Path, **values: object) -> None:
    """Change the newest descriptor, with the right checksum."""
    path = index / f"duizhao_{latest_generation(index)}.json"
    values = json.loads(path.read_text()) | values
    del values["checksum"]
    checksum = zlib.crc32(json.dumps(values).encode())
    path.write_text(json.dumps({**values, "checksum": checksum}))


def test_another_version_is_outdated(index: Path) -> None:
    rewrite(index, index_version=INDEX_VERSION + 1, what="ever")
    refuses(index, IndexOutdated)


def test_another_analysis_is_outdated(index: Path) -> None:
    assert open_index(index).descriptor.analyzer_fingerprint == "f"
    assert open_index(index, lambda dictionary: "f" if dictionary == "词\n" else "").doc_count == 3
    rewrite(index, analyzer_fingerprint="g")
    refuses(index, IndexOutdated)
    with pytest.raises(IndexOutdated):
        open_index(index, lambda _: "f")


@pytest.mark.parametrize(
    "values",
    [
        {"index_version": None, "more": 1},
        {"generation": 1},
        {"article_count": 4},
        {"toc_checksum": 4},
        {"toc_checksum": None},
        {"more": 1},
        {"dictionary": "/etc/passwd"},
        {"dictionary": "dictionary_00.words"},
        {"dictionary": 5},
    ],
)
def test_an_impossible_descriptor_is_damage(index: Path, values: dict[str, object]) -> None:
    rewrite(index, **values)
    refuses(index, IndexOutdated if "index_version" in values else IndexDamaged)


@pytest.mark.parametrize("text", ["", "{}", "[]", "1", "\udcff", "[" * 100_000, '"index_version"'])
def test_an_unreadable_descriptor_is_damage(index: Path, text: str) -> None:
    (index / "duizhao_2.json").write_bytes(text.encode(errors="surrogateescape"))
    refuses(index)


def test_a_missing_file_is_damage(index: Path) -> None:
    parts = [path for path in index.iterdir() if "LOCK" not in path.name]
    assert len(parts) == 6
    for path in parts:
        content = path.read_bytes()
        path.unlink()
        if path.name.endswith(".toc"):
            refuses(index, IndexMissing)
        else:
            assert path.name in refuses(index)
        path.write_bytes(content)
    assert read(index) == {"1": "a", "3": "c", "4": "c"}


def test_a_file_cut_short_is_damage(index: Path) -> None:
    for path in index.iterdir():
        content = path.read_bytes()
        for length in range(0, len(content), max(1, len(content) // 97)):
            path.write_bytes(content[:length])
            refuses(index)
        path.write_bytes(content)
    assert read(index) == {"1": "a", "3": "c", "4": "c"}


def test_files_that_contradict_each_other_are_damage(index: Path) -> None:
    one, two = sorted(index.glob("MAIN_*.columns"), key=lambda path: path.stat().st_size)
    one.write_bytes(two.read_bytes())
    refuses(index)


class Bomb:
    """Unpickled, it runs a command."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"touch {self.path}",)


class Schema(fields.Schema):  # type: ignore[misc] # Whoosh is untyped
    """A schema with a bomb in it."""

    def __init__(self, bomb: Bomb) -> None:
        super().__init__()
        self.bomb = bomb


def write_toc(index: Path, segments: object, schema: Any = None) -> None:
    generation = latest_generation(index)
    assert generation is not None
    path = index / toc_file_name(generation)
    path.unlink()
    TOC(schema or whoosh_schema(), segments, generation).write(FileStorage(str(index)), "MAIN")
    rewrite(index, toc_checksum=zlib.crc32(path.read_bytes()))


def segment(segid: object = "0a", doccount: object = 1, deleted: object = b"") -> ColumnarSegment:
    return ColumnarSegment("MAIN", segid, doccount, deleted)  # type: ignore[arg-type]


def test_nothing_that_is_pickled_runs(index: Path) -> None:
    marker = index / "marker"
    bomb = Bomb(marker)
    within = segment()
    within.bomb = bomb
    for segments in (bomb, [bomb], [within], {"a": bomb}, [segment(bomb)], [segment(deleted=bomb)]):
        write_toc(index, segments)
        assert "system" in refuses(index)
    pickle.loads(pickle.dumps(bomb))
    assert marker.exists()  # the bomb is a good one


def test_the_schema_is_not_even_read(index: Path) -> None:
    change(index)
    state = pickle_of_segments(index)
    write_toc(index, state, Schema(Bomb(index / "marker")))
    assert read(index) == {"1": "a", "3": "c", "4": "c"}
    assert not (index / "marker").exists()


def pickle_of_segments(index: Path) -> object:
    generation = latest_generation(index)
    return TOC.read(FileStorage(str(index)), "MAIN", generation).segments


@pytest.mark.parametrize(
    "segments",
    [
        None,
        (),
        [None],
        [[segment()]],
        ["MAIN_0a"],
        [segment("../0a")],
        [segment("")],
        [segment("0A")],
        [segment(5)],
        [segment(doccount=-1)],
        [segment(doccount="1")],
        [segment(deleted=b"\0")],
        [segment(deleted=b"\1\0\0\0")],
        [segment(deleted=b"\0\0\0\0" * 2)],
        [segment(deleted="")],
        [ColumnarSegment("OTHER", "0a", 1)],
        [ColumnarSegment],
        [ColumnarSegment.__new__(ColumnarSegment)],
        [whoosh_schema()],
        [pickle.PickleBuffer],
    ],
)
def test_what_is_no_list_of_segments_is_damage(index: Path, segments: object) -> None:
    write_toc(index, segments)
    assert ".toc" in refuses(index)


def test_an_index_of_another_program_is_refused(tmp_path: Path) -> None:
    stock = create_in(str(tmp_path), fields.Schema(id=fields.ID))
    with stock.writer() as writer:
        writer.add_document(id="1")
    refuses(tmp_path)


def test_a_commit_while_opening(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []

    def overtaken(directory: Path) -> int | None:
        found.append(latest_generation(directory))
        if len(found) < 4:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("indexer.store.latest_generation", latest_generation)
                change(index, {f"new {len(found)}": "x"})
        return found[-1]

    monkeypatch.setattr("indexer.store.latest_generation", overtaken)
    with open_index(index) as opened:
        assert found == [2, 3, 4, 5]
        assert opened.generation == 5
        assert opened.doc_count == 6


def test_an_index_is_opened_without_whoosh(index: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from indexer.store import open_index\n"
        "print(open_index(Path(sys.argv[1])).doc_count)\n"
        "assert not {'whoosh', 'click', 'jieba', 'rjieba'} & {*sys.modules}"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, index], capture_output=True, text=True, check=True
    )
    assert run.stdout == "3\n"
