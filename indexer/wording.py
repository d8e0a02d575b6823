"""The wording that messages of both packages share."""

from __future__ import annotations


def counted(count: int, singular: str, plural: str = "") -> str:
    """Return a count and its noun: ``1 article``, ``3,412 articles``.

    The plural form is ``singular`` and an s if ``plural`` is empty.
    """
    return f"{count:,} {singular if count == 1 else plural or f'{singular}s'}"
