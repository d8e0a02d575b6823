"""Whether a query is a sentence: somebody asked a question, or pasted a line of prose.

One function decides this for all parts of the query language.
"""

from __future__ import annotations

import re
from typing import Final

from indexer.analysis import fold
from indexer.analysis.script import CHINESE, WORD_OR_HAN
from search.language.fields import FIELD_OF_NAME, TEXT_FIELD_NAMES

# A Chinese sentence without a question word has at least this many characters.
_MIN_HAN: Final = 5
_MIN_WORDS: Final = 3

_CLOSING: Final = r"[\s\"＂”’」』》〉»)）'\]]*\Z"
_END: Final = rf"[.?!。！？…]{_CLOSING}"
_CHINESE_END: Final = rf"[。！？…]{_CLOSING}"
_STATEMENT_END: Final = rf"[.!…]{_CLOSING}"

_TEXT_NAMES: Final = [name for name, field in FIELD_OF_NAME.items() if field in TEXT_FIELD_NAMES]
_BEFORE: Final = rf"\A(?:\s*(?i:{'|'.join(_TEXT_NAMES)})[:：])+"
_NAME: Final = rf"(?<![{WORD_OR_HAN}])(?i:{'|'.join(FIELD_OF_NAME)})[:：]"
# Signs of the query language that prose does not have. Operators are words in a text in capitals.
_SIGN: Final = (
    rf"[*＊~～^]|&&|\|\||\?[{WORD_OR_HAN}]|(?:\A|\s)[-+!][^\s\-+!]|\[[^\]]*\sTO\s|{_NAME}\S"
)
_OPERATOR: Final = rf"(?<![{WORD_OR_HAN}])(?:AND|OR|NOT|NEAR)(?![{WORD_OR_HAN}])"

_WORD: Final = r"[A-Za-z]+"
_QUESTION_WORDS: Final = {"who", "whom", "whose", "what", "which", "when", "where", "why", "how"}
_FIRST_WORDS: Final = {
    "am", "is", "are", "was", "were", "do", "does", "did", "has", "have", "had",
    "can", "could", "will", "would", "shall", "should", "must",
}  # fmt: skip
_CHINESE_QUESTION: Final = (
    "[什甚怎]么|怎[样能]|为[何啥]|如何|何[时地处以谓故人等]|谁|哪|几时|多[少久大长]|[是能可]否|难道|岂"
    rf"|是不是|能不能|会不会|要不要|有没有|可不可|[吗呢么][.?!。！？…]*{_CLOSING}"
)


def is_sentence(text: str) -> bool:
    """Return whether a whole query is a sentence or a question.

    It ends like one and has no sign of the query language, such as a wildcard or an operator. It
    asks, in Chinese or English; or it is a statement of three words that begins with a capital; or
    it has five Chinese characters and a Chinese mark at its end. Parentheses and quotation marks
    make no difference, and neither does a field name before it.
    """
    text = re.sub(_BEFORE, "", re.sub(r"[()（）]", " ", text)).strip()
    if not re.search(_END, text) or _has_syntax(text):
        return False
    return _is_chinese(text) or _is_english(text)


def is_in_capitals(text: str) -> bool:
    """Return whether all letters of a text that have two cases are capitals, as in headlines."""
    return text.isupper()


def _has_syntax(text: str) -> bool:
    if re.search(_SIGN, text):
        return True
    return not is_in_capitals(text) and re.search(_OPERATOR, text) is not None


def _is_chinese(text: str) -> bool:
    if re.search(_CHINESE_QUESTION, fold(text)):
        return True
    characters = re.findall(f"[{CHINESE}]", text)
    return len(characters) >= _MIN_HAN and re.search(_CHINESE_END, text) is not None


def _is_english(text: str) -> bool:
    words = re.findall(_WORD, text)
    lower = [word.lower() for word in words]
    if len(words) >= 2 and lower[0] in _QUESTION_WORDS:
        return True
    if len(words) < _MIN_WORDS:
        return False
    asks = lower[0] in _FIRST_WORDS or not _QUESTION_WORDS.isdisjoint(lower[:3])
    return asks or (words[0][0].isupper() and re.search(_STATEMENT_END, text) is not None)
