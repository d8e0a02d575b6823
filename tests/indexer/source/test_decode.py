"""Bytes become text without loss, or are refused with the line of the first bad byte."""

import codecs
import random
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import SeedError
from indexer.source.decode import decode

SAMPLE = "\n".join(
    [
        "Title: Cotton and Coal",
        "节约棉花和节约用煤是本季的两个关键，各车间应订立自己的计划。",
        "老人说：「飲水思源」，可是源在哪里？二〇〇〇年以前能修好吗？",
    ]
)
printable = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


@given(printable.filter(lambda text: text[0] != "\ufeff"))
def test_unicode_is_read_as_it_is(text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        assert decode(text.encode(encoding), "x") == text
    assert decode(codecs.BOM_UTF16_BE + text.encode("utf-16-be"), "x") == text


def test_gb18030_is_read_as_it_is() -> None:
    for text in (SAMPLE, SAMPLE.replace("\n", "\r\n"), "𠮷田村的水井干了"):
        assert decode(text.encode("gb18030"), "x") == text


def test_other_encodings_are_guessed() -> None:
    russian = "Двести делегатов приняли участие в совещании текстильных фабрик севера. "
    assert decode((russian * 20).encode("koi8-r"), "x") == russian * 20


@pytest.mark.parametrize("line", [1, 2, 3])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_damaged_utf8_is_refused_with_its_line(line: int, line_break: str) -> None:
    lines = [f"第{number}行：各车间应订立自己的计划。" for number in range(1, 5)]
    data = line_break.join(lines).encode()
    place = len(line_break.join(lines[:line]).encode())
    with pytest.raises(SeedError) as caught:
        decode(data[: place - 1] + data[place:], "a.txt")
    assert (caught.value.line, caught.value.reason) == (line, "damaged UTF-8")


def test_damaged_utf16_is_refused_with_its_line() -> None:
    data = "第一行\n第二行\n".encode("utf-16") + b"\x00\xd8\x20\x00"
    with pytest.raises(SeedError) as caught:
        decode(data, "a.txt")
    assert (caught.value.line, caught.value.reason) == (3, "damaged UTF-16")


def test_bytes_that_fit_no_encoding_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nothing:
        def best(self) -> None:
            return None

    monkeypatch.setattr("charset_normalizer.from_bytes", lambda data: Nothing())
    data = "节约棉花\n".encode("gb18030") + b"\xff\xff"
    with pytest.raises(SeedError, match=r"a\.txt:2: neither UTF-8 nor GB18030"):
        decode(data, Path("a.txt"))


@pytest.mark.parametrize(
    "data",
    [
        random.Random(1).randbytes(4000),
        zlib.compress(SAMPLE.encode() * 50 + random.Random(2).randbytes(3000)),
        SAMPLE.encode("utf-16-le"),
        bytes(100),
    ],
    ids=["random", "compressed", "UTF-16 without its mark", "zeros"],
)
def test_binary_data_is_refused(data: bytes) -> None:
    with pytest.raises(SeedError, match="a: binary data"):
        decode(data, "a")


def test_a_few_control_characters_are_kept() -> None:
    text = SAMPLE * 10 + "\0\b\x1b"
    assert decode(text.encode(), "a") == text


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(SeedError, match="a: empty file"):
        decode(b"", "a")
