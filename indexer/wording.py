"""The wording that messages of both packages share."""

from __future__ import annotations

from pathlib import Path


def counted(count: int, singular: str, plural: str = "") -> str:
    """Return a count and its noun: ``1 article``, ``3,412 articles``.

    The plural form is ``singular`` and an s if ``plural`` is empty.
    """
    return f"{count:,} {singular if count == 1 else plural or f'{singular}s'}"


def file_size(size: int) -> str:
    """Return a number of bytes in its largest unit: ``312 KB``, ``2.1 MB``, ``1.4 GB``."""
    if size < 1_000_000:
        return f"{size / 1e3:.0f} KB"
    return f"{size / 1e6:.1f} MB" if size < 1_000_000_000 else f"{size / 1e9:,.1f} GB"


def for_index(directory: Path) -> str:
    """Return the option that names an index in a command for a shell; "" for the default index."""
    if directory == Path("index"):
        return ""
    import shlex

    return f" --index {shlex.quote(str(directory))}"
