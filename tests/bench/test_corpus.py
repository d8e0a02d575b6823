"""The corpus of the benchmarks: made, cached, and cut."""

from __future__ import annotations

from pathlib import Path

from bench.corpus import Corpus, obtain, recombine
from indexer import read_seeds


def contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.txt")}


def test_a_file_is_the_same_however_many_there_are(corpus: Corpus, tmp_path: Path) -> None:
    recombine(7, tmp_path)
    made = contents(tmp_path)
    assert len(made) == 7
    assert made.items() <= contents(corpus.folder).items()


def test_the_articles_have_all_that_the_questions_need(corpus: Corpus) -> None:
    articles = list(read_seeds(corpus.folder))
    assert len(articles) == corpus.files == 20
    for article in articles:
        assert article.languages == ("en", "zh")
        assert article.title_en
        assert article.title_zh
        assert article.paragraphs_en
        assert article.paragraphs_zh
        assert article.date is not None
        assert 1946 <= article.date.year <= 2003


def test_what_is_in_the_cache_is_not_made_again_unless_asked(tmp_path: Path) -> None:
    def ask(*, fresh: bool) -> Corpus:
        return obtain(3, generators=tmp_path / "none", cache=tmp_path, fresh=fresh)

    first = ask(fresh=False)
    extra = first.folder / "extra.txt"
    extra.write_text("Title: A fourth\n", encoding="utf-8")
    assert ask(fresh=False).files == 4
    assert ask(fresh=True).files == 3
    assert not extra.exists()


def test_the_generator_is_run_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "make_seeds.py").write_text(
        "import pathlib, sys\n"
        "count, folder, *options = sys.argv[1:]\n"
        "pathlib.Path(folder).mkdir()\n"
        "for n in range(int(count)):\n"
        "    pathlib.Path(folder, f'{n}.txt').write_text(f'Title: {options}')\n",
        encoding="utf-8",
    )
    made = obtain(2, generators=tmp_path, cache=tmp_path / "cache")
    assert made.origin == "generated"
    titles = [article.title_en for article in read_seeds(made.folder)]
    assert titles == ["['--mix', '--subdirs']"] * 2


def test_a_folder_of_ones_own_is_left_alone(corpus: Corpus, tmp_path: Path) -> None:
    before = contents(corpus.folder)
    own = obtain(1, seeds=corpus.folder, cache=tmp_path, fresh=True)
    assert (own.folder, own.files, own.size) == (corpus.folder, corpus.files, corpus.size)
    assert own.home.parent == tmp_path
    assert contents(corpus.folder) == before


def test_the_first_articles_are_a_corpus(corpus: Corpus) -> None:
    part = corpus.first(5)
    assert part.files == 5
    assert contents(part.folder).items() <= contents(corpus.folder).items()
    assert part.size == sum(map(len, contents(part.folder).values()))
    assert corpus.first(99) is corpus
