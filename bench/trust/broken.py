"""A folder of broken files, with the result that is expected of each.

Each file is a candidate, which means that its name is that of an article. A candidate must be
indexed, or reported, or either.
"""

from __future__ import annotations

import os
import random
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Final

GIBIBYTE: Final = 1 << 30


class Expected(Enum):
    """The result that is expected of a candidate."""

    INDEXED = "indexed"
    REPORTED = "reported"
    EITHER = "indexed or reported"
    GONE = "indexed, or reported, or not seen"


# The expected results, by path. Some paths are of folders that are to be reported.
Candidates = dict[str, Expected]

_ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "big5", "latin-1")
_SPOILERS: Final = (
    b"\0", b"\0" * 4096, b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\x1b[2J", b"\x1b]0;title\x07",
    b"\r", b"\r\n", b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xed\xa0\x80", b"\x0c",
    b"\x08", b"<hr />", b"\nOriginal:\n", b"Title: ", b"\n### ", b"\n\n", b"<b>", b"]]>", b"&#0;",
    "１９５３-13-45".encode(), "第99999999999999999999版()".encode(), b"Date: 0000-00-00\n",
    b"Date: 99999-99-99\n", b"Page: -1\n", b"Page: 99999999999999999999\n", b"9" * 5_000,
    "\U0010ffff\u0301\u202e\ufffe".encode(),
)  # fmt: skip
_NAMES: Final = (
    b"two\nlines", b"bell\x07", b"\x1b[31mred", b"not utf-8 \xff\xfe", b"\xed\xa0\x80", b"-rf",
    b" ", b" leading", b"trailing ", b"'quotes\"", b"$(echo)", b"*", b"a:1", b"a\\b", b"%s%n",
    b"two..", b"\xe2\x80\xaeright to left", b"\xe2\x80\xa8separator", b"COM1", b"tilde~",
    "人民日报".encode(), "\u0301\u0301".encode(), "é".encode(), "e\u0301".encode(),
)  # fmt: skip
_LONGEST_NAME: Final = 255
_DEPTH: Final = 40  # folders of the longest name: ten thousand bytes of path


def populate(
    root: Path, texts: list[bytes], count: int, rng: random.Random, *, large: bool
) -> Candidates:
    """Write about ``count`` files, most of them made of ``texts`` by cutting and spoiling them.

    The first text is cut everywhere. Others have odd names, or are no regular files. With
    ``large``, some are very large.
    """
    made = _Folder(root)
    for number, end in enumerate(_cuts(texts[0], count * 4 // 10)):
        made.write(f"cut/{number % 20}/{number}.txt", texts[0][:end], Expected.EITHER)
    for number in range(count * 2 // 10):
        text = _mixed(texts, rng)
        made.write(f"mixed/{number % 20}/{number}.md", text, Expected.EITHER)
    for number in range(count * 3 // 10):
        text = _spoilt(rng.choice(texts), rng)
        made.write(f"spoilt/{number % 20}/{number}.txt", text, Expected.EITHER)
    for number in range(count // 10):
        made.write(f"sound/{number}.txt", rng.choice(texts), Expected.INDEXED)
    _odd_names(made, texts[0])
    _no_files(made, texts[0])
    _links(made)
    if large:
        _large(made, texts[0].decode(), rng)
    return made.candidates


class _Folder:
    def __init__(self, root: Path) -> None:
        self.root = os.fsencode(root)
        self.candidates: Candidates = {}

    def place(self, name: str | bytes, expected: Expected | None) -> bytes:
        """Make the folder of a path; note the expected result if the path is a candidate."""
        path = os.path.join(self.root, os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if expected:
            self.candidates[os.fsdecode(path)] = expected
        return path

    def write(self, name: str | bytes, content: bytes, expected: Expected | None) -> None:
        with open(self.place(name, expected), "wb") as file:
            file.write(content)


def _cuts(text: bytes, count: int) -> Iterator[int]:
    """The offsets at which to cut a text: around each end of a line, and evenly."""
    ends = [place for place, byte in enumerate(text) if byte == ord("\n")]
    near = {end + by for end in ends for by in (-1, 0, 1, 2)}
    evenly = range(0, len(text), max(1, len(text) // max(1, count - len(near))))
    cuts = sorted({0, *near, *evenly} & {*range(len(text) + 1)})
    step = max(1, len(cuts) / max(1, count))
    yield from (cuts[int(number * step)] for number in range(min(count, len(cuts))))


def _mixed(texts: list[bytes], rng: random.Random) -> bytes:
    """A text whose lines are in different encodings."""
    lines = rng.choice(texts).decode().splitlines(keepends=True)
    encodings = rng.sample(_ENCODINGS, rng.choice((1, 1, 2, 3)))
    return b"".join(line.encode(rng.choice(encodings), "replace") for line in lines)


def _spoilt(text: bytes, rng: random.Random) -> bytes:
    """A text with some bytes changed, inserted, removed and repeated."""
    content = bytearray(text)
    for _ in range(rng.choice((1, 2, 5, 50))):
        place = rng.randrange(len(content) + 1)
        match rng.randrange(4):
            case 0:
                content[place:place] = rng.choice(_SPOILERS)
            case 1:
                content[place : place + 1] = rng.randbytes(1)
            case 2:
                del content[place : place + rng.choice((1, 10, 1000))]
            case _:
                content[place:place] = content[place : place + rng.choice((1, 10, 1000))]
    return bytes(content)


def _odd_names(made: _Folder, text: bytes) -> None:
    for name in _NAMES:
        expected = Expected.INDEXED if _is_fit(name) else Expected.REPORTED
        made.write(b"names/" + name + b".txt", text, expected)
        made.write(b"folders/" + name + b"/a.txt", text, expected if _is_fit(name) else None)
        if not _is_fit(name):  # then the folder is reported
            made.place(b"folders/" + name, Expected.REPORTED)
    longest = b"n" * (_LONGEST_NAME - 4) + b".txt"
    made.write(b"names/" + longest, text, Expected.INDEXED)
    for name in (b"names/.hidden.txt", b"names/README.txt", b"names/a.doc", b"names/txt"):
        made.write(name, text, None)
    _deep(made, text)


def _is_fit(name: bytes) -> bool:
    """Whether a name can be an id: UTF-8 without control characters and ends of lines."""
    try:
        text = name.decode()
    except UnicodeDecodeError:
        return False
    return not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u2028\u2029" for c in text)


def _deep(made: _Folder, text: bytes) -> None:
    """Make nested folders until their path is too long for the system."""
    path = made.place("deep/a.txt", Expected.INDEXED)
    made.write("deep/a.txt", text, Expected.INDEXED)
    name = "d" * _LONGEST_NAME
    folder = os.path.dirname(path)
    descriptor = os.open(folder, os.O_RDONLY)
    for _ in range(_DEPTH):
        os.mkdir(name, dir_fd=descriptor)
        inner = os.open(name, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
        folder += b"/" + name.encode()
        try:
            os.stat(folder)
        except OSError:  # only the first folder that is too long is reported
            made.candidates[os.fsdecode(folder)] = Expected.REPORTED
            break
    os.close(descriptor)


def _no_files(made: _Folder, text: bytes) -> None:
    """Make pipes, sockets, devices and other things with names of articles."""
    os.mkdir(made.place("none/folder.txt", None))
    os.mkfifo(made.place("none/pipe.txt", Expected.REPORTED))
    with socket.socket(socket.AF_UNIX) as server:
        before = os.open(".", os.O_RDONLY)  # the path of a socket must be short
        path = made.place("none/socket.txt", Expected.REPORTED)
        os.chdir(os.path.dirname(path))
        server.bind("socket.txt")
        os.fchdir(before)
        os.close(before)
    for name in ("zero", "null", "random", "tty"):
        os.symlink(f"/dev/{name}", made.place(f"none/{name}.txt", Expected.REPORTED))
    for name in ("self/mem", "self/pagemap", "kcore", "version"):  # two of these never end
        os.symlink(f"/proc/{name}", made.place(f"none/{name[-6:]}.txt", Expected.EITHER))
    with suppress(PermissionError):
        os.mknod(made.place("none/device.txt", None), stat.S_IFCHR | 0o666, os.makedev(1, 5))
        made.place("none/device.txt", Expected.REPORTED)
    made.write("none/empty.txt", b"", Expected.REPORTED)
    made.write("none/blank.txt", b" \n\t\r\n\xe3\x80\x80\n" * 100, Expected.REPORTED)
    for mode in (0o000, 0o200):
        path = made.place(f"none/{mode:o}.txt", None)
        made.write(path, text, None)
        os.chmod(path, mode)
        readable = os.access(path, os.R_OK)  # root can read them
        made.place(path, Expected.INDEXED if readable else Expected.REPORTED)
    path = made.place("none/closed/a.txt", None)
    made.write(path, text, None)
    closed = os.path.dirname(path)
    os.chmod(closed, 0o000)
    readable = os.access(closed, os.R_OK | os.X_OK)
    made.candidates[os.fsdecode(path if readable else closed)] = (
        Expected.INDEXED if readable else Expected.REPORTED
    )


def _links(made: _Folder) -> None:
    """Make links in circles, to themselves, to nothing, in long chains, and to each other."""
    os.symlink("self.txt", made.place("links/self.txt", Expected.REPORTED))
    os.symlink("gone", made.place("links/nowhere.txt", Expected.REPORTED))
    os.symlink("two.txt", made.place("links/one.txt", Expected.REPORTED))
    os.symlink("one.txt", made.place("links/two.txt", Expected.REPORTED))
    made.write("links/chain/000.txt", b"Title: Chain\n\n    Chain\n", Expected.INDEXED)
    for number in range(1, 100):
        # The system follows at most 40 links.
        expected = Expected.EITHER if number <= 40 else Expected.REPORTED
        path = made.place(f"links/chain/{number:03}.txt", expected)
        os.symlink(f"{number - 1:03}.txt", path)
    for one in range(20):
        os.mkdir(made.place(f"links/knot/{one}", None))
        for other in range(20):
            os.symlink(f"../{other}", made.place(f"links/knot/{one}/{other}", None))
    os.symlink("/", made.place("links/root", None))  # which contains this folder
    deep = "links/" + "/".join("d" * 50)
    os.symlink(os.fsdecode(made.root), made.place(f"{deep}/up", None))


def _large(made: _Folder, text: str, rng: random.Random) -> None:
    """Make files that are as large as allowed or larger, and that repeat one thing very often."""
    with open(made.place("large/line of 1 GB.txt", Expected.REPORTED), "wb") as file:
        for _ in range(64):
            file.write(b"a" * (GIBIBYTE // 64))
    made.write("large/hole of 1 TB.txt", b"", Expected.REPORTED)
    with suppress(OSError):  # some file systems have no holes
        os.truncate(made.place("large/hole of 1 TB.txt", Expected.REPORTED), GIBIBYTE * 1024)
    most = 31 << 20
    chinese = "".join(c for c in text if c >= "\u3000")
    english = " ".join(word for word in text.split() if word.isascii())
    letters = "abcdefghijklmnopqrstuvwxyz"
    contents: dict[str, Callable[[], str]] = {
        "paragraphs": lambda: "Title: Many\n\n" + "    工人 and peasants.\n\n" * 100_000,
        "lines": lambda: "a\n" * 600_000,
        "one line of Chinese": lambda: chinese * (most // len(chinese.encode())),
        "one line of English": lambda: f"{english} " * (most // (len(english) + 1)),
        "no punctuation": lambda: "增产节约" * (most // 12),
        "one character": lambda: "产" * (most // 3),
        "one word": lambda: "word " * (most // 5),
        "different words": lambda: " ".join(
            "".join(rng.choices(letters, k=8)) for _ in range(most // 9)
        ),
        "blanks": lambda: " " * most,
        "line breaks": lambda: "\r" * most,
        "tags": lambda: "<b>" * (most // 3),
        "marks": lambda: "e" + "\u0301" * (most // 2),
        "heading": lambda: "# " + "a" * most,
        "header": lambda: "Title: " + "a " * (most // 2),
        "headers": lambda: "".join(f"Key{number}: value\n" for number in range(400_000)),
        "both": lambda: f"{english}\n" * 200 + "\n<hr />\n\nOriginal:\n\n" + f"{chinese}\n" * 200,
    }
    for name, content in contents.items():
        made.write(f"large/{name}.txt", content().encode(), Expected.EITHER)
    made.write("large/random bytes.txt", rng.randbytes(most), Expected.EITHER)
    made.write("large/nothing.txt", b"\0" * most, Expected.EITHER)
