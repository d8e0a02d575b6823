"""A file in the archive's layout gives the article it was made from, and nothing is lost."""

import datetime
import re
from collections import Counter
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from indexer.article import Article
from indexer.errors import SeedError
from indexer.source.layout import parse_article


def parse(text: str, name: str = "a.txt") -> Article:
    return parse_article(text, name, "hash", name)


english_words = st.sampled_from(["the", "mill", "of", "river", "cotton", "says", "coal"])
english = st.lists(english_words, min_size=3, max_size=40).map(" ".join)
chinese = st.text("北方纱厂召开会议推动生产节约用煤", min_size=2, max_size=90)
names = st.sampled_from(["", "林秋", "赵敏　周山"])
spaces = st.sampled_from(["\n", "\n\n", "\n\n\n\n"])
articles = st.builds(
    Article,
    id=st.just("a.txt"),
    title_en=english.map(lambda text: f"Plan {text}"),
    title_zh=st.lists(st.text("东西南北中", min_size=1, max_size=9), min_size=1, max_size=3).map(
        "  ".join
    ),
    author_en=st.sampled_from(["", "Deng Lin", "Zhao Min, Zhou Shan"]),
    author_zh=names,
    date=st.dates(datetime.date(1946, 1, 1), datetime.date(2003, 12, 31)),
    page=st.integers(1, 16),
    section=st.sampled_from(["", "读者来信", "教育·科技(二)"]),
    column=st.sampled_from(["", "来信集纳"]),
    paragraphs_en=st.lists(english.map(lambda text: text + "."), max_size=5).map(tuple),
    paragraphs_zh=st.lists(chinese.map(lambda text: text + "。"), max_size=5).map(tuple),
    glossary=st.lists(st.tuples(chinese, english), max_size=4).map(tuple),
    set_aside_en=st.just(()),
    set_aside_zh=st.just(()),
    content_hash=st.just("hash"),
)


def render(article: Article, draw: st.DataObject) -> tuple[str, Article]:
    """The article as a file, in one of the forms that the archive uses, with repeated headlines."""
    choose = draw.draw
    indent = choose(st.sampled_from(["", "    ", "　", "　　"]))
    page_key = choose(st.sampled_from(["Page", "Edition"]))
    values = {
        "Title": article.title_en,
        "Author": article.author_en,
        "Date": article.date,
        page_key: article.page,
    }
    header = choose(spaces).join(f"{key}: {value}".strip() for key, value in values.items())
    head_en = [article.title_en] * choose(st.integers(0, 1))
    head_zh = [*article.title_zh.split(), article.author_zh] * choose(st.integers(0, 1))
    between = choose(st.sampled_from(["\n", "\n\n"]))
    body_en = between.join(indent + line for line in [*head_en, *article.paragraphs_en])
    body_zh = "\n".join(indent + line for line in [*head_zh, *article.paragraphs_zh])
    separator = choose(st.sampled_from(["\t", "  ", "　　"]))
    entities = "\n".join(zh + separator + en for zh, en in article.glossary)
    block = f"\n\n\n**Named Entities**\n\n\n{entities}\n" if article.glossary else ""
    page = f"第{article.page}版({article.section})"
    record = f"{article.author_zh}\n{article.date}\n{page}\n专栏：{article.column}"
    space = choose(spaces)
    text = (
        f"{header}\n\n{body_en}{block}{space}<hr /> {space}Original: {space}"
        f"### {article.title_zh}\n{record}\n\n{body_zh}\n"
    )
    expected = replace(
        article, set_aside_en=tuple(head_en), set_aside_zh=tuple(filter(None, head_zh))
    )
    return text, expected


@given(articles, st.data())
def test_a_file_gives_the_article_it_was_made_from(article: Article, data: st.DataObject) -> None:
    text, expected = render(article, data)
    parsed = parse(text)
    # A stanza, or wrapped lines, may be one paragraph: that is tested with the paragraphs.
    flat_en = tuple("\n".join(parsed.paragraphs_en).split("\n")) if parsed.paragraphs_en else ()
    flat_zh = tuple("\n".join(parsed.paragraphs_zh).split("\n")) if parsed.paragraphs_zh else ()
    assert replace(parsed, paragraphs_en=flat_en, paragraphs_zh=flat_zh) == expected


# Letters of the text; the words and marks of the layout contain none of them.
texts = st.text("甲乙丙丁戊bcfjkqvxz，。 　", max_size=30)
MARKS = """\
Title:|Title: |Author: |Date: 1953-10-31|Date: 1953年10月30日|Date:|Page: 2|Page: |Edition: 第3版
**Named Entities**|<hr />|Original:|Original: |### |# |第2版()|第3版(|第2版(|)|专栏：|专栏:
1953-10-31|1953-10-30|    |\t|  |　　|---"""
marks = st.sampled_from(re.split("[|\n]", MARKS))
lines = st.lists(st.one_of(texts, marks, marks, st.just("\n")), max_size=6).map("".join)
files = st.lists(lines, min_size=1, max_size=25)


@given(files, st.sampled_from(["\n", "\r\n", "\r"]))
def test_nothing_is_lost(lines: list[str], line_break: str) -> None:
    text = line_break.join(lines)
    try:
        article = parse(text)
    except SeedError:
        reject()
    counted = Counter(character for character in text if character in "甲乙丙丁戊bcfjkqvxz，。")
    counted.subtract(character for character in article.to_bytes().decode())
    assert +counted == Counter()


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ("Title: Mill|Page: A1|Date: 1953-10-31||Text.", "Page: A1"),
        ("Title: Mill|Page: 2|Edition: 3||Text.", "Edition: 3"),
        ("Title: Mill|Author: Lin Qiu|Author: Zhao Min||Text.", "Author: Zhao Min"),
        ("Title: Mill|Date: 1953-10-31||Original:|# Plan|1953-10-30||Text.", "1953-10-30"),
        (
            "Title: Mill|Date: 1953-10-31||<hr />|Original:|Date: 1953-10-30||Text.",
            "Date: 1953-10-30",
        ),
        ("# 纱厂|第2版(工业)|第2版(副刊)||正文。", "第2版(副刊)"),
        ("# 纱厂|1953-10-31|第2版()||1953-10-31||正文。", "1953-10-31"),
        ("# 纱厂|第2版(工业)|<hr />|# Mill|第2版(副刊)||Text.", "第2版(副刊)"),
        ("# 纱厂|专栏：来信|<hr />|# Mill|专栏：小札||Text.", "专栏：小札"),
    ],
)
def test_a_line_that_contradicts_or_repeats_a_field_stays_in_the_text(
    lines: str, kept: str
) -> None:
    article = parse(lines.replace("|", "\n"))
    assert kept in article.paragraphs_en + article.paragraphs_zh
    assert {"Text.", "正文。"} & {*article.paragraphs_en, *article.paragraphs_zh}


@given(st.text(max_size=300))
def test_any_text_is_an_article_or_refused(text: str) -> None:
    with suppress(SeedError):
        assert parse(text).languages


@pytest.mark.parametrize("date", ["1953-02-30", "1953-13-01", "0000-01-01", "yesterday", "195"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_a_value_that_is_no_date_costs_only_the_date(date: str, line_break: str) -> None:
    text = line_break.join(["Title: Mill", "", f"Date: {date}", "", "Text."])
    warnings = []
    article = parse_article(text, "a.txt", "", "a.txt", lambda *where: warnings.append(where))
    assert warnings == [(3, f"'{date}' is not a date")]
    assert article.date is None
    assert article.paragraphs_en == (f"Date: {date}", "Text.")


def test_a_record_without_a_real_date_costs_only_the_date() -> None:
    text = (
        "Title: Mill\n\nText.\n\n<hr />\n\nOriginal:\n\n### 纱厂\n\n1953-02-30\n第1版()\n\n正文。\n"
    )
    warnings = []
    article = parse_article(text, "a.txt", "", "a.txt", lambda *where: warnings.append(where))
    assert warnings == [(11, "'1953-02-30' is not a date")]
    assert (article.title_zh, article.date, article.page) == ("纱厂", None, 1)
    assert article.paragraphs_zh == ("1953-02-30", "正文。")


def test_the_halves_may_be_precise_in_different_degrees() -> None:
    english = "Title: Mill\nDate: October 1953\n\nText.\n\n"
    text = f"{english}<hr />\nOriginal:\n### 纱厂\n一九五三年十月三十一日\n\n正文。\n"
    article = parse(text)
    assert (article.date_text, article.paragraphs_zh) == ("1953-10-31", ("正文。",))
    other = parse(text.replace("October", "November"))
    assert (other.date_text, other.paragraphs_zh) == (
        "1953-11",
        ("一九五三年十月三十一日", "正文。"),
    )


def test_a_time_of_day_stays_in_the_text_unless_it_is_midnight() -> None:
    article = parse("Title: Mill\nDate: 1953-10-31T14:30:00\n\nText.")
    assert article.date_text == "1953-10-31"
    assert article.paragraphs_en == ("Date: 1953-10-31T14:30:00", "Text.")
    assert parse("Title: Mill\nDate: 1953-10-31T00:00\n\nText.").paragraphs_en == ("Text.",)


@pytest.mark.parametrize(
    ("name", "text", "titles"),
    [
        ("1958-01-02_林海_春早.md", "　　正文很长，一句话。", ("", "林海 春早")),
        ("1958-01-02_林海_春早.md", "林海“春早”\n　　正文。", ("", "林海“春早”")),
        ("19580102 Early Spring.txt", "The text.", ("Early Spring", "")),
        ("1958-01-02_林海.md", "Title: Spring\n\nThe text.", ("Spring", "")),
        (
            "1958-01-02_林海.md",
            "Title: Spring\n\nOne.\n\n<hr />\nOriginal:\n\n正文。",
            ("Spring", "林海"),
        ),
        ("林海.md", "Early Spring\nThe text.", ("Early Spring", "")),
    ],
)
def test_the_name_gives_a_title_that_the_text_lacks(
    name: str, text: str, titles: tuple[str, str]
) -> None:
    article = parse(text, name)
    assert (article.title_en, article.title_zh) == titles
    assert (article.paragraphs_en + article.paragraphs_zh)[-1] in text


@pytest.mark.parametrize(
    "text", [" \n\n　　\n", "Title:\nAuthor:\nDate: 1953-10-31\n", "<hr />\nOriginal:\n"]
)
def test_a_file_without_text_is_refused(text: str) -> None:
    with pytest.raises(SeedError, match=r"a\.txt: no title and no text"):
        parse(text)


def test_the_name_gives_the_date_only_where_the_text_does_not() -> None:
    assert parse("Text.", "1958-01-02_a.md").date == datetime.date(1958, 1, 2)
    assert parse("Text.", "1958-02-30_a.md").date is None
    assert parse("Date: 1953-10-31\n\nText.", "1958-01-02_a.md").date == datetime.date(1953, 10, 31)


@pytest.mark.parametrize(
    "written", ["1953-10-31", "1953/10/31", "1953.10.31", "1953年10月31日", "１９５３-10-31"]
)
def test_dates_are_read_as_they_are_written(written: str) -> None:
    assert parse(f"Title: Mill\nDate: {written}\n").date == datetime.date(1953, 10, 31)


def test_halves_in_reverse_order_are_recognised_by_their_script() -> None:
    first = "Title: 纱厂\n\n各车间应订立计划。"
    second = "### Mill\n\n1953-10-31\n\nEach mill has a plan."
    text = f"{first}\n\n<hr />\n\nOriginal:\n\n{second}\n"
    article = parse(text)
    assert (article.title_en, article.title_zh) == ("Mill", "纱厂")
    assert article.paragraphs_en == ("Each mill has a plan.",)


@pytest.mark.parametrize("marks", ["<hr />\n\nOriginal:", "<HR>\nORIGINAL: ", "<hr/>", "Original:"])
def test_the_original_begins_below_its_marks(marks: str) -> None:
    article = parse(f"Title: Mill\n\nText.\n\n{marks}\n\n### 纱厂\n\n正文。")
    assert article.paragraphs_en == ("Text.",)
    assert (article.title_zh, article.paragraphs_zh) == ("纱厂", ("正文。",))


def test_marks_and_headings_within_a_text_do_not_divide_it() -> None:
    article = parse("Title: Mill\n\nOriginal: none.\n\n<hr />\n\n### Plans\n\nText.")
    assert article.paragraphs_en == ("Original: none.",)
    article = parse("Title: Mill\n\nOriginal:\n\nText.\n\n### Plans 计划\n\nText.")
    assert article.paragraphs_en == ("Original:", "Text.", "### Plans 计划", "Text.")


def test_a_line_of_the_glossary_that_is_no_pair_is_text() -> None:
    article = parse(
        "Title: Mill\n\nText.\n\n**Named Entities**\n\nLao Chen\t老陈\nNone.  At all.\n河城\n"
    )
    assert article.glossary == (("老陈", "Lao Chen"),)
    assert article.paragraphs_en == ("Text.", "None.  At all.\n河城")


def test_a_long_first_line_is_title_in_part_and_text_as_a_whole() -> None:
    text = "The mills of the north held a meeting " * 10
    article = parse(text)
    assert article.paragraphs_en == (text.strip(),)
    assert article.title_en.endswith("…")
    assert text.startswith(article.title_en.removesuffix("…"))
