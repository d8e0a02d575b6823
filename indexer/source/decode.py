"""Decodes the bytes of a file into text."""

from __future__ import annotations

import codecs
from pathlib import Path

from indexer.errors import SeedError

# UTF-32 comes before UTF-16, because its little-endian mark begins with that of UTF-16.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\v\f\r")) + b"\x7f"
# Scanned articles have up to one control character in ninety characters. Compressed or compiled
# data has more than one in ten bytes.
_MAX_CONTROL_SHARE = 0.05


def decode(data: bytes, path: str | Path) -> str:
    """Return the text of a file.

    The encoding is UTF-8, UTF-16 or UTF-32 if the file has a byte order mark; otherwise UTF-8,
    GB18030, or an encoding that is guessed. The byte order mark is dropped, and nothing else is
    dropped or replaced.

    Raises `SeedError`, with the line of the first bad byte, if no encoding fits. It also raises it
    for damaged UTF-8: GB18030 could often read that, but as nonsense.
    """
    if not data:
        raise SeedError(path, 0, "empty file")
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_marked(data, encoding, path)
    if len(data) - len(data.translate(None, _CONTROLS)) > _MAX_CONTROL_SHARE * len(data):
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
    """Say whether more than four fifths of the characters beyond ASCII are valid UTF-8.

    Text in GB18030 never comes near that share.
    """
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return beyond_ascii - damaged > 4 * damaged


def _guess(data: bytes, path: str | Path, line: int) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None:
        raise SeedError(path, line, "neither UTF-8 nor GB18030, nor any encoding we can guess")
    return str(best)


def _line(data: bytes, encoding: str, error: UnicodeDecodeError) -> int:
    """Return the line of the first bad byte, counted from 1."""
    good = data[: error.start].decode(encoding, "ignore")
    return good.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
