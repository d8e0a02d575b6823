"""The version of the analysis, which an index keeps. An index with another one is outdated.

An upgrade of Python or of a package does not make an index outdated. The table of folds is a file
of ours (`indexer.analysis.folding`), and `pyproject.toml` allows only one version of the packages
that divide Chinese text into words and reduce English words to stems.
"""

from __future__ import annotations

import hashlib
from typing import Final

from indexer.analysis.chinese import SEGMENTER
from indexer.analysis.english import STEMMER

# Increase this number when any text gets other terms than before, and describe the change below.
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
    """Describe the analysis of an index, and the changes since then, in words for a message.

    ``found`` is the fingerprint in the index. Returns None if its version is `ANALYSIS_VERSION`.
    """
    number, _, code = found.partition("-")
    version = int(number) if code and number.isdecimal() else 1
    if version == ANALYSIS_VERSION:
        return None
    if version > ANALYSIS_VERSION:
        return f"version {version} of the analysis, which a newer version of duizhao has"
    changes = "; ".join(_CHANGES[number] for number in range(version + 1, ANALYSIS_VERSION + 1))
    return f"version {version} of the analysis (new in version {ANALYSIS_VERSION}: {changes})"
