"""The reports of `verify_index` and of `duizhao verify`, and the commands that they advise."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest

from indexer import Article, IndexMissing, IndexOutdated, build_index, build_lexicon, verify_index
from indexer.align import Alignment, Bead
from indexer.align.record import encode_record
from indexer.align.sentences import sentence_ends
from indexer.cli.index import index_command
from indexer.cli.verify import verify_command
from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter
from indexer.codec.manifest import Manifest, write_manifest
from indexer.files import LOCK
from indexer.store import open_index
from indexer.verify.index import Damage
from tests.indexer.archives import articles, write, write_many

SEEDS = Path(__file__).parents[3] / "seeds"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with an index in two segments of articles in seeds, one deleted."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DUIZHAO_INDEX", raising=False)
    monkeypatch.setattr("indexer.merge_policy.MAX_SIZE_RATIO", 0)
    shutil.copytree(SEEDS, "seeds")
    write(tmp_path / "words", "增产节约运动\n")
    for number in range(3):
        write(tmp_path / "seeds" / f"{number}.txt", f"Title: Steel {number}\n\n    钢铁\n")
    build_index("seeds", index="index", jobs=1, dictionary="words")
    write(tmp_path / "seeds" / "1.txt", "Title: Iron\n\n    生铁\n")
    build_index("seeds", index="index", jobs=1)
    return tmp_path


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """Run `duizhao verify` in this process; its exit status and its lines."""
    status = verify_command.main([*arguments], prog_name="duizhao verify", standalone_mode=False)
    assert isinstance(status, int)
    out, err = capsys.readouterr()
    assert not err
    return status, out.splitlines()


def flip(path: Path, place: int = -40) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.unlink()  # who has it open keeps it as it was
    path.write_bytes(content)


def only(pattern: str) -> Path:
    (path,) = Path("index").glob(pattern)
    return path


@pytest.mark.parametrize("level", ["", "--quick", "--deep"])
def test_a_sound_index(place: Path, level: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, lines = run(*[level] * bool(level), capsys=capsys)
    assert status == 0
    (line,) = lines
    assert line.startswith("sound: 4 articles in 2 segments, ")


def test_a_lexicon_is_looked_at(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build_lexicon("index")
    assert verify_index("index", deep=True).is_sound
    path = only("lexicon_*.arrays")
    flip(path, Container(path).offset("lexicon/pairs/forward"))
    report = verify_index("index")
    assert report.damage == (Damage(path, "wrong checksum of array lexicon/pairs/forward"),)


def test_beads_that_a_lexicon_has_bettered_are_no_damage(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But without a lexicon, or where alignment is sure without one, they are."""
    monkeypatch.setattr("indexer.learn.align_record", _unaligned)
    monkeypatch.setattr(Alignment, "all_confident", False)
    assert build_lexicon("index").realigned == 1
    assert verify_index("index", deep=True).is_sound
    monkeypatch.setattr(Alignment, "all_confident", True)
    (damage,) = verify_index("index", deep=True).damage
    assert damage.reason.endswith(" differs when it is analyzed again: beads")


def _unaligned(article: Article, _: object) -> bytes:
    """A record of beads that have nothing in common, of an article in both languages."""
    chinese, english = (
        [*accumulate((len([*sentence_ends(text)]) for text in texts), initial=0)]
        for texts in (article.paragraphs_zh, article.paragraphs_en)
    )
    beads = [Bead(1, 0, 0)] * chinese[-1] + [Bead(0, 1, 0)] * english[-1]
    return encode_record(chinese, english, beads)


def test_damage_is_reported_line_by_line(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_index(place / "index") as index:
        one, two = (Path("index", segment.path.name) for segment in index.segments)
    for path, names in ((one, ("text/gaps", "stored")), (two, ("date",))):
        container = Container(path)
        for name in names:
            flip(path, container.offset(name))
    status, lines = run(capsys=capsys)
    assert status == 1
    assert lines == [
        f"{one}: wrong checksum of array stored",
        f"{one}: wrong checksum of array text/gaps",
        f"{two}: wrong checksum of array date",
        f"damaged; repair it with: duizhao index --rebuild {place}/seeds --index index "
        f"--dictionary {only('*.words')}",
    ]
    assert run("--quick", capsys=capsys)[0] == 0


def test_the_command_in_the_report_repairs_the_index(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = articles(place / "index")
    with open_index(place / "index") as index:
        segment, dictionary = index.segments[0].path, index.dictionary
    flip(segment, 64)
    command = shlex.split(verify_index("index").remedy)
    assert command[:2] == ["duizhao", "index"]
    assert index_command.main(command[2:], standalone_mode=False) == 0
    assert verify_index("index").is_sound
    assert articles(place / "index") == expected
    with open_index(place / "index") as index:
        assert index.dictionary == dictionary == "增产节约运动\n"


@pytest.mark.parametrize("pattern", ["*.toc", "*.json", "*.words", "manifest*"])
def test_small_files_are_damaged_for_the_quick_look_too(place: Path, pattern: str) -> None:
    path = only(pattern)
    flip(path, -3)
    for quick in (True, False):
        report = verify_index("index", quick=quick)
        assert [damage.path for damage in report.damage] == [path]
        assert report.remedy.startswith("duizhao index --rebuild ")
    path.unlink()
    if not pattern.endswith("toc"):
        assert verify_index("index", quick=True).damage[0] == Damage(path, "missing")


def test_an_article_that_is_not_what_its_terms_are(place: Path) -> None:
    """Only the deep check can find this, because all checksums are right."""
    with open_index(place / "index") as index:
        path = next(s.path for s in index.segments if s.doc_count > 1)
    container = Container(path)
    values = {name: container[name].copy() for name in container}
    values["date"][0] = values["last_date"][0] = 0
    words = values["text/words"].tobytes()
    assert words.count(b"\nxinhua\n") == 1
    values["text/words"] = np.frombuffer(words.replace(b"\nxinhua\n", b"\nxinhub\n"), np.uint8)
    path.unlink()
    with ContainerWriter(path) as out:
        for name, array in values.items():
            out.add(name, array)
    assert verify_index("index").is_sound
    damage = verify_index("index", deep=True).damage
    assert {found.path for found in damage} == {Path("index", path.name)}
    assert [found.reason for found in damage] == [
        "article 0.txt differs when it is analyzed again: date, last_date",
        "article 000_a4e8378cc441a5b5.txt differs when it is analyzed again: terms of text",
    ]


def test_an_index_of_another_analysis_is_outdated_for_the_deep_look(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.analysis.Analyzer.fingerprint", "other")
    assert verify_index("index").is_sound
    with pytest.raises(IndexOutdated):
        verify_index("index", deep=True)


def test_a_manifest_of_other_articles_is_damage(place: Path) -> None:
    path = only("manifest*")
    one, other, two, *rest = Manifest(path)
    assert two.id == "1.txt"
    path.unlink()
    changed = [one._replace(id="none.txt"), two._replace(content_hash="0" * 64)]
    write_manifest(sorted([*changed, other, *rest]), path)
    assert [damage.reason for damage in verify_index("index").damage] == [
        f"article {one.id} is not in the manifest",
        "article none.txt is not in the index",
        "article 1.txt was made of another file than the manifest says",
    ]


def test_changed_seeds_are_no_damage(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "seeds" / "0.txt").unlink()
    write(place / "seeds" / "1.txt", "Title: Irons\n\n    生铁\n")
    text = (place / "seeds" / "2.txt").read_text()
    write(place / "seeds" / "2.txt", text.replace("2", "3"))
    write(place / "seeds" / "new.txt")
    (seed,) = SEEDS.iterdir()
    os.utime(place / "seeds" / seed.name, (1, 1))  # touched, but the same
    report = verify_index("index")
    assert report.is_sound
    assert report.seeds
    assert report.seeds._asdict() == {
        "missing": ("0.txt",),
        "changed": ("1.txt", "2.txt"),
        "new": ("new.txt",),
        "unreachable": (),
    }
    status, lines = run(capsys=capsys)
    assert status == 0
    assert lines[0] == (
        "files since the last run: 2 changed, 1 missing, 1 new or unreadable; "
        "update the index with: duizhao index"
    )
    assert lines[1].startswith("sound: ")
    assert verify_index("index", quick=True).seeds is None


def test_seeds_that_are_away_are_not_missing(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "seeds").rename(place / "elsewhere")
    report = verify_index("index")
    assert report.seeds
    assert not report.seeds.missing
    assert report.seeds.unreachable == (f"{place}/seeds",)
    assert run(capsys=capsys)[1][0] == f"{place}/seeds: not found, so its files were not compared"


def test_orphans_are_reported_and_are_no_damage(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["MAIN_0a.arrays", "_MAIN_9.toc.new", "duizhao_1.json", "lexicon_9.arrays"]
    for name in names:
        write(place / "index" / name, "?")
    write(place / "index" / "notes.txt")
    assert verify_index("index").orphans == tuple(sorted(names))
    assert (place / "index" / LOCK).exists()
    status, lines = run(capsys=capsys)
    assert status == 0
    assert lines[:4] == [
        f"{Path('index', name)}: not part of the index; the next indexing run removes it"
        for name in sorted(names)
    ]
    write(place / "seeds" / "new.txt")
    build_index("seeds", index="index", jobs=1)
    assert not verify_index("index").orphans


def test_without_an_index_there_is_nothing_to_verify(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        verify_index(tmp_path)
    with pytest.raises(IndexMissing):
        verify_index(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_json(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, (line,) = run("--json", capsys=capsys)
    report = json.loads(line)
    assert status == 0
    assert report.pop("elapsed") >= 0
    assert report.pop("size") > 10_000
    assert report == {
        "sound": True, "path": "index", "level": "full", "articles": 4, "segments": 2,
        "damage": [], "remedy": "", "orphans": [],
        "seeds": {"missing": [], "changed": [], "new": [], "unreachable": []},
    }  # fmt: skip
    path = only("*.toc")
    flip(path, -3)
    status, (line,) = run("--json", "--quick", capsys=capsys)
    assert status == 1
    assert json.loads(line)["damage"] == [{"file": str(path), "reason": "wrong checksum"}]


@pytest.mark.parametrize("deep", [False, True])
def test_progress_counts_up_to_the_end(
    tmp_path: Path, deep: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.verify.index.MEBIBYTE", 1)
    monkeypatch.setattr("indexer.verify.articles._MEMORY", 0)  # as many segments as articles
    build_index(write_many(tmp_path / "seeds", 20), index=tmp_path / "index", jobs=1)
    seen: list[tuple[int, int]] = []
    report = verify_index(
        tmp_path / "index", deep=deep, on_progress=lambda *progress: seen.append(progress)
    )
    assert report.is_sound
    (total,) = {total for _, total in seen}
    assert total == report.size * (3 if deep else 2)
    done = [done for done, _ in seen]
    assert done == sorted(done)
    assert 0.4 * total < done[-1] <= total


def test_articles_that_were_analysed_few_at_a_time_are_the_same(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.verify.articles._MEMORY", -(1 << 30))
    assert verify_index("index", deep=True).is_sound


def test_impossible_content_is_reported_in_a_line(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faults(*_: object) -> Iterator[str]:
        yield "first"
        raise np.exceptions.AxisError("one\ntwo")

    monkeypatch.setattr("indexer.verify.index.structure_faults", faults)
    reasons = [damage.reason for damage in verify_index("index").damage]
    assert reasons == ["first", "cannot be read: AxisError one two"] * 2


def test_quick_and_deep_exclude_each_other(place: Path) -> None:
    with pytest.raises(Exception, match="not both"):
        verify_command.main(["--quick", "--deep"], standalone_mode=False)
