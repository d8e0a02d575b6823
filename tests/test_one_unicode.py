"""All versions of Python decide alike, whatever version of Unicode they know.

A character that Unicode 14 does not define is treated as one that no version defines, and any rare
ideograph as one that all versions define.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer import SeedError, build_index
from indexer.align.comparison import compare_texts
from indexer.align.sentences import sentence_ends
from indexer.analysis import Analyzer
from indexer.lexicon.word_finder import find_words
from indexer.source.layout import parse_article
from search import Snippet, open_archive
from search.language.parser import parse

ANALYZER = Analyzer()
# Letters, a mark, digits and letters with a compatibility form, of Unicode 15 and 16.
LATER = "\U00011f12\U0001e4d0\U00010d50\ua7dc\U0001e5d0\U00011f00\U00011f50\U0001ccf1\U0001ccd6"
UNDEFINED = "\U0010ffff"
# Of Unicode 15, 15.1, and not yet defined.
IDEOGRAPHS = "\U00031350\U0002ebf0\U00033fff"
KNOWN_IDEOGRAPH = "\U00020000"
PAIRS = [*((c, UNDEFINED) for c in LATER), *((c, KNOWN_IDEOGRAPH) for c in IDEOGRAPHS)]

every_pair = pytest.mark.parametrize(("character", "other"), PAIRS)

QUERIES = (
    "增产@节约 a@b 增产@", "@* 群", "*@", "群@？产", "@？@ 群？@", "增@?", "-@ 群", "+@ 群",
    '"增产 @" "@"', "title:@ author:@增产", "date:195@ 增产", "date:@@@@", "page:@", "page:>@",
    "a@://x?y @://x?y", "[1 @TO 5] [1 TO@ 5]", "lang:@", "@AND 群 who was@AND he?", "@:x x:@",
    "what@AND@x was he?", "a@b~1 @~2", "增NEAR/2@ x NEAR/@ y", "x^@ x@^2", "什么@是?", "1@,000",
)  # fmt: skip
TEXTS = (
    "@Mr. Li came. He said: A.@B. is here. X@. Then @p. 5 and No.@ 7", "@abc 中@文 def@’s",
    "The mill's 1,200@ jin of 棉@纱。增产@节约 @DDT2@ @２½@",
)  # fmt: skip
FILE = (
    "Title: Cotton@ Mills\nAuthor: Li\nDate: @953-10-31\n\n"
    "Cotton Mills\nCotton@mills\n@Cotton Mills\nThe text.\n\n"
    "<hr />\nOriginal:\n### 棉@厂\n@棉厂\n1953-10-31@\n第@1版\n\n棉厂\n增产@节约。\n"
)


def ascii_of(value: object, character: str) -> str:
    """A value as text, with a mark in place of the character."""
    return ascii(value).replace(ascii(character)[1:-1], "@")


def agree(look: Callable[[str], object], text: str, character: str, other: str) -> None:
    ours, theirs = (ascii_of(look(text.replace("@", c)), c) for c in (character, other))
    assert ours == theirs, text


def test_all_of_unicode_has_the_same_terms() -> None:
    """If the number changes, increase ANALYSIS_VERSION. No letters are defined beyond the end."""
    checksum = 0
    for start in range(0, 0x34000, 64):
        letters = [chr(code) for code in range(start, start + 64)]
        text = "".join(letters) + "".join(f" {c}a {c}中" for c in letters)
        terms = ascii(ANALYZER.streams(text))
        checksum = zlib.crc32(terms.encode(), checksum)
    assert checksum == 4072576346


@every_pair
def test_terms_and_sentences(character: str, other: str) -> None:
    for text in TEXTS:
        agree(ANALYZER.exact, text, character, other)
        agree(ANALYZER.ranking, text, character, other)
        agree(sentence_ends, text, character, other)
        agree(
            lambda t: find_words(t, {"abc", "jin", "mill"}, "en", ANALYZER), text, character, other
        )
        agree(lambda t: compare_texts("三 DDT abc", t, [("三", "abc")]), text, character, other)
        agree(
            lambda t: compare_texts(t, "DDT abc jin 1200", [("纱", "jin")]), text, character, other
        )


@every_pair
def test_files(character: str, other: str) -> None:
    def look(text: str) -> object:
        try:
            return parse_article(text, "a", "0", "a.txt")
        except SeedError as error:
            return error.line

    def look_with_name(text: str) -> object:
        content, _, name = text.partition("/")
        return parse_article(content, "a", "0", f"{name}.txt")

    for line in range(FILE.count("\n")):
        lines = [
            text if number == line else text.replace("@", "")
            for number, text in enumerate(FILE.split("\n"))
        ]
        agree(look, "\n".join(lines), character, other)
    for name in ("1953-10-31_棉@厂", "195@-10-31_棉厂"):
        for title in ("棉@厂", "棉厂。", "@"):
            agree(look_with_name, f"{title}\n\n增产@节约/{name}", character, other)


@every_pair
def test_queries(character: str, other: str) -> None:
    def look(text: str) -> object:
        parsed = parse(text)  # `repr`, which the messages use, does differ
        return parsed.tree, [(found.kind, found.start, found.end) for found in parsed.diagnostics]

    for query in QUERIES:
        agree(look, query, character, other)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("one_unicode")
    for number, characters in enumerate(PAIRS):
        for name, character in zip("ab", characters, strict=True):
            text = "".join(f"\n{text}\n".replace("@", character) for text in TEXTS)
            (folder / f"{number}{name}.txt").write_text(f"Title: Text {number}\n{text}", "utf-8")
    build_index(folder, index=folder / "index")
    return folder / "index"


def test_what_is_found_and_marked(index: Path) -> None:
    with open_archive(index) as archive:
        for query in (
            "棉纱",
            "棉?纱",
            "增产节约",
            "de*",
            "*c",
            "ddt2",
            "jin NEAR/3 棉",
            '"n of 棉"',
            "节*2",
        ):
            page = archive.search(query, limit=1000)
            marked = {hit.article.id: [*spans(hit.snippets)] for hit in page.hits}
            for number in range(len(PAIRS)):
                assert marked.get(f"{number}a.txt") == marked.get(f"{number}b.txt"), query


def spans(snippets: tuple[Snippet, ...]) -> Iterator[tuple[int, int, int]]:
    for snippet in snippets:
        for start, end in snippet.spans:
            yield snippet.paragraph, snippet.start + start, snippet.start + end
