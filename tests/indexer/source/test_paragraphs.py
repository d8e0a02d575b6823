"""A line is set aside only if it can be found in title or author, and no character is lost."""

import re
import textwrap
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.line_width import line_cells
from indexer.source.line_joins import join
from indexer.source.paragraphs import take_repeated, to_paragraphs

indents = st.sampled_from(["", "", "    ", "  ", "\u3000", "\u3000\u3000"])
words = st.sampled_from(
    ["增产", "节约", "北方", "纱厂", "Mill", "of", "No", "７", "（二）", "“桥”", "—"]
)
phrases = st.lists(st.tuples(words, st.sampled_from(["", " ", "　"])), min_size=1, max_size=8).map(
    lambda pairs: "".join(word + blank for word, blank in pairs).strip()
)
any_lines = st.lists(
    st.tuples(indents, st.one_of(st.just(""), phrases, st.text(max_size=90))).map("".join),
    max_size=12,
).map(lambda lines: "\n".join(lines).split("\n"))


def characters(lines: list[str]) -> Counter[str]:
    return Counter(character for line in lines for character in line if not character.isspace())


def runs(text: str) -> list[str]:
    """Words and Han characters; a mark shows where punctuation separates Han characters."""
    half_width = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    found = re.findall(r"[一-鿿]|[^\W一-鿿_]+|[^\w\s]+", half_width.lower())
    return ["|" if not part[0].isalnum() else part for part in found]


def holds(whole: list[str], part: list[str]) -> bool:
    while part and part[0] == "|":
        part = part[1:]
    while part and part[-1] == "|":
        part = part[:-1]
    starts = range(len(whole) - len(part) + 1)
    return any(whole[start : start + len(part)] == part for start in starts)


def texts_of(lines: list[str]) -> list[str]:
    return [paragraph.text for paragraph in to_paragraphs(lines)]


@given(any_lines)
def test_paragraphs_lose_nothing(lines: list[str]) -> None:
    """All characters stay in their order; only a hyphen that divides a word may go."""

    def essence(texts: list[str]) -> str:
        return re.sub(r"[\s\xad‐-]", "", "".join(texts))

    assert essence(texts_of(lines)) == essence(lines)


@given(any_lines, phrases, phrases)
def test_taking_loses_nothing(lines: list[str], title: str, author: str) -> None:
    taken, rest = take_repeated(lines, (title, author))
    assert characters(taken) + characters(rest) == characters(lines)


@given(phrases, phrases, st.data())
def test_a_line_is_taken_only_if_the_title_or_the_author_contains_it(
    title: str, author: str, data: st.DataObject
) -> None:
    def broken(text: str) -> list[str]:
        places = data.draw(st.lists(st.integers(0, len(text)), max_size=3).map(sorted))
        pairs = zip([0, *places], [*places, len(text)], strict=True)
        return [text[start:end] for start, end in pairs]

    lines = [*broken(title), *broken(author), "北方纱厂召开会议。"]
    taken, _ = take_repeated(lines, (title, author))
    for line in taken:
        assert holds(runs(title), runs(line)) or holds(runs(author), runs(line))


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("北方纱厂召开会议  推动竞赛", ["　　北方纱厂召开会议", "", "    推动竞赛"]),
        ("Mills Hold Meeting", ["    MILLS HOLD", "    MEETING"]),
        ("２号粮站", ["2号粮站"]),
        ("谁是“客人”？", ["谁是「客人」?"]),
        ("# One", ["One"]),
    ],
)
def test_headlines_are_taken(title: str, headline: list[str]) -> None:
    expected = [line.strip() for line in headline if line]
    assert take_repeated([*headline, "正文。"], (title, "")) == (expected, ["正文。"])


@pytest.mark.parametrize(
    ("title", "line"),
    [
        ("谁是“客人”", "谁是客人"),  # 是客 is not in the title
        ("Newspaper", "News"),
        ("New York", "NewYork"),
        ("北方纱厂", "北方纱厂消息"),
        ("北方纱厂", "北方"),
        ("Lin Qiu", "By Lin Qiu"),
        ("……", "……"),
    ],
)
def test_a_line_that_says_more_or_less_than_the_title_stays(title: str, line: str) -> None:
    assert take_repeated([line, "paper"], (title, "")) == ([], [line, "paper"])


def test_a_headline_below_the_beginning_of_the_text_stays() -> None:
    lines = ["A guest has come.", "Who Is the Guest"]
    assert take_repeated(lines, ("Who Is the Guest", "")) == ([], lines)


def test_a_label_above_and_a_line_between_headline_and_byline_stay() -> None:
    lines = ["Notes", "Song", "(for the harvest)", "Lin Qiu", "The hills are yellow."]
    taken, rest = take_repeated(lines, ("Song", "Lin Qiu"))
    assert taken == ["Song", "Lin Qiu"]
    assert rest == ["Notes", "(for the harvest)", "The hills are yellow."]


PROSE = (
    "The old lighthouse on the northern cape, which has burned every night since the harbour was "
    "built, will be put out at the end of this month. A new one stands a mile further up the coast "
    "and needs no keeper. The keeper says that he will stay in the house and look after his bees."
)


@given(st.integers(12, 120), st.sampled_from(["", "    "]), st.booleans())
def test_wrapped_lines_are_one_paragraph(columns: int, indent: str, blank: bool) -> None:
    wrapped = textwrap.wrap(PROSE, columns, initial_indent=indent, break_long_words=False)
    between = [""] if blank or not indent else []
    assert texts_of([*wrapped, *between, *wrapped]) == [PROSE, PROSE]


CHINESE_PROSE = 3 * (
    "北岬的老灯塔从建港那一年起，每天晚上都亮着，到本月底就要熄灭了。新塔在海岸以北一里，不用看守。"
)


@given(st.integers(4, 40), st.sampled_from(["", "　　"]), st.booleans())
def test_wrapped_chinese_is_one_paragraph(characters: int, indent: str, all_lines: bool) -> None:
    first = characters - (0 if all_lines else len(indent))
    places = [0, *range(max(2, first), len(CHINESE_PROSE), characters), len(CHINESE_PROSE)]
    pieces = [CHINESE_PROSE[start:end] for start, end in pairwise(places)]
    lines = [indent + piece if all_lines or not i else piece for i, piece in enumerate(pieces)]
    assert "".join(texts_of(lines)) == CHINESE_PROSE
    assert len(to_paragraphs(lines)) == 1


def test_narrow_lines_without_any_punctuation_are_joined() -> None:
    lines = ["灯塔看守人养着许多蜜蜂收", "割之前海岸上的花开得很好", "人们都来看望他和他的房子"]
    assert texts_of([*lines, lines[0]]) == ["".join([*lines, lines[0]])]


@pytest.mark.parametrize(
    "lines",
    [
        ["青山不老水长流，", "灯火渔船入港稠。", "看守老人归去晚，", "一钩新月在船头。"],
        ["青山不老水长流", "灯火渔船入港稠", "看守老人归去晚", "一钩新月在船头"],
        ["The flail goes up again,", "The flail comes down again,", "The barn is full of chaff,"],
        ["Coal 3 tons", "Cotton yarn 12 bales", "Salt 7 sacks", "Timber 40 loads"],
        ["Coal\t3\ttons", "Cotton\t12\tbales", "Salt\t7\tsacks", "Timber\t4\tloads"],
        ["林秋", "赵敏", "周山", "邓林"],
    ],
)
def test_lines_that_are_units_stay_apart(lines: list[str]) -> None:
    assert texts_of(lines) == lines


@pytest.mark.parametrize(
    ("line", "after", "joined"),
    [
        ("the agri-", "cultural plan", "the agricultural plan"),
        ("the north-", "east wind", "the north-east wind"),
        ("the north-", "ern wind", "the northern wind"),
        ("Marxism-", "Leninism", "Marxism-Leninism"),
        ("pre-", "and post-war", "pre- and post-war"),
        ("a soft\xad", "ware", "a software"),
        ("from 1949-", "1953", "from 1949-1953"),
        ("the mass", "line", "the mass line"),
        ("增产", "节约", "增产节约"),
        ("生产，", "“节约”", "生产，“节约”"),
        ("生产 coal", "and 节约", "生产 coal and 节约"),
    ],
)
def test_two_lines_are_joined(line: str, after: str, joined: str) -> None:
    assert join(line, after, frozenset()) == joined


def test_the_words_of_the_article_decide_about_a_hyphen() -> None:
    assert join("a sea-", "wall", frozenset({"sea-wall"})) == "a sea-wall"
    assert join("a north-", "east wind", frozenset({"northeast"})) == "a northeast wind"


def test_lines_that_end_with_a_sentence_are_paragraphs() -> None:
    lines = ["会议认为，节约棉花和节约用煤是本季的两个关键，应当这样做。"] * 4
    assert texts_of(lines) == lines


def test_a_stanza_is_a_paragraph_and_a_lone_poem_is_lines() -> None:
    stanza = ["The flail goes up,", "the flail comes down,"]
    assert texts_of([*stanza, "", *stanza]) == ["\n".join(stanza)] * 2
    assert texts_of(stanza) == stanza
    assert texts_of([f"    {line}" for line in [*stanza, "", *stanza]]) == stanza * 2


def test_a_wide_character_takes_two_cells() -> None:
    assert [line_cells(text) for text in ("ab", "纱厂", "７％", "a厂")] == [2, 4, 4, 3]
