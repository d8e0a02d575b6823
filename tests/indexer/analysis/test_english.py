"""Stems are those of Snowball, by either of its builds, in any thread."""

import re
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import english
from indexer.analysis.english import STEMMER, Stems
from tests.indexer.analysis.texts import SENTENCES

WORDS = sorted(set(re.findall(r"[a-z]+", " ".join(SENTENCES).lower())))


@pytest.fixture
def pure_python(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("snowballstemmer")
    for name in [name for name in sys.modules if name.partition(".")[0] == "snowballstemmer"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "Stemmer", None)


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("factories", "factori"),
        ("economies", "economi"),
        ("economy", "economi"),
        ("produced", "produc"),
        ("1953", "1953"),
        ("москва", "москва"),
        ("a" * 200, "a" * 200),
    ],
)
def test_stem(word: str, stem: str) -> None:
    assert Stems()[word] == stem


@pytest.mark.parametrize(
    ("word", "stem"),
    [("added", "add"), ("evening", "evening"), ("international", "internat")],
)
def test_the_release_is_the_one_that_is_named(word: str, stem: str) -> None:
    """Release 2.2 has "ad", "even", 3.0 still "intern"."""
    assert STEMMER == "snowball-english-3.1"
    assert Stems()[word] == stem


def test_the_two_builds_agree_on_real_words() -> None:
    compiled = pytest.importorskip("Stemmer").Stemmer("english", 0)
    pure = pytest.importorskip("snowballstemmer.english_stemmer").EnglishStemmer()
    assert {w: compiled.stemWord(w) for w in WORDS} == {w: pure.stemWord(w) for w in WORDS}


AFFIXES = [
    "un", "re", "inter", "over", "tion", "ational", "izer", "iveness", "fulness", "ousli", "ing",
    "ingly", "edly", "ed", "eed", "s", "ies", "ied", "ying", "y", "ogist", "logi", "able",
    "ement", "ment", "ll", "e",
]  # fmt: skip
words = st.lists(
    st.sampled_from(WORDS + AFFIXES) | st.text("abcdeilnorstuvyz09éжωا한", max_size=5), max_size=4
).map("".join)


@given(words)
def test_the_two_builds_agree(word: str) -> None:
    compiled = pytest.importorskip("Stemmer").Stemmer("english", 0)
    pure = pytest.importorskip("snowballstemmer.english_stemmer").EnglishStemmer()
    assert compiled.stemWord(word) == pure.stemWord(word)


@pytest.mark.usefixtures("pure_python")
def test_without_the_compiled_build() -> None:
    expected = ["economi", "internat", "add"]
    stems = Stems()
    assert [stems[word] for word in ("economies", "international", "added")] == expected
    assert type(stems._local.stem.__self__).__module__.startswith("snowballstemmer")


def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(english, "_MAX_CACHED_STEMS", 10)
    stems, fresh = Stems(), Stems()
    for word in WORDS * 2:
        assert stems[word] == stems[word] == fresh[word]
        assert len(stems) <= 10


@pytest.mark.usefixtures("pure_python")
def test_threads_do_not_disturb_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(english, "_MAX_CACHED_STEMS", 10)
    expected = [*map(Stems().__getitem__, WORDS)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    shared = Stems()
    try:
        with ThreadPoolExecutor(4) as pool:
            tasks = [pool.submit(lambda: [*map(shared.__getitem__, WORDS)]) for _ in range(4)]
            found = [task.result() for task in tasks]
    finally:
        sys.setswitchinterval(interval)
    assert found == [expected] * 4
