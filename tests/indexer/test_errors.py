"""Errors are one line, and can be copied and sent to another process."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest

from indexer.errors import (
    DictionaryError,
    DuizhaoError,
    IndexDamaged,
    IndexLocked,
    IndexMissing,
    IndexOutdated,
    RemovalRefused,
    SeedError,
    SeedWarning,
)

ERRORS = [
    SeedError("./a.txt", 0, "empty file"), SeedError(Path("a.txt"), 7, "damaged UTF-8"),
    SeedWarning("a.txt", 2, "no such date"), IndexDamaged(Path("index/a"), "wrong checksum"),
    *(kind("a message") for kind in (
        DictionaryError, IndexMissing, IndexOutdated, IndexLocked, RemovalRefused,
    )),
]  # fmt: skip


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_an_error_can_be_copied_and_pickled(error: DuizhaoError) -> None:
    for other in (copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert type(other) is type(error)
        assert str(other) == str(error)
        assert vars(other) == vars(error)


def test_the_message_names_the_path_as_given_and_the_line_if_there_is_one() -> None:
    assert [str(error) for error in ERRORS[:2]] == [
        "./a.txt: empty file", "a.txt:7: damaged UTF-8",
    ]  # fmt: skip
