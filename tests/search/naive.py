"""The oracle of the executor: it evaluates plans article by article, as simply as possible.

It shares the analyzer, the plan and the weights with the executor, and nothing else.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from indexer.analysis import Analyzer
from indexer.analysis.script import is_han
from indexer.article import Article
from indexer.schema import PARAGRAPH_GAP, SEARCHED_FIELDS, TEXT_FIELDS
from search import weights
from search.language import query
from search.plan import nodes
from search.plan.intervals import Alternatives, Interval, NearInterval, Pattern, Slot, SlotKind

Text = dict[int, str]  # position -> term of the exact stream
Span = tuple[int, int]
Unit = tuple[Pattern, tuple[str, ...]]


def paragraphs(article: Article, field: str) -> Sequence[str]:
    """The paragraphs of an article in a field."""
    if field == "author":
        return article.author_en, article.author_zh
    if field == "glossary":
        return [term for pair in article.glossary for term in pair]
    if field.startswith("body"):
        return article.paragraphs_en if field == "body_en" else article.paragraphs_zh
    return [getattr(article, field)]


def exact_text(analyzer: Analyzer, texts: Iterable[str]) -> Text:
    text: Text = {}
    position = 0
    for paragraph in texts:
        for token in analyzer.exact(paragraph):
            text[position] = token.term
            position += 1
        position += PARAGRAPH_GAP
    return text


@cache
def edits(left: str, right: str) -> int:
    """The optimal string alignment distance, by its definition."""
    if not left or not right:
        return len(left) + len(right)
    ways = [
        edits(left[1:], right) + 1,
        edits(left, right[1:]) + 1,
        edits(left[1:], right[1:]) + (left[0] != right[0]),
    ]
    if left[:2] == right[1::-1] and len(left) > 1:
        ways.append(edits(left[2:], right[2:]) + 1)
    return min(ways)


def fits_glob(glob: str, term: str) -> bool:
    if not glob or not term:
        return not term and not glob.strip("*")
    if glob[0] == "*":
        return fits_glob(glob[1:], term) or fits_glob(glob, term[1:])
    return glob[0] in ("?", term[0]) and fits_glob(glob[1:], term[1:])


def fits(slot: Slot, term: str, analyzer: Analyzer) -> bool:
    text = slot.text
    match slot.kind:
        case SlotKind.TERM:
            return term == text
        case SlotKind.STEM:
            return analyzer.stem(term) == text
        case SlotKind.PREFIX:
            return term[: len(text)] == text
        case SlotKind.BIGRAM_PREFIX:
            return len(term) == 2 and term[0] == text
        case SlotKind.BIGRAM_SUFFIX:
            return len(term) == 2 and term[1] == text
        case SlotKind.GLOB:
            return fits_glob(text, term)
        case (
            SlotKind.FUZZY
        ):  # an ASCII word is never a misspelling of another script's, nor Han of any
            alike = term.isascii() is text.isascii() and not is_han(term)
            return alike and edits(text, term) <= slot.distance


def spans(interval: Interval, text: Mapping[int, str], analyzer: Analyzer) -> set[Span]:
    """Where an interval occurs in a text: try every start, compare every pair."""
    match interval:
        case Pattern(slots, length):
            return {
                (start, start + length)
                for start in range(max(text, default=-1) + 1)
                if all(
                    start + slot.offset in text and fits(slot, text[start + slot.offset], analyzer)
                    for slot in slots
                )
            }
        case Alternatives(options):
            return {span for option in options for span in spans(option, text, analyzer)}
        case NearInterval(left, right, distance, ordered):
            befores, afters = spans(left, text, analyzer), spans(right, text, analyzer)
            pairs = [(before, after) for before in befores for after in afters]
            if not ordered:
                pairs += [(after, before) for before, after in pairs]
            return {
                (start, end)
                for (start, middle), (following, end) in pairs
                if middle <= following <= middle + distance
            }


class NaiveArchive:
    """Articles as tokens, evaluated one by one."""

    def __init__(self, articles: Iterable[Article], analyzer: Analyzer) -> None:
        self.articles = {article.id: article for article in articles}
        self._analyzer = analyzer
        self._exact: dict[tuple[str, str], Text] = {}
        self._ranking: dict[tuple[str, str], list[str]] = {}
        self._average: dict[str, float] = {}
        self._norms: dict[str, float] = {}

    def exact(self, name: str, field: str) -> Text:
        if (name, field) not in self._exact:
            texts = paragraphs(self.articles[name], field)
            self._exact[name, field] = exact_text(self._analyzer, texts)
        return self._exact[name, field]

    def ranking(self, name: str, field: str) -> list[str]:
        if (name, field) not in self._ranking:
            texts = paragraphs(self.articles[name], field) if field in SEARCHED_FIELDS else ()
            tokens = [token for text in texts for token in self._analyzer.ranking(text)]
            self._ranking[name, field] = [token.term for token in tokens]
        return self._ranking[name, field]

    def evaluate(self, plan: nodes.Plan) -> dict[str, float]:
        """The IDs of the articles that match, and their scores."""
        match plan:
            case nodes.TermGroup():
                return self._words(plan)
            case nodes.IntervalMatch(interval, fields):
                return self._scores({f: self._frequencies(interval, f) for f in fields})
            case nodes.Rescored(child, words):
                matching = self.evaluate(child)
                terms = [term for part in words for term in self._terms(part)]
                return _added([matching, *terms], matching)
            case nodes.Conjunction(children):
                found = [self.evaluate(child) for child in children]
                return _added(found, set(self.articles).intersection(*found))
            case nodes.Disjunction(children):
                found = [self.evaluate(child) for child in children]
                return _added(found, set().union(*found))
            case nodes.Exclusion(child):
                return dict.fromkeys(self.articles.keys() - self.evaluate(child).keys(), 0.0)
            case nodes.Boosted(child, factor):
                return {name: factor * score for name, score in self.evaluate(child).items()}
            case _:
                return {n: 0.0 for n, article in self.articles.items() if _passes(article, plan)}

    def _words(self, words: nodes.TermGroup) -> dict[str, float]:
        units = [self._names(unit, words.fields) for unit in words.units]
        matching = set.intersection(*units) if words.require_all else set.union(*units)
        return _added(self._terms(words), matching)

    def _names(self, interval: Interval, fields: Iterable[str]) -> set[str]:
        """The articles in which an interval occurs in any of some fields."""
        found = [self._frequencies(interval, field) for field in fields]
        return {name for counts in found for name, count in counts.items() if count}

    def _terms(self, words: nodes.TermGroup) -> list[dict[str, float]]:
        return [self._term(term, words.fields) for term in words.terms]

    def _term(self, term: nodes.ScoringTerm, fields: Sequence[str]) -> dict[str, float]:
        """A long word is counted as jieba finds it; in a part of the fields, as it is written."""
        counts = {field: self._frequencies(term.pattern, field) for field in fields}
        if term.long_word and set(fields) == set(SEARCHED_FIELDS):
            counts = {
                field: {n: self.ranking(n, field).count(term.long_word) for n in self.articles}
                for field in fields
            }
        return {name: term.weight * score for name, score in self._scores(counts).items()}

    def near(self, plan: nodes.Plan) -> dict[str, float]:
        """The score that each article gains because bare words of the plan are near each other."""
        wanted: defaultdict[tuple[Pattern, tuple[str, ...]], float] = defaultdict(float)
        for words, factor in _bare_words(plan, 1.0):
            for unit in words.units:
                wanted[unit, words.fields] += factor
        total = len(self.articles)
        held = {key: len(self._names(*key)) for key in wanted}
        rarity = {key: _idf(count, total) for key, count in held.items() if 0 < count <= total / 2}
        gains = {}
        for name in self.articles:
            sums = dict.fromkeys(rarity, 0.0)
            for field in TEXT_FIELDS:
                self._add_nearness(name, field, rarity, sums)
            gains[name] = weights.PROXIMITY_WEIGHT * sum(
                wanted[key] * rarity[key] * self._saturated(sums[key], name) for key in rarity
            )
        return gains

    def _add_nearness(
        self, name: str, field: str, rarity: Mapping[Unit, float], sums: dict[Unit, float]
    ) -> None:
        """Each pair of occurrences adds to both, by the idf of the other and their distance."""
        order = list(rarity)
        found = sorted(
            (start, order.index(unit), end)
            for unit in order
            if field in unit[1]
            for start, end in spans(unit[0], self.exact(name, field), self._analyzer)
        )
        for i, (_, first, end) in enumerate(found):
            for start, second, _ in found[i + 1 : i + 1 + weights.PROXIMITY_WINDOW]:
                distance = max(start - end + 1, 1)
                if first != second and distance <= weights.PROXIMITY_WINDOW:
                    left, right = order[first], order[second]
                    share = _weight(field) / distance
                    sums[left] += share * rarity[right]
                    sums[right] += share * rarity[left]

    def _frequencies(self, interval: Interval, field: str) -> dict[str, int]:
        """At how many positions of a field of each article an interval begins."""
        return {
            name: len(
                {start for start, _ in spans(interval, self.exact(name, field), self._analyzer)}
            )
            for name in self.articles
        }

    def _scores(self, frequencies: Mapping[str, Mapping[str, int]]) -> dict[str, float]:
        """BM25, given the frequency of a term in each field of each article."""
        weights: dict[str, float] = {}
        for field, counts in frequencies.items():
            for name, count in counts.items():
                if count:
                    weights[name] = weights.get(name, 0.0) + count * _weight(field)
        rarity = _idf(len(weights), len(self.articles))
        return {name: rarity * self._saturated(w, name) for name, w in weights.items()}

    def _saturated(self, weight: float, name: str) -> float:
        return weight * (weights.K1 + 1) / (weight + weights.K1 * self._norm(name))

    def _norm(self, name: str) -> float:
        """The length norm of BM25: above 1 for articles longer than the average."""
        if name not in self._norms:
            relative = [
                self._length(name, language) / self._average_length(language)
                for language in ("en", "zh")
                if self._length(name, language)
            ]
            mean = sum(relative) / len(relative) if relative else 0
            self._norms[name] = 1 - weights.B + weights.B * mean
        return self._norms[name]

    def _length(self, name: str, language: str) -> int:
        return sum(len(self.exact(name, f"{part}_{language}")) for part in ("title", "body"))

    def _average_length(self, language: str) -> float:
        if language not in self._average:
            lengths = [self._length(name, language) for name in self.articles]
            held = [length for length in lengths if length]
            self._average[language] = sum(held) / len(held)
        return self._average[language]


def _weight(field: str) -> int:
    return 1 + weights.TITLE_EXTRA if field.startswith("title") else 1


def facet(articles: Sequence[Article], name: str) -> list[tuple[str, int]]:
    """Count the articles that have each value."""
    values = [value for article in articles if (value := facet_value(article, name))]
    counts = [(value, values.count(value)) for value in set(values)]
    if name in ("year", "month"):
        return sorted(counts)
    if name == "page":
        return sorted(counts, key=lambda pair: int(pair[0]))
    if name == "language":
        order = ["both", "en", "zh"]
        return sorted(counts, key=lambda pair: order.index(pair[0]))
    return sorted(counts, key=lambda pair: (-pair[1], pair[0]))


def facet_value(article: Article, name: str) -> str:
    """The value of an article for a facet; "" for none."""
    match name:
        case "year":
            return article.date.isoformat()[:4] if article.date else ""
        case "month":
            return article.date.isoformat()[:7] if article.date else ""
        case "page":
            return str(article.page or "")
        case "language":
            return "both" if len(article.languages) == 2 else "".join(article.languages)
        case "author":
            return " ".join((article.author_zh or article.author_en).split())
        case _:
            return " ".join(getattr(article, name).split())


def _bare_words(plan: nodes.Plan, factor: float) -> list[tuple[nodes.TermGroup, float]]:
    match plan:
        case nodes.TermGroup():
            return [(plan, factor)]
        case nodes.Conjunction(children) | nodes.Disjunction(children, explicit_or=False):
            return [words for child in children for words in _bare_words(child, factor)]
        case nodes.Boosted(child, more):
            return _bare_words(child, factor * more)
        case nodes.Rescored(child, _):
            return _bare_words(child, factor)
        case _:
            return []


def _idf(documents: int, total: int) -> float:
    return math.log(1 + (total - documents + 0.5) / (documents + 0.5))


def _added(parts: Iterable[Mapping[str, float]], names: Iterable[str]) -> dict[str, float]:
    parts = list(parts)
    return {name: sum(part.get(name, 0.0) for part in parts) for name in names}


def _passes(article: Article, condition: nodes.Filter) -> bool:
    match condition:
        case query.DateRange(since, until):
            date = article.date
            return date is not None and (since or date) <= date <= (until or date)
        case query.PageRange(low, high):
            page = article.page
            if page is None:
                return False
            return (low is None or low <= page) and (high is None or page <= high)
        case query.LanguageFilter(code):
            return code in article.languages
        case query.Identifier(text):
            return article.id == text
        case query.Everything():
            return True
        case query.Nothing():
            return False
