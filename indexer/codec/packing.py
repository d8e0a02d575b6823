"""Small numbers in few bits, whole arrays at a time.

*Escape code*: a number is as many bytes 255 as it holds 255s, and a byte with the rest. So gaps
between ascending numbers are read back by one running sum, of which the places where a byte is not
255 are kept. *Codes* of two or four bits lie in bytes, the first in the lowest bits; the largest
code stands for a number that is too large, whose excess follows in escape code elsewhere.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from indexer.codec.arrays import Int64Array, UInt8Array

ESCAPE: Final = 255


def escape_size(numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """How many bytes each number takes in escape code."""
    return numbers // ESCAPE + 1


def escape(numbers: npt.NDArray[Any]) -> UInt8Array:
    """Numbers, none negative, in escape code."""
    if not numbers.size or int(numbers.max()) < ESCAPE:
        return numbers.astype(np.uint8)
    sizes = escape_size(numbers)
    ends = np.cumsum(sizes)
    code = np.full(int(ends[-1]), ESCAPE, np.uint8)
    code[ends - 1] = numbers % ESCAPE
    return code


def running_sums(code: UInt8Array) -> Int64Array:
    """The sums of the first 1, 2, … numbers of an escape code."""
    sums = code.astype(np.int64)
    np.cumsum(sums, out=sums)
    return sums if _is_short(code) else sums[code != ESCAPE]


def unescape(code: UInt8Array) -> Int64Array:
    """The numbers of an escape code."""
    if _is_short(code):
        return code.astype(np.int64)
    return np.diff(running_sums(code), prepend=0)


def _is_short(code: UInt8Array) -> bool:
    """Whether every number takes one byte."""
    return not code.size or int(code.max()) < ESCAPE


class Packing:
    """Codes of ``bits`` (2 or 4) bits: ``max_code`` is the code that stands for itself and more."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.per_byte = 8 // bits
        self.max_code = (1 << bits) - 1
        self._byte_shift = self.per_byte.bit_length() - 1
        shifts = np.arange(self.per_byte, dtype=np.uint8) * np.uint8(bits)
        self._shifts = shifts
        table = np.arange(256, dtype=np.uint8)[:, None] >> shifts & np.uint8(self.max_code)
        # The codes of a byte as one number, so that a byte is unpacked by one look.
        self._table = np.ascontiguousarray(table).view(f"<u{self.per_byte}").ravel()

    def pack(self, codes: UInt8Array) -> UInt8Array:
        """Codes, a multiple of ``per_byte`` of them, in bytes."""
        groups = codes.reshape(-1, self.per_byte) << self._shifts
        packed: UInt8Array = np.bitwise_or.reduce(groups, axis=1).astype(np.uint8)
        return packed

    def unpack(self, packed: UInt8Array, start: int, count: int) -> UInt8Array:
        """The codes from number ``start`` on."""
        first = start // self.per_byte
        last = -(-(start + count) // self.per_byte)
        codes = self._table.take(packed[first:last]).view(np.uint8)
        skip = start - first * self.per_byte
        return codes[skip : skip + count]

    def nonzero(self, packed: UInt8Array, start: int, count: int) -> tuple[Int64Array, UInt8Array]:
        """Which of the codes from number ``start`` on, counted from there, are not 0; and these."""
        first = start // self.per_byte
        last = -(-(start + count) // self.per_byte)
        held = np.flatnonzero(packed[first:last] > 0)
        codes = self._table.take(packed[first:last][held]).view(np.uint8)
        places = (held[:, None] * self.per_byte + np.arange(self.per_byte)).ravel()
        places -= start - first * self.per_byte
        kept = np.flatnonzero((codes > 0) & (places >= 0) & (places < count))
        return places[kept], codes[kept]

    def gather(self, packed: UInt8Array, places: Int64Array) -> UInt8Array:
        """The codes at these places."""
        within = (places.astype(np.uint8) & np.uint8(self.per_byte - 1)) * np.uint8(self.bits)
        codes = packed.take(places >> self._byte_shift)
        codes >>= within
        codes &= np.uint8(self.max_code)
        return codes


TWO_BITS: Final = Packing(2)
FOUR_BITS: Final = Packing(4)
