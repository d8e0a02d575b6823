"""Stop words, and what may separate two words of one phrase.

Stop words are function words. They are in nearly every bead, so they are never learnt, and no
rendering begins or ends with one. They are listed as terms of the ranking stream: folded, and
English ones stemmed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_ENGLISH: Final = """
    a about all also an and ani are as at be been befor but by can could did do doe doesn don
    each for from get go had has have he her here him his how i if in into is isn it its just
    like ll m may me more most much my no not now of off on one onli onto or other our out over
    own re s she should so some such t than that the their them then there these they this those
    through to too up us use ve veri want was we were what when where whether which while who
    whose whi will with would you your
"""
_CHINESE: Final = """
    的 了 是 在 和 与 及 或 也 都 就 而 而且 但 但是 不 没有 有 我 我们 你
    你们 他 他们 她 她们 它 它们 这 这个 这些 那 那个 那些 这里 那里 其 其中 一
    一个 一种 一些 个 种 些 之 以 以及 于 对 对于 从 到 由 被 把 将 让 使 给
    为 为了 因为 所以 如果 则 着 过 地 得 上 中 下 里 后 前 时 等 等等 并
    并且 还 又 再 更 最 很 非常 会 能 能够 可以 可 要 需要 想 说 来 去 所 向
    跟 比 如 那么 什么 怎么 如何 当 只 已 已经 正在 用 使用 做 进行 自己 吧 吗
    呢 啊
"""
STOP_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "zh": frozenset(_CHINESE.split()),
    "en": frozenset(_ENGLISH.split()),
}

# A phrase may have at most this many stop words in a row between its other words.
MAX_STOP_WORDS_WITHIN: Final = 3

_PHRASE_BREAK: Final = re.compile('[,.;:!?()\\[\\]"“”，。；：！？（）、《》—\n]')


def has_phrase_break(gap: str) -> bool:
    """Whether the text between two words has punctuation that separates phrases."""
    return _PHRASE_BREAK.search(gap) is not None
