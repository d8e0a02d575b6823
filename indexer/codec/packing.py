"""Small numbers in few bits, packed and unpacked as whole arrays.

There are two forms:

*Escape code*: a number n takes n // 255 bytes with the value 255, and one byte with the rest. So
the numbers end where a byte is less than 255. To read gaps between ascending numbers back, it is
enough to sum up the bytes and to keep the sums at these ends.

*Codes* of two or four bits, several to a byte, the first in the lowest bits. The largest code means
that the number is at least that large; the excess is stored elsewhere, in escape code.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from indexer.array_types import AnyArray, Int64Array, UInt8Array

ESCAPE: Final = 255


def escape_size(numbers: AnyArray) -> AnyArray:
    """Return how many bytes each number takes in escape code."""
    return numbers // ESCAPE + 1


def escape(numbers: AnyArray) -> UInt8Array:
    """Return numbers, none of them negative, in escape code."""
    if not numbers.size or int(numbers.max()) < ESCAPE:
        return numbers.astype(np.uint8)
    sizes = escape_size(numbers)
    ends = np.cumsum(sizes)
    code = np.full(int(ends[-1]), ESCAPE, np.uint8)
    code[ends - 1] = numbers % ESCAPE
    return code


def running_sums(code: UInt8Array) -> Int64Array:
    """Return the sums of the first 1, 2, … numbers of an escape code."""
    sums = code.astype(np.int64)
    np.cumsum(sums, out=sums)
    return sums if _is_short(code) else sums[code != ESCAPE]


def unescape(code: UInt8Array) -> Int64Array:
    """Return the numbers of an escape code."""
    if _is_short(code):
        return code.astype(np.int64)
    return np.diff(running_sums(code), prepend=0)


def _is_short(code: UInt8Array) -> bool:
    """Whether every number takes one byte."""
    return not code.size or int(code.max()) < ESCAPE


class Packing:
    """Codes of ``bits`` bits, 2 or 4; ``max_code`` is the largest of them."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.per_byte = 8 // bits
        self.max_code = (1 << bits) - 1
        self._byte_shift = self.per_byte.bit_length() - 1
        shifts = np.arange(self.per_byte, dtype=np.uint8) * np.uint8(bits)
        self._shifts = shifts
        table = np.arange(256, dtype=np.uint8)[:, None] >> shifts & np.uint8(self.max_code)
        # For each byte its codes, as one number, so that one look into the table unpacks a byte.
        self._table = np.ascontiguousarray(table).view(f"<u{self.per_byte}").ravel()

    def pack(self, codes: UInt8Array) -> UInt8Array:
        """Pack codes into bytes; their number must be a multiple of ``per_byte``."""
        groups = codes.reshape(-1, self.per_byte) << self._shifts
        packed: UInt8Array = np.bitwise_or.reduce(groups, axis=1).astype(np.uint8)
        return packed

    def unpack(self, packed: UInt8Array, start: int, count: int) -> UInt8Array:
        """Return ``count`` codes from the index ``start`` on."""
        first = start // self.per_byte
        last = -(-(start + count) // self.per_byte)
        codes = self._table.take(packed[first:last]).view(np.uint8)
        skip = start - first * self.per_byte
        return codes[skip : skip + count]

    def nonzero(self, packed: UInt8Array, start: int, count: int) -> tuple[Int64Array, UInt8Array]:
        """Find those of ``count`` codes from the index ``start`` on that are not 0.

        Returns their indices, less ``start``, and the codes.
        """
        first = start // self.per_byte
        last = -(-(start + count) // self.per_byte)
        used = np.flatnonzero(packed[first:last] > 0)
        codes = self._table.take(packed[first:last][used]).view(np.uint8)
        indices = (used[:, None] * self.per_byte + np.arange(self.per_byte)).ravel()
        indices -= start - first * self.per_byte
        kept = np.flatnonzero((codes > 0) & (indices >= 0) & (indices < count))
        return indices[kept], codes[kept]

    def gather(self, packed: UInt8Array, indices: Int64Array) -> UInt8Array:
        """Return the codes at some indices."""
        within = (indices.astype(np.uint8) & np.uint8(self.per_byte - 1)) * np.uint8(self.bits)
        codes = packed.take(indices >> self._byte_shift)
        codes >>= within
        codes &= np.uint8(self.max_code)
        return codes


TWO_BITS: Final = Packing(2)
FOUR_BITS: Final = Packing(4)
