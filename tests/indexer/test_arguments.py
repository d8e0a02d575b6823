"""A wrong argument of a public function raises one error before anything is read or written."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from indexer import build_index, build_lexicon, preview_index, read_seeds, verify_index
from search import open_archive
from tests.indexer.archives import names, write

# Wrong values, each with the error that it raises.
Wrong = list[tuple[object, type[Exception]]]

NO_PATH: Wrong = [
    (None, TypeError), (1, TypeError), (b"seeds", TypeError), (["seeds"], TypeError),
    ("", ValueError),
]  # fmt: skip
NO_SIZE: Wrong = [
    (None, TypeError), ("1", TypeError), (1.5, TypeError), ([], TypeError), (-1, ValueError),
]  # fmt: skip
NO_COUNT: Wrong = [*NO_SIZE, (0, ValueError)]
NO_FLAG: Wrong = [(None, TypeError), ("no", TypeError)]
NO_FUNCTION: Wrong = [("print", TypeError), (1, TypeError)]

# The wrong values of the options of each function, with their errors; * are the paths.
OPTIONS: dict[Callable[..., Any], dict[str, Wrong]] = {
    build_index: {
        "*": NO_PATH, "index": NO_PATH, "dictionary": NO_PATH[1:], "rebuild": NO_FLAG,
        "allow_removal": NO_FLAG, "lexicon": NO_FLAG, "jobs": NO_COUNT[1:], "memory": NO_SIZE,
        "max_file_size": NO_COUNT, "on_error": NO_FUNCTION, "on_progress": NO_FUNCTION,
    },
    preview_index: {
        "*": NO_PATH, "index": NO_PATH, "rebuild": NO_FLAG, "max_file_size": NO_COUNT,
        "on_error": NO_FUNCTION, "on_progress": NO_FUNCTION,
    },
    read_seeds: {"*": NO_PATH, "max_file_size": NO_COUNT, "on_error": NO_FUNCTION},
    build_lexicon: {"index": NO_PATH, "max_beads": NO_COUNT, "on_progress": NO_FUNCTION},
    verify_index: {
        "directory": NO_PATH, "quick": NO_FLAG, "deep": [*NO_FLAG, (True, ValueError)],
        "on_progress": NO_FUNCTION,
    },
    open_archive: {"path": NO_PATH},
}  # fmt: skip
WRONG = [
    (function, name, value, error)
    for function, options in OPTIONS.items()
    for name, values in options.items()
    for value, error in values
]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: a folder ``seeds``, and its index in ``index``."""
    monkeypatch.chdir(tmp_path)
    write(Path("seeds", "a.txt"))
    build_index("seeds", index="index")
    return tmp_path


@pytest.mark.parametrize(("function", "name", "value", "error"), WRONG)
def test_a_wrong_argument_raises_before_anything_is_read(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    function: Callable[..., Any],
    name: str,
    value: object,
    error: type[Exception],
) -> None:
    def read(*_: object) -> None:
        pytest.fail("was read")

    before = {*place.iterdir()}, names(place / "index")
    monkeypatch.setattr("indexer.codec.container.Container.__init__", read)
    monkeypatch.setattr("indexer.source.seeds.find_seeds", read)
    monkeypatch.setattr("indexer.descriptor.Descriptor.read", read)
    required = {"directory": "index", "quick": name == "deep"} if function is verify_index else {}
    call = (
        partial(function, value) if name == "*" else partial(function, **required | {name: value})
    )
    with pytest.raises(error) as raised:
        call()
    assert type(raised.value) is error
    assert "\n" not in str(raised.value)
    assert ({*place.iterdir()}, names(place / "index")) == before
