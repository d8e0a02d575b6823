"""Runs are cut as jieba cuts them, by either of its builds, and no character is lost."""

import hashlib
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import chinese
from indexer.analysis.chinese import (
    SEGMENTER,
    Cut,
    Segmenter,
    load_jieba,
    load_rjieba,
    parse_dictionary,
)
from indexer.analysis.dictionary import DictionaryFile, dictionary_file
from tests.indexer.analysis.texts import han_runs

# Words that are new or known, split or joined, made likely, unlikely or impossible, twice over.
DICTIONARY = """\
节约用煤
用煤运动 1000
推广先进
先进 3
第三纺织厂 5 nt
纺织 0
会议 100000000
了 0
的 1
卅名 nz
国家计划 20 n
国家计划 300 n
进经
经验 7
大中 99
上来个
𠀀的 5000
"""
PLAIN = Segmenter()
WITH_DICTIONARY = Segmenter(DICTIONARY)
FILE = DictionaryFile()
WORDS = [line.split()[0] for line in dictionary_file().read_text(encoding="utf-8").splitlines()]
HAN_WORDS = [word for word in WORDS if min(word) >= "\u4e00"]


@pytest.fixture(scope="module")
def compiled() -> Cut:
    pytest.importorskip("rjieba")
    return load_rjieba([])


@pytest.fixture(scope="module")
def reference() -> Cut:
    return load_jieba([])


@pytest.fixture(scope="module")
def reference_with_dictionary() -> Cut:
    return load_jieba([*parse_dictionary(DICTIONARY)])


def test_the_segmenter_is_the_one_that_is_named() -> None:
    assert f"jieba-{version('jieba')} accurate no-hmm" == SEGMENTER
    digest = hashlib.sha256(dictionary_file().read_bytes()).hexdigest()
    assert digest == "7197c3211ddd98962b036cdf40324d1ea2bfaa12bd028e68faa70111a88e12a8"


@given(run=han_runs())
def test_words_joined_are_the_run(run: str) -> None:
    for segmenter in (PLAIN, WITH_DICTIONARY):
        assert "".join(segmenter.cut(run)) == run
        assert all(segmenter.cut(run))


@given(run=han_runs())
def test_the_segmenter_is_jieba(reference: Cut, run: str) -> None:
    assert PLAIN.cut(run) == reference(run)


@given(run=han_runs())
def test_the_segmenter_is_jieba_with_a_user_dictionary(
    reference_with_dictionary: Cut, run: str
) -> None:
    assert WITH_DICTIONARY.cut(run) == reference_with_dictionary(run)


@given(runs=st.lists(han_runs(), min_size=1))
def test_several_runs_are_cut_at_once(reference: Cut, runs: list[str]) -> None:
    for segmenter in (PLAIN, WITH_DICTIONARY):
        one_by_one = [word for run in runs for word in segmenter.cut(run)]
        assert [word for word in segmenter.cut(" ".join(runs)) if word != " "] == one_by_one
    assert reference(" ".join(runs)) == PLAIN.cut(" ".join(runs))


@pytest.fixture(scope="module")
def dictionaries() -> dict[Segmenter, str]:
    return {segmenter: segmenter.dictionary() for segmenter in (PLAIN, WITH_DICTIONARY)}


@given(run=han_runs())
def test_the_dictionary_holds_all_words(dictionaries: dict[Segmenter, str], run: str) -> None:
    for segmenter, text in dictionaries.items():
        assert all(word in text for word in segmenter.cut(run) if len(word) > 1)


def test_the_two_builds_have_one_dictionary(compiled: Cut, reference: Cut) -> None:
    words = WORDS[::50]
    assert len(words) > 5000
    assert [w for w in words if compiled(w) != reference(w)] == []


@given(run=han_runs())
def test_the_file_cuts_as_jieba_does(reference: Cut, run: str) -> None:
    assert FILE.cut(run) == reference(run)


@given(words=st.lists(st.sampled_from(HAN_WORDS), max_size=8))
def test_the_file_cuts_words_that_touch_as_jieba_does(reference: Cut, words: list[str]) -> None:
    assert FILE.cut("".join(words)) == reference("".join(words))


@given(runs=st.lists(han_runs(), min_size=2))
def test_the_file_cuts_several_runs_at_once(reference: Cut, runs: list[str]) -> None:
    assert FILE.cut(" ".join(runs)) == reference(" ".join(runs))


def test_the_file_finds_words_that_are_out_of_order(reference: Cut) -> None:
    beginnings = ("一", "吉林", "高", "龢")  # the first, the last, and two that are not in order
    words = [word for word in HAN_WORDS[::100] if word[0] not in beginnings]
    words += [word for word in HAN_WORDS if word.startswith(beginnings)]
    assert words != sorted(words)
    assert [word for word in words if FILE.cut(word) != reference(word)] == []


def test_a_little_is_cut_without_jieba(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[int] = []

    def load(entries: list[tuple[str, int | None]]) -> Cut:
        loaded.append(len(entries))
        return lambda run: [run]

    monkeypatch.setattr(chinese, "load_rjieba", load)
    segmenter = Segmenter()
    assert segmenter.cut("推广先进经验") == ["推广先进", "经验"]
    assert loaded == []
    assert segmenter.cut("推广先进经验" * 100) == ["推广先进经验" * 100]
    assert loaded == [0]
    for _ in range(100):
        last = segmenter.cut("推广先进经验")
    assert last == ["推广先进经验"]
    assert loaded == [0]
    Segmenter("节约用煤").cut("节约")
    assert loaded == [0, 1]


@pytest.mark.parametrize("build", ["rjieba", "jieba"])
def test_a_user_dictionary_is_used(build: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(build)
    if build == "jieba":
        monkeypatch.setitem(sys.modules, "rjieba", None)
    segmenter = Segmenter(DICTIONARY)
    assert segmenter.cut("节约用煤竞赛") == ["节约用煤", "竞赛"]
    assert segmenter.cut("第三纺织厂") == ["第三纺织厂"]
    assert segmenter.cut("纺织") == ["纺", "织"]


def test_without_the_compiled_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cache in the directory for temporary files, which others may have written, is not used."""
    run = "增产节约〇运动々在全区已有显著的进展" * 40  # more than is cut without either
    expected = Segmenter().cut(run)
    monkeypatch.setitem(sys.modules, "rjieba", None)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert Segmenter().cut(run) == expected
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("", []),
        ("\ufeff增产节约\r\n\n  \n节约 5\n", [("增产节约", None), ("节约", 5)]),
        ("运动 n\n运动 7 vn\n运动\t７\tvn", [("运动", None), ("运动", 7), ("运动", 7)]),
        ("纺织 0\n厂 0", [("纺织", 0), ("厂", 1)]),
        ("会议 999999999 n", [("会议", 999999999)]),
    ],
)
def test_parse_dictionary(text: str, entries: list[tuple[str, int | None]]) -> None:
    assert list(parse_dictionary(text)) == entries


@pytest.mark.parametrize(
    "line", ["运动 n 5", "运动 5 5", "运动 5 n n", "运动 -5 n", "运动 1234567890", "运 动 节 约"]
)
def test_a_bad_line_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"^3: expected: word \[frequency"):
        Segmenter(f"增产\n\n{line}\n节约 1 2 3\n")


def test_threads_cut_alike() -> None:
    runs = ["增产节约运动在全区已有极为显著的进展", "推广先进经验"] * 50
    expected = [PLAIN.cut(run) for run in runs]
    fresh = Segmenter()
    with ThreadPoolExecutor(4) as pool:
        tasks = [pool.submit(lambda: [fresh.cut(run) for run in runs]) for _ in range(4)]
        assert [task.result() for task in tasks] == [expected] * 4
