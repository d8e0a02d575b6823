"""The bytes of a file -> its text."""

from __future__ import annotations

import codecs
from pathlib import Path

from indexer.errors import SeedError

# UTF-32 before UTF-16: the little-endian mark of the one begins with that of the other.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\v\f\r")) + b"\x7f"
# Real articles hold up to one control character in ninety, as scanning left them; in compressed
# or compiled data it is more than one byte in ten.
_BINARY_SHARE = 0.05


def decode(data: bytes, path: str | Path) -> str:
    """The text of a file in UTF-8, UTF-16 or UTF-32 with its mark, GB18030, or a guessed encoding.

    Nothing is replaced or dropped but the byte order mark. Raises `SeedError`, with the line of
    the first bad byte, where no encoding fits or the file is damaged UTF-8 (which GB18030 would
    often take, and turn into nonsense).
    """
    if not data:
        raise SeedError(path, 0, "empty file")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode_marked(data, encoding, path)
    if len(data) - len(data.translate(None, _CONTROLS)) > _BINARY_SHARE * len(data):
        raise SeedError(path, 0, "binary data, not text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_damaged_utf8(data):
            raise SeedError(path, _line(data, "utf-8", error), "damaged UTF-8") from None
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        return _guess(data, path, _line(data, "gb18030", error))


def _decode_marked(data: bytes, encoding: str, path: str | Path) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.upper().removesuffix("-SIG")
        raise SeedError(path, _line(data, encoding, error), f"damaged {name}") from None


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether nearly all that is not ASCII is UTF-8: text in GB18030 never comes near it."""
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return beyond_ascii - damaged > 4 * damaged


def _guess(data: bytes, path: str | Path, line: int) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise SeedError(path, line, "neither UTF-8 nor GB18030, nor any encoding we can tell")
    return str(best)


def _line(data: bytes, encoding: str, error: UnicodeDecodeError) -> int:
    """The line of the first bad byte, counted from 1."""
    good = data[: error.start].decode(encoding, "ignore")
    return good.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
