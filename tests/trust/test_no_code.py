"""Nothing that an index carries is ever run: not when it is opened, asked, verified or added to."""

from __future__ import annotations

import ast
import json
import os
import pickle
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from whoosh import fields
from whoosh.columns import PickleColumn, VarBytesColumn
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC, create_in, open_dir

from indexer import DuizhaoError, build_index, build_lexicon, verify_index
from indexer.files import latest_generation, toc_file_name
from indexer.whoosh.codec import DuizhaoSegment
from indexer.whoosh.schema import whoosh_schema
from search import open_archive

ROOT = Path(__file__).parents[2]


class Bomb:
    """Unpickled, it leaves a mark."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self.mark),)


class Place:
    """An index, its seeds, and the mark that a bomb would leave."""

    def __init__(self, directory: Path) -> None:
        self.seeds = directory / "seeds"
        self.index = directory / "index"
        self.mark = directory / "mark"
        shutil.copytree(ROOT / "seeds", self.seeds)
        build_index(self.seeds, index=self.index, jobs=1)

    def plant(self, segments: object = None, schema: Any = None, data: bytes = b"") -> None:
        """Put another table of contents in the index's place, sealed; ``data``: of segments."""
        generation = latest_generation(self.index)
        assert generation
        path = self.index / toc_file_name(generation)
        whole = TOC.read(FileStorage(str(self.index)), "MAIN", generation)
        path.unlink()
        kept = whole.segments if segments is None else segments
        toc = TOC(schema or whoosh_schema(), kept, generation)
        toc.write(FileStorage(str(self.index)), "MAIN")
        if data:
            content = path.read_bytes()
            path.write_bytes(content[: -len(pickle.dumps(kept, -1))] + data)
        self.seal(zlib.crc32(path.read_bytes()))

    def seal(self, toc_checksum: int) -> None:
        (path,) = self.index.glob("duizhao_*.json")
        values = json.loads(path.read_text()) | {"toc_checksum": toc_checksum}
        del values["checksum"]
        path.write_text(json.dumps({**values, "checksum": zlib.crc32(json.dumps(values).encode())}))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def use(place: Place) -> None:
    """Do everything with the index that can be done; the first commit replaces a planted table."""
    with open_archive(place.index) as archive:
        page = archive.search("增产节约 production", facets=["year", "author"])
        assert page.total == 1
        assert archive.article(page.hits[0].article.id)
        assert [*archive.concordance("增产", bilingual=True)]
        archive.collocates("增产")
        archive.lexicon("增产")
        archive.info()
    assert verify_index(place.index, deep=True).is_sound
    (place.seeds / "new.txt").write_text("Title: New\n", encoding="utf-8")
    build_index(place.seeds, index=place.index, jobs=1)
    (place.seeds / "new.txt").unlink()
    build_index(place.seeds, index=place.index, jobs=1)
    build_lexicon(place.index)


class Carrier(fields.Schema):  # type: ignore[misc] # Whoosh is untyped
    """A schema with something in it."""

    def __init__(self, load: object) -> None:
        super().__init__(id=fields.ID)
        self.load = load

    def clean(self) -> None:
        """Whoosh calls it before it writes."""


def schemas(bomb: object) -> list[Any]:
    """Schemas with a bomb in each place that Whoosh unpickles."""
    column = fields.Schema(id=fields.ID, c=fields.COLUMN(PickleColumn(bomb)))
    field = fields.Schema(id=fields.ID)
    field["id"].analyzer = bomb
    named = fields.Schema(id=fields.ID)
    named._fields[bomb] = fields.ID()
    dynamic = fields.Schema(id=fields.ID)
    dynamic._dyn_fields["*"] = (bomb, bomb)
    return [Carrier(bomb), column, field, named, dynamic]


@pytest.mark.parametrize("number", range(5))
def test_a_bomb_in_the_schema_has_no_effect(place: Place, number: int) -> None:
    schema = schemas(Bomb(place.mark))[number]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("whoosh.index.ensure_schema", lambda schema: schema)
        patch.setattr(type(schema), "clean", lambda _: None)
        place.plant(schema=schema)
    explodes_in_whoosh(place)
    use(place)
    assert not place.mark.exists()


def explodes_in_whoosh(place: Place) -> None:
    """See that the bomb works, and remove its mark."""
    with suppress(Exception):
        open_dir(str(place.index))
    place.mark.rmdir()


def segment(**values: object) -> DuizhaoSegment:
    made = DuizhaoSegment("MAIN", "0a", 1)
    for name, value in values.items():
        setattr(made, name, value)
    return made


def lists_of_segments(bomb: object) -> list[object]:
    """Objects in place of a list of segments, with a bomb at each possible place."""
    names = ("indexname", "segid", "compound", "doccount", "deleted", "more")
    return [
        bomb, [bomb], (bomb,), {"a": bomb}, {bomb}, [segment(), bomb], [[bomb]],
        *([segment(**{name: bomb})] for name in names),
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(13))
def test_a_bomb_among_the_segments_has_no_effect(place: Place, number: int) -> None:
    place.plant(lists_of_segments(Bomb(place.mark))[number])
    explodes_in_whoosh(place)
    use(place)
    assert not place.mark.exists()


OURS = b"cindexer.whoosh.codec\nDuizhaoSegment\n"


@pytest.mark.parametrize(
    "data",
    [
        b"cos\nmkdir\n(VMARK\ntR.",
        b"(VMARK\nios\nmkdir\n.",
        b"(cos\nmkdir\nVMARK\no.",
        b"\x80\x04\x8c\x02os\x8c\x05mkdir\x93\x8c\x04MARK\x85R.",
        b"\x80\x02cos\nmkdir\nVMARK\n\x85\x81.",
        b"cbuiltins\neval\n(V__import__('os').mkdir('MARK')\ntR.",
        b"cbuiltins\nexec\n(V__import__('os').mkdir('MARK')\ntR.",
        b"cbuiltins\ngetattr\n(" + OURS + b"V__init__\ntR.",
        OURS + b"(VMARK\ntR.",
        OURS + b"(dVsegid\nV0a\nsb.",
        b"Pos.mkdir\n.",
        b"\x80\x02\x82\x01.",
        b"(l.(l.",
        b"(",
    ],
)  # fmt: skip
def test_no_opcode_of_a_pickle_has_an_effect(place: Place, data: bytes) -> None:
    place.plant(data=data.replace(b"MARK", os.fsencode(place.mark)))
    use(place)
    assert not place.mark.exists()


def test_a_table_of_contents_that_was_exchanged_is_damage(place: Place) -> None:
    """Our programs do not run it, `verify` reports it, and the next commit replaces it."""
    place.plant([Bomb(place.mark)])
    place.seal(1)
    for quick, deep in ((True, False), (False, False), (False, True)):
        (damage,) = verify_index(place.index, quick=quick, deep=deep).damage
        assert damage.path.suffix == ".toc"
        assert damage.reason == "wrong checksum"
    with open_archive(place.index) as archive:
        assert archive.search("增产节约").total == 1
    build_lexicon(place.index)
    assert not place.mark.exists()
    assert verify_index(place.index, deep=True).is_sound
    assert open_dir(str(place.index)).doc_count() == 1


def test_segments_of_another_codec_of_whoosh_have_no_effect(place: Place, tmp_path: Path) -> None:
    """Whoosh unpickles their stored fields, lengths and columns."""
    other = tmp_path / "other"
    other.mkdir()
    schema = fields.Schema(
        id=fields.ID(stored=True), c=fields.COLUMN(PickleColumn(VarBytesColumn()))
    )
    with create_in(str(other), schema).writer() as writer:
        writer.add_document(id="1", c=Bomb(place.mark))
    with pytest.raises(DuizhaoError):
        open_archive(other)
    segments = TOC.read(FileStorage(str(other)), "MAIN").segments
    for path in other.glob("MAIN_*"):
        shutil.copy(path, place.index)
    place.plant(segments)
    use(place)
    assert not place.mark.exists()


def test_files_that_whoosh_would_unpickle_are_not_looked_at(place: Place) -> None:
    (path,) = place.index.glob("MAIN_*.arrays")
    for extension in ("seg", "trm", "pst", "vpst", "dcz", "fld", "toc"):
        path.with_suffix(f".{extension}").write_bytes(pickle.dumps(Bomb(place.mark)))
    use(place)
    assert not place.mark.exists()


def test_nothing_is_unpickled(place: Place) -> None:
    """Python reports each class that an unpickler looks up."""
    code = (
        "import sys; from pathlib import Path\n"
        "from tests.trust.test_no_code import Place, use\n"
        "place = Place.__new__(Place)\n"
        "place.seeds, place.index = map(Path, sys.argv[1:])\n"
        "found = []\n"
        "names = ('pickle.find_class', 'os.system', 'os.exec', 'shutil.unpack_archive')\n"
        "sys.addaudithook(lambda name, details: found.append(details) if name in names else None)\n"
        "use(place)\n"
        "assert not found, found\n"
        "import pickle, os; pickle.loads(pickle.dumps(os.mkdir))\n"
        "print(len(found))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, place.seeds, place.index],
        capture_output=True, text=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )  # fmt: skip
    assert done.stdout == "1\n", done.stderr


def test_no_module_unpickles_or_runs_text() -> None:
    unpicklers = {"pickle", "_pickle", "pickletools", "marshal", "shelve", "dill", "cloudpickle"}
    importers, runners = set(), set()
    for package in ("indexer", "search"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    names = {alias.name for alias in node.names} | {getattr(node, "module", "")}
                    if names & unpicklers or "copyreg" in names:
                        importers.add(path)
                if isinstance(node, ast.Name) and node.id in ("eval", "exec", "__import__"):
                    runners.add(path)
    assert not importers
    assert not runners
