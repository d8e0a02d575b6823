"""One object of JSON on one line."""

from __future__ import annotations

import json
import re
from typing import Any, Final

SCHEMA: Final = 1

# Characters that are written as \uxxxx although JSON does not demand it: they would break a line,
# control a terminal or change its text direction, or are half a surrogate pair, which UTF-8 lacks.
_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def json_line(kind: str, **fields: Any) -> str:
    """Return an object with a schema number, its type and some fields, without a line feed."""
    text = json.dumps({"schema": SCHEMA, "type": kind, **fields}, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
