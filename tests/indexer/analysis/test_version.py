"""An index is outdated by a change of our own analysis only, and the message says by which."""

from __future__ import annotations

import tomllib
import zlib
from importlib.metadata import version
from pathlib import Path

import pytest

from indexer.analysis.chinese import SEGMENTER
from indexer.analysis.dictionary import dictionary_file
from indexer.analysis.english import STEMMER
from indexer.analysis.folding import TABLE_FILE
from indexer.analysis.version import ANALYSIS_VERSION, fingerprint, other_analysis

PROJECT = Path(__file__).parents[3] / "pyproject.toml"
# These decide how a text becomes terms. Their versions are part of the analysis.
PINNED = {"jieba", "rjieba", "PyStemmer", "snowballstemmer"}


def test_the_fingerprint_is_the_same_on_every_machine() -> None:
    """If one of these changes, increase ANALYSIS_VERSION and say what has changed."""
    assert fingerprint(None) == "2-8291dd875f14b398"
    assert fingerprint("增产节约\n") == "2-8af40892b46ac7b8"
    assert zlib.crc32(TABLE_FILE.read_bytes()) == 2243899645
    assert zlib.crc32(dictionary_file().read_bytes()) == 328468845


def test_packages_that_decide_on_terms_are_pinned_exactly() -> None:
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    requirements = [line.partition(";")[0].strip() for line in project["dependencies"]]
    pinned = dict(line.split("==") for line in requirements if "==" in line)
    assert pinned.keys() == PINNED
    assert {name: version(name) for name in PINNED} == pinned
    assert SEGMENTER.startswith(f"jieba-{pinned['jieba']} ")
    assert pinned["PyStemmer"].startswith(STEMMER.removeprefix("snowball-english-"))
    assert pinned["snowballstemmer"].startswith(STEMMER.removeprefix("snowball-english-"))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (
            "ae7f8252caa91b0f",
            "version 1 of the analysis "
            "(new in version 2: every version of Python folds characters alike)",
        ),
        ("3-0123", "version 3 of the analysis, which a newer version of duizhao has"),
        (f"{ANALYSIS_VERSION}-0123", None),
    ],
)
def test_the_message_says_what_has_changed(found: str, expected: str | None) -> None:
    assert other_analysis(found) == expected
