"""Cut the text of a query into lexemes.

Blanks and the punctuation ，。；：！？、…—,; separate runs of words. Other marks may be part of a
run (don't, 10:30, 1,000, http://…). Operators are words of their own in upper case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from indexer.analysis.folding import without_unknown
from indexer.analysis.script import WORD_OR_HAN
from search.language.fields import FIELD_OF_NAME, FILTER_FIELD_NAMES, TEXT_FIELD_NAMES
from search.language.lexeme import Lexeme, LexemeKind, Report, at_character
from search.language.limits import MAX_LENGTH
from search.language.question_marks import report_question_marks, settle_question_marks

# For each opening quotation mark: its own closing marks, and the marks that close it if its own
# are missing.
_QUOTES = {
    '"': ('"＂', "”“"),
    "＂": ('＂"', "”“"),
    "“": ("”", '"＂“'),
    "„": ("“”", '"＂'),
    "「": ("」", "｣』"),
    "｢": ("｣", "」"),
    "『": ("』", "」"),
    "《": ("》", "〉"),
    "〈": ("〉", "》"),
    "«": ("»", '"'),
}
_OPENING = "".join(_QUOTES)
_MARKS = _OPENING + "”」｣』》〉»"
_SEPARATING = "，。；：！？、…—―,;"
_BREAK = rf"\s()（）{_MARKS}{_SEPARATING}"
_FREE = rf"(?=[{_BREAK}]|\Z)"
_END = rf"(?=[{_BREAK}~^]|&&|\|\||\Z)"
_TILDE = rf"(?:~\d*(?:\.\d+)?|(?<!\d)～[12１２]){_END}"  # 6～8 km is a range of numbers
_BOOST = rf"\^(?:\d+(?:\.\d+)?|\.\d+){_END}"
_RUN = rf"(?:(?!&&|\|\||{_TILDE}|{_BOOST})[^{_BREAK}]|(?<=\d),(?=\d))+"
_PREFIXED = rf"(?<![^\s(（])[{{}}](?=[{WORD_OR_HAN}(（‘*＊?{_OPENING}])"
_TEXT_NAMES, _FILTER_NAMES = (
    "|".join(name for name, field in FIELD_OF_NAME.items() if field in fields)
    for fields in (TEXT_FIELD_NAMES, FILTER_FIELD_NAMES)
)
# After a blank, only what looks like a value: "a simple language: it has …" is prose.
_FILTER_VALUE = r"(?=\S)|\s+(?=[\d\[(（<>≤≥＜＞第]|(?i:en|zh|chi)|[英中汉漢])|\s*\Z"

RUN = re.compile(_RUN)
_LEXEME = re.compile(
    "|".join(
        (
            rf"(?P<NEAR>NEAR(?:/\d+)?{_FREE})",
            rf"(?P<AND>AND{_FREE}|&&)",
            rf"(?P<OR>OR{_FREE}|\|\|)",
            rf"(?P<NOT>NOT{_FREE}|{_PREFIXED.format('-!')})",
            rf"(?P<PLUS>{_PREFIXED.format('+')})",
            r"(?P<OPEN>[(（])",
            r"(?P<CLOSE>[)）])",
            rf"(?P<quote>[{_OPENING}])",
            # ’ is also the apostrophe, so only a pair around several words is a quotation
            r"(?P<PHRASE>‘(?=[^‘’]*(?:\s|[\u4e00-\u9fff]))[^‘]*?’(?![A-Za-z\d]))",
            rf"(?P<RANGE>\[[^\[\]]{{0,40}}(?<![{WORD_OR_HAN}])TO(?![{WORD_OR_HAN}])[^\[\]]{{0,40}}\])",
            rf"(?P<FIELD>(?ai:{_TEXT_NAMES})[:：]\s*|(?ai:{_FILTER_NAMES})[:：](?:{_FILTER_VALUE}))",
            rf"(?P<TILDE>(?<=\S){_TILDE})",
            rf"(?P<BOOST>(?<=\S){_BOOST})",
            rf"(?P<WORD>{_RUN})",
            r"(?P<punctuation>.)",
        )
    ),
    re.DOTALL,
)
# `re` compiles these when the first query needs them, and caches them.
_RANGE_VALUE: Final = r"\[[^\[\]]{0,80}\]"
_VALUE: Final = rf"(?:[<>=≤≥＜＞＝]{{1,2}}\s*)?(?:(?!&&|\|\|)[^{_BREAK}^]|[—―]){{1,80}}"
_IDENTIFIER: Final = rf"[^\s()（）{_OPENING}]\S*"
_ESCAPE_OR_MARK: Final = rf"\\[\\{_MARKS}]|[{_MARKS}]"
_ESCAPE: Final = rf"\\([\\{_MARKS}])"
_UNKNOWN_FIELD: Final = rf"([A-Za-z][A-Za-z_]+):(?=[{WORD_OR_HAN}(（{_OPENING}])"


def lex(text: str, report: Report) -> list[Lexeme]:
    """Cut a query into lexemes with balanced parentheses; raises nothing, for any string."""
    if len(text) > MAX_LENGTH:
        message = f"the query has {len(text):,} characters; only the first {MAX_LENGTH:,} were read"
        report("too-long", message, (MAX_LENGTH, len(text)))
        text = text[:MAX_LENGTH]
    plain, question_marks = settle_question_marks(without_unknown(text))
    lexemes = [*_scan(text, plain, report)]
    report_question_marks(question_marks, lexemes, report)
    return _balance(lexemes, len(text), report)


def _scan(text: str, plain: str, report: Report) -> Iterator[Lexeme]:
    """Yield the lexemes of a text; ``plain`` is the text with settled question marks."""
    at = 0
    field: str | None = None  # of a name directly before this place
    fields: list[str | None] = [None]  # of the parentheses around this place
    while match := _LEXEME.match(plain, at):
        value = None
        if field or match.lastgroup == "WORD":
            value = _filter_value(field or fields[-1], text, plain, at)
        lexeme = value or _make_lexeme(match, text, report)
        at = lexeme.end if lexeme else match.end()
        if lexeme is None:
            continue
        if lexeme.kind is LexemeKind.OPEN:
            fields.append(field or fields[-1])
        elif lexeme.kind is LexemeKind.CLOSE and len(fields) > 1:
            fields.pop()
        field = FIELD_OF_NAME[lexeme.text] if lexeme.kind is LexemeKind.FIELD else None
        yield lexeme


def _make_lexeme(match: re.Match[str], text: str, report: Report) -> Lexeme | None:
    """Return the lexeme that begins at a match of `_LEXEME`; None for a blank or punctuation."""
    matched, start, end = match[0], match.start(), match.end()
    match match.lastgroup:
        case "quote":
            return _phrase(text, start, report)
        case "PHRASE" | "RANGE" as name:
            return Lexeme(LexemeKind[name], text[start + 1 : end - 1], start, end)
        case "FIELD":
            return Lexeme(LexemeKind.FIELD, matched.rstrip().rstrip(":：").lower(), start, end)
        case "punctuation" | None:
            return None
        case name:
            if name == "WORD" and ":" in matched:
                _report_unknown_field(text, start, report)
            return Lexeme(LexemeKind[name], matched, start, end)


def _phrase(text: str, start: int, report: Report) -> Lexeme:
    """Return the phrase whose opening mark is at `start`; without a closing one, all the rest."""
    closing = _closing_mark(text, start)
    if closing is None:
        message = (
            f"the quotation mark {at_character(start)} is not closed; "
            "the phrase runs to the end of the query"
        )
        report("unclosed-quote", message, (start, start + 1))
    inner = re.sub(_ESCAPE, r"\1", text[start + 1 : closing])
    end = len(text) if closing is None else closing + 1
    return Lexeme(LexemeKind.PHRASE, inner, start, end)


def _closing_mark(text: str, start: int) -> int | None:
    """Return the offset of the mark that closes the quotation at `start`."""
    own, others = _QUOTES[text[start]]
    fallback = None
    for mark in re.compile(_ESCAPE_OR_MARK).finditer(text, start + 1):
        if mark[0] in own:
            return mark.start()
        if fallback is None and mark[0] in others:
            fallback = mark.start()
    return fallback


def _filter_value(field: str | None, text: str, plain: str, start: int) -> Lexeme | None:
    """Return the raw value of a filter field at an offset. An id is taken from the text as it is.

    None means that it is no filter field, that there is no value, or that ordinary syntax follows.
    """
    if field not in FILTER_FIELD_NAMES:
        return None
    if field == "id" and (match := re.compile(_IDENTIFIER).match(text, start)):
        value = _trim_identifier(match[0])
        return Lexeme(LexemeKind.WORD, value, start, start + len(value))
    if match := re.compile(_RANGE_VALUE).match(plain, start):
        return Lexeme(LexemeKind.RANGE, match[0][1:-1], *match.span())
    if match := re.compile(_VALUE).match(plain, start):
        return Lexeme(LexemeKind.WORD, match[0], *match.span())
    return None


def _trim_identifier(text: str) -> str:
    """Cut off a boost and a closing parenthesis that the ID did not open: (id:a(1).md)^2."""
    depth = 0
    for end, character in enumerate(text):
        depth += (character in "(（") - (character in ")）")
        if depth < 0:
            text = text[:end]
            break
    return re.sub(rf"{_BOOST}\Z", "", text) or text


def _report_unknown_field(text: str, start: int, report: Report) -> None:
    """Report a name that is no field.

    A name in capitals that resembles no field is not reported: NOTE:this is prose.
    """
    match = re.compile(_UNKNOWN_FIELD).match(text, start)
    if match is None:
        return
    from difflib import get_close_matches

    name = match[1][:40]
    close = get_close_matches(name.lower(), filter(str.isascii, FIELD_OF_NAME), 1)
    if close or name.islower():
        hint = f"did you mean {close[0]}:?" if close else "it was searched as words"
        message = f"unknown field {name!r} {at_character(match.start())}; {hint}"
        report("unknown-field", message, match.span())


def _balance(lexemes: Iterable[Lexeme], end: int, report: Report) -> list[Lexeme]:
    """Drop parentheses that close nothing, and add missing ones at the end."""
    balanced: list[Lexeme] = []
    opened: list[Lexeme] = []
    for lexeme in lexemes:
        if lexeme.kind is LexemeKind.OPEN:
            opened.append(lexeme)
        elif lexeme.kind is LexemeKind.CLOSE:
            if not opened:
                message = f"the parenthesis {lexeme.location} closes nothing; it was ignored"
                report("unmatched-parenthesis", message, lexeme.span)
                continue
            opened.pop()
        balanced.append(lexeme)
    for lexeme in opened:
        message = f"the parenthesis {lexeme.location} is not closed; it extends to the end"
        report("unmatched-parenthesis", message, lexeme.span)
    return balanced + [Lexeme(LexemeKind.CLOSE, "", end, end)] * len(opened)
