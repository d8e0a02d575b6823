"""Files are found in order and read in every encoding; those that cannot be read are reported."""

import json
import logging
import os
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from indexer.article import Article
from indexer.errors import SeedError, SeedWarning
from indexer.source.seeds import SeedFile, find_seeds, read_article, read_seeds

SEEDS = Path(__file__).parents[1] / "seeds"
GOLDEN = sorted(path for path in SEEDS.iterdir() if path.suffix in (".txt", ".md"))


def read_all(*paths: Path, **options: int) -> tuple[list[Article], list[SeedError]]:
    errors: list[SeedError] = []
    articles = list(read_seeds(*paths, on_error=errors.append, **options))
    return articles, errors


def write(path: Path, text: str = "Text.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def fail(error: SeedError) -> None:
    raise error


def ids(root: Path) -> list[str]:
    return [seed.id for seed in find_seeds(root, fail)]


def test_there_are_golden_files() -> None:
    assert len(GOLDEN) > 10
    assert {path.stem for path in GOLDEN} == {path.stem for path in SEEDS.glob("*.json")}


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_file_is_read_as_recorded(path: Path) -> None:
    [article], errors = read_all(path)
    plain = json.dumps(asdict(article), default=str)
    fields = {name: value for name, value in json.loads(plain).items() if value}
    assert fields.pop("id") == path.name
    assert len(fields.pop("content_hash")) == 64
    assert fields.pop("date_precision") == "day"
    assert fields == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert not errors


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("line_break", [b"\n", b"\r\n", b"\r"])
def test_encoding_and_line_breaks_make_no_difference(
    tmp_path: Path, encoding: str, line_break: bytes
) -> None:
    for path in GOLDEN:
        text = path.read_text(encoding="utf-8").replace("\n", line_break.decode())
        copy = tmp_path / path.name
        copy.write_bytes(text.encode(encoding))
        [expected], _ = read_all(path)
        [article], errors = read_all(copy)
        assert not errors
        assert replace(article, content_hash="") == replace(expected, content_hash="")


def test_files_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    names = ["b.txt", "a/z.md", "a/b/c.TXT", "a.txt", "a-b/x.md", "a b.txt", "北/一.md", "z.Md"]
    for name in names:
        write(tmp_path / name)
    assert ids(tmp_path) == sorted(names)


def test_other_files_are_passed_over(tmp_path: Path) -> None:
    for name in ("a.txt", ".hidden.txt", ".git/x.txt", "README.md", "a/Readme.txt", "a.json", "b"):
        write(tmp_path / name)
    assert ids(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("name", ["README.md", ".hidden", "article.text", "article"])
def test_a_file_that_is_named_is_read(tmp_path: Path, name: str) -> None:
    [article], errors = read_all(write(tmp_path / name))
    assert (article.id, errors) == (name, [])


def test_a_seed_knows_size_and_time(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt")
    os.utime(path, ns=(1, 5_000_000_000))
    [seed] = find_seeds(tmp_path, fail)
    assert seed == SeedFile("a.txt", str(path), 5, 5_000_000_000)


def test_links_are_followed_without_end_or_repetition(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    write(root / "a" / "b.txt")
    write(elsewhere / "c.txt")
    (root / "a" / "loop").symlink_to(root)
    (root / "a" / "up").symlink_to(tmp_path)
    (root / "a0").symlink_to(root / "a")
    (root / "e").symlink_to(elsewhere)
    (root / "f").symlink_to(elsewhere)
    (elsewhere / "back").symlink_to(root / "a")
    (elsewhere / "self").symlink_to(elsewhere)
    (root / "file.md").symlink_to(elsewhere / "c.txt")
    assert ids(root) == ["a/b.txt", "e/c.txt", "file.md"]
    (tmp_path / "link").symlink_to(root)
    assert ids(tmp_path / "link") == ids(root)


def test_a_thousand_folders_deep(tmp_path: Path) -> None:
    folders = [f"{tmp_path}/" + "d/" * depth for depth in range(1, 1001)]
    for folder in folders:
        os.mkdir(folder)
    path = write(Path(folders[-1]) / "a.txt")
    try:
        assert ids(tmp_path) == ["d/" * 1000 + "a.txt"]
    finally:  # pytest's own removal of old folders does not go so deep
        path.unlink()
        for folder in reversed(folders):
            os.rmdir(folder)


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    write(tmp_path / "z.txt")
    articles, errors = read_all(tmp_path)
    assert [article.id for article in articles] == ["z.txt"]
    assert [(error.path.name, error.line, error.reason) for error in errors] == [
        ("gone.txt", 0, "no such file or directory"),
        ("pipe.txt", 0, "not a regular file"),
        ("self.txt", 0, "too many levels of symbolic links"),
    ]


def test_a_pipe_that_has_replaced_a_file_is_not_waited_for(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt")
    [seed] = find_seeds(tmp_path, fail)
    path.unlink()
    with pytest.raises(SeedError, match="no such file"):
        read_article(seed)
    os.mkfifo(path)
    with pytest.raises(SeedError, match="not a regular file"):
        read_article(seed)


def test_bad_files_are_reported_and_the_others_read(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    write(tmp_path / "b.txt", "")
    write(tmp_path / "c.txt", "Title: Mill\nDate: 1953-02-30\n")
    (tmp_path / "d.txt").write_bytes(bytes(range(256)))
    write(tmp_path / "e.txt", "Text. " * 200)
    write(tmp_path / "f.txt")
    articles, errors = read_all(tmp_path, tmp_path / "nowhere", max_file_size=1000)
    assert [article.id for article in articles] == ["a.txt", "c.txt", "f.txt"]
    assert [isinstance(error, SeedWarning) for error in errors] == [False, True, *[False] * 3]
    assert [str(error).removeprefix(f"{tmp_path}/") for error in errors] == [
        "b.txt: empty file",
        "c.txt:2: '1953-02-30' is not a date",
        "d.txt: binary data, not text",
        "e.txt: larger than 1,000 bytes",
        "nowhere: no such file or directory",
    ]


def test_files_without_permission_are_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: object, *_: object) -> int:
        raise PermissionError(13, "Permission denied", path)

    write(tmp_path / "a" / "b.txt")
    with monkeypatch.context() as patch:
        patch.setattr("indexer.source.seeds.os.open", refuse)
        _, errors = read_all(tmp_path)
    assert [error.reason for error in errors] == ["permission denied"]
    with monkeypatch.context() as patch:
        patch.setattr("indexer.source.seeds.os.scandir", refuse)
        _, errors = read_all(tmp_path)
    assert [error.reason for error in errors] == ["permission denied"]


def test_names_that_cannot_be_ids_are_reported_on_one_line(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path)
    for name in (b"line\nbreak.txt", b"\xff\xfe.txt", b"\x1b[31m.txt"):
        Path(os.fsdecode(folder + b"/" + name)).write_text("Text.", encoding="utf-8")
    os.mkdir(folder + b"/\x80")
    write(Path(os.fsdecode(folder + b"/\x80")) / "a.txt")
    write(tmp_path / "good.txt")
    articles, errors = read_all(tmp_path)
    assert [article.id for article in articles] == ["good.txt"]
    reports = sorted(str(error).removeprefix(f"{tmp_path}/") for error in errors)
    reason = ": the name has control characters or is not UTF-8"
    names = ["\\udc80", "\\udcff\\udcfe.txt", "\\x1b[31m.txt", "line\\nbreak.txt"]
    assert reports == [name + reason for name in names]
    _, [error] = read_all(Path(os.fsdecode(folder + b"/\xff\xfe.txt")))
    assert str(error).endswith(names[1] + reason)


def test_a_root_may_have_any_name(tmp_path: Path) -> None:
    root = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n"))
    write(root / "a.txt")
    write(root / "b.txt", "")
    [article], [error] = read_all(root)
    assert article.id == "a.txt"
    assert str(error) == f"{tmp_path}/\\udcff\\n/b.txt: empty file"


def test_without_a_callback_errors_are_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(tmp_path / "a.txt", "")
    with caplog.at_level(logging.WARNING):
        assert list(read_seeds(tmp_path)) == []
    assert caplog.record_tuples == [("duizhao", logging.WARNING, f"{path}: empty file")]
