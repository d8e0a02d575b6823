"""The example archive: each file is read as it was meant, and an index of it has answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from indexer import Article, SeedError, build_index, read_seeds
from search import Archive, open_archive

ARCHIVE = Path(__file__).parent.parent / "examples" / "archive"
ONLY_CHINESE = "1954.08/1954-08-14_白马堤上日夜防汛.md"
ONLY_ENGLISH = "1974.05/1974-05-04_海岛上的知识青年.md"
PARTIAL = "1956.12/1956-12-02_杨庄合作社分配得又快又好.md"
POEM = "1958.04/1958-04-10_水库工地民歌.md"
LIST = "1963.03/1963-03-02_青岭专区农业劳动模范名单.md"

# Each is a regular expression that some file must match: a shape that the archive promises.
SHAPES = {
    "edition in place of page": r"^Edition: \d$",
    "blank lines in the header": r"^Title: .*\n\nAuthor: .*\n\nDate: ",
    "empty author": r"^Author:$",
    "empty author with a blank": r"^Author: $",
    "glossary with tabs": r"^互助组\tmutual-aid team$",
    "glossary with two blanks": r"^纱锭  spindle$",
    "page with a section": r"^第7版\(读者来信\)$",
    "column": r"^专栏：来信集纳$",
    "title over two lines": r"^    五金行业店员\n    参加“五反”运动$",
    "byline in the body": r"^    本报记者　\w+$",
    "indent of an ideographic space": r"^　　枫林乡",
    "no indent": r"^新水泵",
    "tab indent": r"^\tXinhua",
    "full-width digits": r"６７％",
    "traditional characters": r"“我們要學文化”",
    "old numerals": r"卅二个",
    "zero": r"一九七〇年",
    "middle dot in a name": r"塞古·迪亚基特",
    "agency at the end": r"（新华社）$",
    "attached picture": r"（附图片）$",
}


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    errors: list[SeedError] = []
    read = list(read_seeds(ARCHIVE, on_error=errors.append))
    assert not errors
    found = {article.id: article for article in read}
    assert len(found) == len(read)
    return found


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    errors: list[SeedError] = []
    index = tmp_path_factory.mktemp("examples") / "index"
    report = build_index(ARCHIVE, index=index, jobs=1, on_error=errors.append)
    assert not errors
    assert report.skipped == 0
    with open_archive(index) as archive:
        assert len(archive) == report.articles
        yield archive


def test_number_of_articles(articles: dict[str, Article]) -> None:
    files = [path for path in ARCHIVE.rglob("*") if path.is_file()]
    assert 55 <= len(articles) <= 65
    assert len(files) == len(articles)


def test_dates_agree_with_names_and_folders(articles: dict[str, Article]) -> None:
    dated = 0
    for article in articles.values():
        assert article.date is not None
        assert article.id.startswith(f"{article.date:%Y.%m}/")
        if match := re.search(r"/(\d{4}-\d\d-\d\d)_", article.id):
            assert article.date == date.fromisoformat(match[1])
            dated += 1
    assert len(articles) - dated == sum(name.endswith(".txt") for name in articles) > 0


def test_dates_spread_over_the_years(articles: dict[str, Article]) -> None:
    years = Counter(article.date.year for article in articles.values() if article.date)
    assert (min(years), max(years)) == (1949, 1976)
    assert set(range(1949, 1977)) - set(years) == {1961, 1967}
    pages = Counter((article.date, article.page) for article in articles.values())
    assert sum(count >= 3 for count in pages.values()) >= 3


def test_both_languages(articles: dict[str, Article]) -> None:
    single = {
        article.id: [language for language, side in sides(article).items() if side]
        for article in articles.values()
        if not all(sides(article).values())
    }
    assert single == {ONLY_CHINESE: ["zh"], ONLY_ENGLISH: ["en"]}


def sides(article: Article) -> dict[str, bool]:
    return {
        "en": bool(article.title_en and article.paragraphs_en),
        "zh": bool(article.title_zh and article.paragraphs_zh),
    }


def test_paragraphs_correspond(articles: dict[str, Article]) -> None:
    lacking = {
        article.id: len(article.paragraphs_zh) - len(article.paragraphs_en)
        for article in articles.values()
        if all(sides(article).values()) and len(article.paragraphs_zh) != len(article.paragraphs_en)
    }
    assert lacking == {PARTIAL: 1}


def test_authors_are_given_in_both_languages(articles: dict[str, Article]) -> None:
    for article in articles.values():
        if article.id not in (ONLY_CHINESE, ONLY_ENGLISH):
            assert bool(article.author_en) == bool(article.author_zh), article.id


def test_fields(articles: dict[str, Article]) -> None:
    letters = articles["1956.09/1956-09-08_来信集纳.md"]
    assert (letters.page, letters.section, letters.column) == (7, "读者来信", "来信集纳")
    film = articles["1959.02/1959-02-14_看影片_渡口人家_.md"]
    assert (film.page, film.column, film.author_zh) == (8, "影评", "沈一苇")
    assert film.set_aside_zh == ("看影片《渡口人家》", "沈一苇")
    assert all(article.page for article in articles.values())
    assert sum(bool(article.glossary) for article in articles.values()) == 2
    assert sum(article.title_zh == "图片" for article in articles.values()) == 3


def test_verses_and_items_are_paragraphs(articles: dict[str, Article]) -> None:
    assert len(articles[POEM].paragraphs_zh) == len(articles[POEM].paragraphs_en) == 12
    assert len(articles[LIST].paragraphs_zh) == len(articles[LIST].paragraphs_en) == 7


@pytest.mark.parametrize("pattern", SHAPES.values(), ids=SHAPES)
def test_shape_occurs(pattern: str) -> None:
    texts = (path.read_text(encoding="utf-8") for path in ARCHIVE.rglob("*") if path.is_file())
    assert any(re.search(pattern, text, re.MULTILINE) for text in texts)


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("增产节约", "increased production and economy"),
        ("互助组", "mutual-aid team"),
        ("技术革新", "technical innovation"),
        ("群众路线", "mass line"),
        ("先进经验", "advanced experience"),
        ("劳动模范", "model worker"),
        ("赤脚医生", "barefoot doctor"),
        ("知识青年", "educated youth"),
        ("合作社", "cooperative"),
        ("水库", "reservoir"),
        ("公社", "commune"),
    ],
)
def test_recurring_terms(archive: Archive, chinese: str, english: str) -> None:
    assert archive.search(f'"{chinese}"').total >= 6
    assert archive.search(english, lang="en").total >= 6
    assert english in archive.lexicon(chinese).renderings[0].text.lower()


def test_collocates(archive: Archive) -> None:
    near = {collocate.word for collocate in archive.collocates("增产节约").collocates}
    assert near >= {"竞赛", "运动", "计划", "推动", "开展"}


def test_nearly_all_sentences_are_aligned(archive: Archive) -> None:
    lines = archive.concordance("的", bilingual=True, limit=0)
    translated = [line for line in lines if line.id not in (ONLY_CHINESE, PARTIAL)]
    assert len(translated) > 200
    assert sum(bool(line.counterpart) for line in translated) >= 0.98 * len(translated)
