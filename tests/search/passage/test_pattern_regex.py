"""Regular expressions of patterns: they find what the positions of terms find."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indexer.analysis.script import MAX_WORD_LENGTH
from search.language.parser import parse
from search.passage.folded_block import fold_block
from search.passage.pattern_regex import SEPARATOR, PatternRegex, pattern_regex, shared_letters
from search.passage.targets import targets
from search.passage.text_intervals import find_interval
from search.plan.interval_builder import phrase_pattern
from search.plan.intervals import Alternatives, Pattern, Slot, SlotKind
from search.plan.planner import make_plan
from tests.indexer.analysis.texts import SENTENCES, texts
from tests.search.articles import ANALYZER


def patterns(query: str) -> list[Pattern]:
    """List the patterns of a query, also those among alternatives."""
    intervals = [target.interval for target in targets(make_plan(parse(query).tree, ANALYZER))]
    options = [
        option
        for interval in intervals
        for option in (interval.options if isinstance(interval, Alternatives) else [interval])
    ]
    return [option for option in options if isinstance(option, Pattern)]


def check(wanted: Pattern, text: str) -> None:
    regex = pattern_regex(wanted, ANALYZER)
    if regex is None:
        return
    text = text.replace(SEPARATOR, "")
    assert spans_in(regex, text) == [(a, b) for _, a, b in find_interval(wanted, [text], ANALYZER)]


def spans_in(regex: PatternRegex, text: str, low: int = 0) -> list[tuple[int, int]]:
    """List the matches of an expression, as original characters."""
    whole = fold_block(text)
    return [whole.span(start, end) for start, end in regex.find(whole, whole.first(low))]


# Parts of texts in which the words of the queries meet often, with everything that may separate
# them, and in every spelling that folds to them.
_PARTS = [
    "增", "产", "產", "节\ufe00", "節", "约", "増产", "增产节约", "〇", "○", "の",
    "mass", "Mass", "MASS", "ｍａｓｓ", "line", "lines", "líne", "li\u0301ne", "mass line",
    "co-operative", "China's", "China’s", "1953", "１９５３", "½", "①", "production", "produces",
    "producer", "ﬁne", "fine", "Москва", "мост", "𝔸", "a", " ", "\n", "\u3000", "，", "。", "“",
    "-", "_", "'", "’s", "'s", "\u200b", "\u0301", "\ud800",
]  # fmt: skip
_QUERIES = [
    "增产节约", '"增产节约"', '"产"', '"增产、节约"', "农业", '"节节"', "〇", '"1953 增"',
    '"mass line"', "mass", "lining", "producing", '"China\'s"', "co-operative", "fine", "s", "die",
    "a", '"a a"', "1953", '"line 增"', '"增 mass"', '"line line"', '"½"', '"москва"', "мост*",
    "m*", "*ine", "li?e", "l*e*s", "co-op*", "增?约", "增?节约", "?节", "增??节", "节?line",
    '"москва мост"', "mas~1", "lines~2", "producton~1", "москвы~1", "增产节约~1", "增产节~2",
    "增~1",
]  # fmt: skip

composed = st.lists(st.sampled_from(_PARTS), max_size=25).map("".join)


@settings(max_examples=1500)
@given(st.one_of(composed, texts), st.sampled_from(_QUERIES))
def test_expressions_find_what_positions_find(text: str, query: str) -> None:
    for wanted in patterns(query):
        check(wanted, text)


@settings(max_examples=800)
@given(st.one_of(composed, texts, st.sampled_from(SENTENCES)), st.data())
def test_phrases_of_a_text_are_found_in_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    phrase = text[start : start + data.draw(st.integers(1, 20))]
    wanted = phrase_pattern(ANALYZER.exact(phrase))
    assume(wanted)
    assert wanted is not None
    check(wanted, text)
    check(wanted, data.draw(composed) + text)


@given(composed, st.sampled_from(_QUERIES), st.integers(0, 60))
def test_matches_from_an_offset_on(text: str, query: str, low: int) -> None:
    for wanted in patterns(query):
        if regex := pattern_regex(wanted, ANALYZER):
            everything = spans_in(regex, text)
            assert spans_in(regex, text, low) == [span for span in everything if span[0] >= low]


@pytest.mark.parametrize("query", ['"增产节约"', '"mass line"', "增?节约", '"增产、节约"'])
def test_nothing_is_found_across_the_separator(query: str) -> None:
    (wanted,) = patterns(query)
    regex = pattern_regex(wanted, ANALYZER)
    assert regex is not None
    for text in ("增产节约", "mass line", "增产、节约"):
        for i in range(1, len(text)):
            for other in ("", " Москва"):
                assert spans_in(regex, text[:i] + SEPARATOR + text[i:] + other) == []


def test_patterns_that_need_positions() -> None:
    # Any token is at the end of a pattern, or at its beginning.
    free = (Pattern((Slot(SlotKind.TERM, "增产", i),), 3) for i in (0, 1))
    assert [pattern_regex(wanted, ANALYZER) for wanted in (*patterns("??产"), *free)] == [None] * 3
    word = "x" * MAX_WORD_LENGTH
    assert pattern_regex(Pattern((Slot(SlotKind.TERM, word),), 1), ANALYZER) is None
    assert pattern_regex(Pattern((Slot(SlotKind.TERM, "½"),), 1), ANALYZER) is None
    assert pattern_regex(Pattern((Slot(SlotKind.PREFIX, ""),), 1), ANALYZER) is None
    clash = Pattern((Slot(SlotKind.TERM, "增产"), Slot(SlotKind.TERM, "节约", 1)), 3)
    assert pattern_regex(clash, ANALYZER) is None


def test_no_part_of_a_word_longer_than_a_term_is_found() -> None:
    (wanted,) = patterns('"tail"')
    assert find_interval(wanted, ["x" * MAX_WORD_LENGTH + "tail"], ANALYZER) != []
    regex = pattern_regex(wanted, ANALYZER)
    assert regex is not None
    assert spans_in(regex, "x" * MAX_WORD_LENGTH + "tail, tail") == [(206, 210)]


_ENDINGS = [
    "", "s", "es", "ed", "ing", "er", "ies", "ied", "y", "ly", "ness", "ational", "tional", "enci",
    "anci", "izer", "ization", "alism", "ousness", "iveness", "biliti", "bility", "ful", "fulness",
    "ement", "ment", "ent", "ion", "ative", "alize", "icate", "logi", "e", "eed", "eedly", "ingly",
]  # fmt: skip


@settings(max_examples=2000)
@given(
    st.one_of(
        st.sampled_from([term for text in SENTENCES for term in ANALYZER.exact_terms(text)]),
        st.text("abcdeilnorsty", min_size=1, max_size=8),
        st.sampled_from(["dy", "ly", "ty", "sk", "die", "lie", "tie", "idl", "ear", "on", "sing"]),
    ),
    st.sampled_from(_ENDINGS),
)
def test_a_word_begins_with_the_letters_that_its_stem_shares(word: str, ending: str) -> None:
    assert (word + ending).startswith(shared_letters(ANALYZER.stem(word + ending)))
