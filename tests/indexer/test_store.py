"""An index is opened whole, or refused in one line; nothing in it is ever run."""

import json
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from whoosh import fields
from whoosh.index import create_in, open_dir

from indexer.analysis.version import ANALYSIS_VERSION
from indexer.errors import DuizhaoError, IndexDamaged, IndexMissing, IndexOutdated
from indexer.files import latest_generation
from indexer.schema import INDEX_VERSION
from indexer.store import open_index
from tests.indexer.test_commit import change, read


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("indexer.merge_policy.MAX_SIZE_RATIO", 0)  # nothing is merged
    monkeypatch.setattr("indexer.merge_policy.MAX_DELETED_SHARE", 1)
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
    with pytest.raises(IndexOutdated, match=r"made with version 1 of the analysis \(new in"):
        open_index(index, lambda _: "f")
    rewrite(index, analyzer_fingerprint=f"{ANALYSIS_VERSION}-f")
    with pytest.raises(IndexOutdated, match="made with another user dictionary"):
        open_index(index, f"{ANALYSIS_VERSION}-g")


@pytest.mark.parametrize(
    "values",
    [
        {"index_version": None, "more": 1},
        {"generation": 1},
        {"article_count": 4},
        {"toc_checksum": None},
        {"deletions_checksum": 4},
        {"deletions_checksum": "4"},
        {"deletions_checksum": None},
        {"segments": None},
        {"segments": ["0a"]},
        {"segments": {}},
        {"segments": {"0a": 1}},
        {"segments": {"../0a": 1}},
        {"segments": {"": 1}},
        {"segments": {"0A": 1}},
        {"segments": {"0a": -1}},
        {"segments": {"0a": "1"}},
        {"segments": {"0a": 10**30}},
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
    assert len(parts) == 7
    for path in parts:
        content = path.read_bytes()
        path.unlink()
        assert path.name in refuses(index)
        path.write_bytes(content)
    assert read(index) == {"1": "a", "3": "c", "4": "c"}


def test_a_first_commit_that_was_interrupted_is_no_index(tmp_path: Path) -> None:
    change(tmp_path, {"1": "a"})
    (tmp_path / "_MAIN_1.toc").unlink()
    refuses(tmp_path, IndexMissing)
    change(tmp_path, {"2": "b"})
    assert read(tmp_path) == {"2": "b"}


def test_a_file_cut_short_is_damage(index: Path) -> None:
    for path in index.iterdir():
        if path.suffix == ".toc":  # which only Whoosh reads
            continue
        content = path.read_bytes()
        for length in range(0, len(content), max(1, len(content) // 97)):
            path.write_bytes(content[:length])
            refuses(index)
        path.write_bytes(content)
    assert read(index) == {"1": "a", "3": "c", "4": "c"}


def test_files_that_contradict_each_other_are_damage(index: Path) -> None:
    one, two = sorted(index.glob("MAIN_*.arrays"), key=lambda path: path.stat().st_size)
    one.write_bytes(two.read_bytes())
    refuses(index)


@pytest.mark.parametrize(
    ("bitmap", "reason"),
    [
        (b"", "wrong number of articles"),
        (b"\x40\0", "wrong number of deletions"),
        (b"\x60", "wrong number of articles"),
    ],
)
def test_impossible_deletions_are_damage(index: Path, bitmap: bytes, reason: str) -> None:
    path = index / "deletions_2.bits"
    assert path.read_bytes() == b"\x40"  # the second of four documents
    path.write_bytes(bitmap)
    assert f"{path}: damaged (wrong checksum)" in refuses(index)
    rewrite(index, deletions_checksum=zlib.crc32(bitmap))
    assert reason in refuses(index)


@pytest.mark.parametrize("content", [b"", b"\0" * 10_000, b"cos\nsystem\n(Vexit 1\ntR."])
def test_the_table_of_contents_is_not_looked_into(index: Path, content: bytes) -> None:
    """The newest name counts, whatever the file contains; the next commit writes another."""
    (index / "_MAIN_2.toc").write_bytes(content)
    assert read(index) == {"1": "a", "3": "c", "4": "c"}
    change(index, {"5": "d"}, dictionary="词\n")
    assert read(index) == {"1": "a", "3": "c", "4": "c", "5": "d"}
    assert open_dir(str(index)).doc_count() == 4


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
