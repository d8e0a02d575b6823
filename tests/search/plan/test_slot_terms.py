"""A slot means the same terms in a term dictionary, in a text, and by definition."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.analysis import Analyzer
from indexer.analysis.bigrams import bigram_code
from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.postings import PostingsBatch
from indexer.codec.postings_reader import PostingsReader
from indexer.codec.postings_writer import PostingsWriter
from indexer.codec.reader import FieldReader
from indexer.codec.term_dictionary import write_terms
from search.plan.edits import edit_distance, edit_distances
from search.plan.intervals import Slot, SlotKind
from search.plan.slot_terms import slot_ordinals, slot_predicate
from tests.search.naive import edits, fits

ANALYZER = Analyzer()

# Words that do not simply begin with their stems, and words that resemble them.
ENGLISH = """
    die dies died dying dyings lie lies lied lying tie ties tied tying vie vying hie hying
    sky skies ski skis skied skiing idly gently ugly early only singly happy happily happiness
    happier news new newly innings herring proceed exceed succeed succeeding canning earring
    produce produces producing production productions product productive productivity producer
    possible possibly possibility rational rationally rationality relate relation relational
    able ably ability abilities hop hops hope hopes hoped hoping hopping hopped fly flies flying
    flew cry cried crying buy buying ying yin use used using us is as s a i ied ies
    generate generation generic generous communism communist commune arsenal arsenic
    nation nations national nationalize nationalization nationality agree agreed agreement feed fed
    analogy analogies analogous logic logical troubled troubling sized size fizzed falling hissing
    rapt rapid rapidly electricity electrical electric hesitancy hesitancies valency digitizer
    conformably radically differently vilely analogously callousness formality sensitivity
    adjustable adjustment dependent adoption homologous effective bowdlerize probate rate cease
    controlling roll 1950s 1953 u s x ox oxen dye dyeing eying bee bees beeing
""".split()  # noqa: SIM905 - easier to read
STEMS = sorted(set(map(ANALYZER.stem, ENGLISH)))

# Terms of the exact stream: words, and Han characters alone or in pairs. U+20000 and U+10FFFF are
# no neighbours of U+FFEE in UTF-16, as they are in UTF-8.
HAN = "增产节约〇\U00020000"
LETTERS = "abné\u044fß\u07ff\uffeeœ0\U0001d7f6\U00010400"
WORDS = st.text("ab", min_size=1, max_size=6) | st.text(LETTERS, min_size=1, max_size=5)
PAIRS = st.text(HAN, min_size=1, max_size=2)
TERMS = WORDS | PAIRS | st.sampled_from(ENGLISH)
PATTERNS = st.text(LETTERS + "??**aabb", min_size=1, max_size=7) | st.builds(
    "{}*{}".format, TERMS, TERMS
)

SLOTS = st.one_of(
    st.builds(Slot, st.just(SlotKind.TERM), TERMS),
    st.builds(Slot, st.just(SlotKind.STEM), st.sampled_from(STEMS) | WORDS.map(ANALYZER.stem)),
    st.builds(Slot, st.just(SlotKind.PREFIX), st.just("") | TERMS),
    st.builds(
        Slot,
        st.sampled_from([SlotKind.BIGRAM_PREFIX, SlotKind.BIGRAM_SUFFIX]),
        st.sampled_from(HAN),
    ),
    # A glob has a letter: Han characters and lone wildcards are slots of other kinds.
    st.builds(Slot, st.just(SlotKind.GLOB), PATTERNS.filter(lambda text: text.strip("*?" + HAN))),
    st.builds(Slot, st.just(SlotKind.FUZZY), TERMS, distance=st.integers(1, 2)),
)


def in_order(terms: list[str]) -> list[str]:
    """Each term once, as ordinals number them: words first, then bigrams."""
    return sorted(set(terms), key=lambda term: (bigram_code(term) is not None, term))


@contextmanager
def dictionary(terms: list[str]) -> Iterator[FieldReader]:
    """A term dictionary of just these terms."""
    known = in_order(terms)
    ones = np.ones(len(known), np.int64)
    chunk = PostingsBatch(ones, 0 * ones, ones, 0 * ones, np.zeros(len(known), np.uint32))
    bigrams = [code for term in known if (code := bigram_code(term)) is not None]
    with TemporaryDirectory() as directory:
        path = Path(directory) / "field.arrays"
        with ContainerWriter(path) as out:
            write_terms("f", [term for term in known if bigram_code(term) is None], out)
            out.add("f/bigrams", np.array(bigrams, np.uint32))
            postings = PostingsWriter("f", 1, out, has_positions=True)
            postings.add(chunk)
            postings.finish()
        container = Container(path)
        yield FieldReader("f", container, PostingsReader("f", container, 1))
        container.close()


@given(st.lists(TERMS, min_size=1, max_size=40), st.lists(SLOTS, min_size=1, max_size=40))
@example(["〇〇", "〇"], [Slot(SlotKind.PREFIX, "〇〇"), Slot(SlotKind.BIGRAM_PREFIX, "〇")])
@example(["aa"], [Slot(SlotKind.FUZZY, "a" * 300, distance=1)])
@example(["é" * 150], [Slot(SlotKind.FUZZY, "a" * 300, distance=1)])
def test_predicate_and_ordinals_agree(terms: list[str], slots: list[Slot]) -> None:
    with dictionary(terms) as field:
        known = in_order(terms)
        for slot in slots:
            is_one = slot_predicate(slot, ANALYZER)
            expected = [i for i, term in enumerate(known) if fits(slot, term, ANALYZER)]
            assert list(map(is_one, known)) == [i in expected for i in range(len(known))], slot
            assert list(slot_ordinals(slot, field, ANALYZER)) == expected, slot


# Endings that Snowball's English rules take off or change.
ENDINGS = st.sampled_from(
    """
    s es ies ied ying ing ed eed ly edly ingly ational izer ization biliti bility ousness ogy ogist
    ement ative iveness fulness y e al ic ance ence able ible ant ment ent ism ate iti ous ive ize
    ion sses us ss lessli li ically alism ality entli ousli
    """.split()  # noqa: SIM905
)


@given(st.lists(st.builds("".join, st.tuples(st.text("dlyskeibtagro", max_size=4), ENDINGS, ENDINGS)
                          | st.tuples(st.text("dlyskeibtagro", min_size=1, max_size=4), ENDINGS)),
                min_size=1, max_size=60))  # fmt: skip
@example(ENGLISH)
def test_all_words_of_a_stem_are_found(words: list[str]) -> None:
    with dictionary(words) as field:
        known = in_order(words)
        for stem in {ANALYZER.stem(word) for word in words}:
            found = slot_ordinals(Slot(SlotKind.STEM, stem), field, ANALYZER)
            expected = [i for i, word in enumerate(known) if ANALYZER.stem(word) == stem]
            assert list(found) == expected, stem


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("", "", 0),
        ("", "ab", 2),
        ("production", "producton", 1),
        ("form", "from", 1),
        ("ca", "abc", 3),  # no position is edited twice
        ("增产节约", "增产结约", 1),
    ],
)
def test_distance(left: str, right: str, expected: int) -> None:
    assert edit_distance(left, right) == expected


@given(st.text("abc", max_size=7), st.lists(st.text("abc", max_size=8), min_size=1, max_size=20))
def test_distances_of_a_whole_vocabulary(word: str, terms: list[str]) -> None:
    expected = [edits(word, term) for term in terms]
    assert [edit_distance(word, term) for term in terms] == expected
    longest = max(map(len, terms))
    rows = [list(term.encode().ljust(longest, b"a")) for term in terms]  # padded with anything
    array = np.array(rows, np.uint8).reshape(len(terms), longest)
    assert edit_distances(word.encode(), array, np.array([*map(len, terms)])).tolist() == expected


def test_a_glob_of_many_stars_is_fast() -> None:
    many = Slot(SlotKind.GLOB, "*a" * 40 + "*b")
    with dictionary(["a" * 200, "a" * 199 + "b"]) as field:
        assert list(slot_ordinals(many, field, ANALYZER)) == [1]
