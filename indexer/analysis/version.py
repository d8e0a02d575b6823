"""The version of the analysis. An index keeps it, and is outdated when it changes.

Nothing else makes an index outdated: not the version of Python, and not that of a package. The
tables of the analysis belong to the project (`indexer.analysis.folding`), or to packages of which
it allows one version only.
"""

from __future__ import annotations

import hashlib
from typing import Final

from indexer.analysis.chinese import SEGMENTER
from indexer.analysis.english import STEMMER

# Increase it when any text gets other terms than before, and say what has changed.
ANALYSIS_VERSION: Final = 2
_CHANGES: Final = {2: "every version of Python folds characters alike"}


def fingerprint(dictionary: str | None) -> str:
    """Return the version and a hash of everything that terms depend on.

    ``dictionary`` is the text of a user dictionary. Equal fingerprints mean equal terms.
    """
    parts = (ANALYSIS_VERSION, SEGMENTER, STEMMER, dictionary or "")
    code = hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:16]
    return f"{ANALYSIS_VERSION}-{code}"


def other_analysis(found: str) -> str | None:
    """Name the analysis of an index, and what has changed since, for a message.

    ``found`` is the fingerprint in the index. Returns None if it has the same version as this one.
    """
    number, _, code = found.partition("-")
    version = int(number) if code and number.isdecimal() else 1
    if version == ANALYSIS_VERSION:
        return None
    if version > ANALYSIS_VERSION:
        return f"version {version} of the analysis, which a newer version of duizhao has"
    changes = "; ".join(_CHANGES[number] for number in range(version + 1, ANALYSIS_VERSION + 1))
    return f"version {version} of the analysis (new in version {ANALYSIS_VERSION}: {changes})"
