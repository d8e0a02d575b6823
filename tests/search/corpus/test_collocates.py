"""Collocates: words near a query's words, their counts and their scores."""

from __future__ import annotations

from collections import Counter, defaultdict

from hypothesis import event, given, settings
from hypothesis import strategies as st

from indexer.analysis.script import is_han
from indexer.article import Article, LanguageCode
from indexer.schema import SEARCHED_FIELDS
from search.corpus.association import MEASURES, MeasureName, log_dice, mutual_information, t_score
from search.corpus.collocates import find_collocates
from search.corpus.cooccurrence import count_cooccurrences
from search.corpus.occurrences import Occurrences
from search.language.query import Query
from search.plan.planner import make_plan
from tests.search.corpus.test_occurrences import TextPlace, found_occurrences
from tests.search.histories import ANALYZER, HISTORIES, Change, archive, evaluated
from tests.search.naive import NaiveArchive, paragraphs
from tests.search.query_trees import QUERIES


def test_measures_by_hand() -> None:
    assert log_dice(8, 16, 16, 0) == 13  # 14 + log2 of a half
    assert log_dice(16, 16, 16, 0) == 14
    assert mutual_information(8, 16, 16, 1024) == 5  # 8 is 32 times the 1/4 that chance would give
    assert t_score(16, 32, 64, 1024) == 3.5  # (16 - 2) / 4


@given(*[st.integers(1, 999)] * 3, st.integers(1, 10**6))
def test_measures_grow_with_the_joint_frequency(
    together: int, node: int, collocate: int, tokens: int
) -> None:
    tokens += node * collocate
    for measure in MEASURES.values():
        assert measure(together + 1, node, collocate, tokens) > measure(
            together, node, collocate, tokens
        )


def near(
    place: TextPlace, article: Article, window: int
) -> tuple[LanguageCode, list[tuple[int, str]]]:
    """Return the language of an occurrence, and the words near it with their starts."""
    texts = paragraphs(article, place.zone)
    whole = "\n".join(texts)
    origin = len("\n".join(texts[: place.paragraph])) + (place.paragraph > 0)
    last = origin + len(texts[place.paragraph])
    if place.end > last:
        last = whole.find("\n", place.end) if "\n" in whole[place.end :] else len(whole)
    words = ANALYZER.words(whole[origin:last])
    left = [(origin + t.start, t.term) for t in words if origin + t.end <= place.start]
    right = [(origin + t.start, t.term) for t in words if origin + t.start >= place.end]
    language: LanguageCode = "zh" if is_han(ANALYZER.words(whole[place.start :])[0].term) else "en"
    return language, [*left[max(0, len(left) - window) :], *right[:window]]


def frequency(word: str, naive: NaiveArchive) -> int:
    """Return how often a word occurs in the whole archive."""
    total = 0
    for name in naive.articles:
        for field in SEARCHED_FIELDS:
            terms = naive.exact(name, field).values()
            if not is_han(word) or len(word) == 2:
                total += Counter(terms)[word]
            elif len(word) == 1:
                total += sum(term[0] == word for term in terms)
            else:
                total += naive.ranking(name, field).count(word)
    return total


@settings(max_examples=15, deadline=None)
@given(
    HISTORIES,
    st.lists(QUERIES, min_size=3, max_size=6),
    st.integers(1, 3),
    st.sampled_from(list(MEASURES)),
    st.integers(1, 3),
)
def test_the_counts_are_those_of_reading_every_article(
    history: list[Change], queries: list[Query], window: int, measure: MeasureName, least: int
) -> None:
    with archive(history) as (snapshot, naive):
        for tree in queries:
            planned = make_plan(tree, ANALYZER)
            evaluation = evaluated(planned, snapshot)
            documents = evaluation.documents("date")
            places = Occurrences(evaluation)
            standing: set[tuple[LanguageCode, str, str, int, str]] = set()
            nodes: Counter[LanguageCode] = Counter()
            firsts: dict[tuple[LanguageCode, str], TextPlace] = {}
            for zone in places.by_zone(documents):
                for place in found_occurrences(zone):
                    language, words = near(place, naive.articles[place.id], window)
                    nodes[language] += 1
                    standing |= {(language, place.id, place.zone, *word) for word in words}
                    for _, word in words:
                        firsts.setdefault((language, word), place)
            together: defaultdict[LanguageCode, Counter[str]] = defaultdict(Counter)
            for language, *_, word in standing:
                together[language][word] += 1
            found = count_cooccurrences(places, documents, ANALYZER, window)
            for language, side in found.items():
                assert side.nodes == nodes[language]
                assert side.counts == together[language]
            best = find_collocates(evaluation, "", window, measure, least, limit=3)
            event(f"found: {bool(best)}")
            assert best.nodes == {language: nodes[language] for language in ("zh", "en")}
            candidates = {
                (word, language): count
                for language, counts in together.items()
                for word, count in counts.items()
                if count >= least
            }
            assert best.total == len(candidates)
            assert len(best) == min(3, best.total)
            assert [one.score for one in best] == sorted((one.score for one in best), reverse=True)
            for one in best:
                assert one.together == candidates[one.word, one.language]
                assert one.frequency == frequency(one.word, naive) >= one.together
                first = firsts[one.language, one.word]
                assert one.example.id == first.id
                assert first.zone.endswith(one.example.language)
                assert one.example.paragraph == (first.paragraph + 1) * first.zone.startswith(
                    "body"
                )
                text = "\n".join(paragraphs(naive.articles[first.id], first.zone))
                assert one.example.keyword == text[first.start : first.end]
