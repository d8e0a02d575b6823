"""Query text -> lexemes with balanced parentheses.

What is a wildcard and what is punctuation:

- `*`, `?` and the full-width ＊ are wildcards, wherever they touch a word;
- the full-width ？ is one only between two characters of a word (增？节约), and not in a query that
  ends like a sentence (什么是增产？如何节约？);
- a ? at the end of a Chinese run is a question mark (为什么增产?): as a wildcard it would ask for
  one more character, whatever it is, which means next to nothing;
- a plain sentence of three words or more, ending in . ? or !, holds no wildcards: Who was he?

Blanks and the punctuation ，。；：！？、…—,; part runs of words; other marks (don't, 10:30, 1,000,
http://…) stay inside them. Word operators stand free and in upper case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from indexer.analysis.script import CHINESE
from search.language.lexeme import Lexeme, LexemeKind, Report
from search.language.query import TEXT_FIELDS

MAX_LENGTH: Final = 10_000  # characters; far above what is typed, and parsed in some 20 ms
MAX_CLAUSES: Final = 1_000
MAX_DEPTH: Final = 30  # of parentheses; the tree is at most six times as deep: safe to recurse into

FILTER_FIELDS: Final = ("date", "page", "lang", "id")
FIELDS: Final = {name: name for name in (*TEXT_FIELDS, *FILTER_FIELDS)} | {
    "language": "lang", "edition": "page", "path": "id",
    "标题": "title", "標題": "title", "题目": "title", "題目": "title",
    "作者": "author", "专栏": "column", "專欄": "column", "栏目": "column", "欄目": "column",
    "版块": "section", "版名": "section", "正文": "body", "词汇": "glossary", "詞彙": "glossary",
    "版": "page", "版次": "page", "版面": "page", "日期": "date",
    "语言": "lang", "語言": "lang", "编号": "id", "編號": "id", "路径": "id", "路徑": "id",
}  # fmt: skip

# Opening quotation mark -> its own closing marks, and those taken if none of its own follows.
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
_PARTING = "，。；：！？、…—―,;"
_BREAK = rf"\s()（）{_MARKS}{_PARTING}"
_FREE = rf"(?=[{_BREAK}]|\Z)"
_END = rf"(?=[{_BREAK}~^]|&&|\|\||\Z)"
_TILDE = rf"(?:~\d*(?:\.\d+)?|(?<!\d)～[12１２]){_END}"  # 6～8 km is a range of numbers
_BOOST = rf"\^(?:\d+(?:\.\d+)?|\.\d+){_END}"
_RUN = rf"(?:(?!&&|\|\||{_TILDE}|{_BOOST})[^{_BREAK}]|(?<=\d),(?=\d))+"
_PREFIXED = rf"(?<![^\s(（])[{{}}](?=[\w(（‘*＊?{_OPENING}])"
_TEXT_NAMES = "|".join(name for name in FIELDS if FIELDS[name] in TEXT_FIELDS)
_FILTER_NAMES = "|".join(name for name in FIELDS if FIELDS[name] in FILTER_FIELDS)
# Behind a blank only a value that fits: "a simple language: it has …" is prose.
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
            # ’ is also the apostrophe: only a pair around several words is quotation marks
            r"(?P<PHRASE>‘(?=[^‘’]*(?:\s|[\u4e00-\u9fff]))[^‘]*?’(?![A-Za-z\d]))",
            r"(?P<RANGE>\[[^\[\]]{0,40}\bTO\b[^\[\]]{0,40}\])",
            rf"(?P<FIELD>(?ai:{_TEXT_NAMES})[:：]\s*|(?ai:{_FILTER_NAMES})[:：](?:{_FILTER_VALUE}))",
            rf"(?P<TILDE>(?<=\S){_TILDE})",
            rf"(?P<BOOST>(?<=\S){_BOOST})",
            rf"(?P<WORD>{_RUN})",
            r"(?P<punctuation>.)",
        )
    ),
    re.DOTALL,
)
# These are compiled when a query is the first to need them, which `re` remembers.
_RANGE_VALUE: Final = r"\[[^\[\]]{0,80}\]"
_VALUE: Final = rf"(?:[<>=≤≥＜＞＝]{{1,2}}\s*)?(?:(?!&&|\|\|)[^{_BREAK}^]|[—―]){{1,80}}"
_IDENTIFIER: Final = rf"[^\s()（）{_OPENING}]\S*"
_ESCAPE_OR_MARK: Final = rf"\\[\\{_MARKS}]|[{_MARKS}]"
_ESCAPE: Final = rf"\\([\\{_MARKS}])"
_UNKNOWN_FIELD: Final = rf"([A-Za-z][A-Za-z_]+):(?=[\w(（{_OPENING}])"
_SENTENCE_END: Final = r"[.?!。！？…]\s*\Z"
_QUESTION_MARK: Final = rf"\?(?=[\s{_MARKS}’)）]|\Z)"
_SYNTAX: Final = r"\b(?:AND|OR|NOT|NEAR)\b|[*~^\[|&]|\?\w|\w[:：]\S|(?:^|\s)[-+!]\S"


def lex(text: str, report: Report) -> list[Lexeme]:
    """The lexemes of a query; every OPEN has its CLOSE. Raises nothing, for any string."""
    if len(text) > MAX_LENGTH:
        message = f"the query is cut after {MAX_LENGTH:,} of its {len(text):,} characters"
        report("too-long", message, (MAX_LENGTH, len(text)))
        text = text[:MAX_LENGTH]
    return _balanced(_capped(_scan(text, report), report), len(text), report)


def _scan(text: str, report: Report) -> Iterator[Lexeme]:
    plain = _with_wildcards_told_apart(text)
    at = 0
    while match := _LEXEME.match(plain, at):
        lexeme = _lexeme(match, text, report)
        at = lexeme.end if lexeme else match.end()
        if lexeme:
            yield lexeme
        if lexeme and lexeme.kind is LexemeKind.FIELD and (value := _value(lexeme, text)):
            yield value
            at = value.end


def _with_wildcards_told_apart(text: str) -> str:
    """The text, as long as before: ？ as a wildcard made ?, and ? as a question mark a blank."""
    if "？" in text and not re.search(_SENTENCE_END, text):
        text = re.sub(r"(?<=\w)？(?=\w)", "?", text)
    if "?" in text:
        text = re.sub(r"\S+", _without_question_mark, text)
        is_sentence = re.search(_SENTENCE_END, text) and len(text.split()) >= 3
        if is_sentence and not re.search(_SYNTAX, text):
            text = re.sub(_QUESTION_MARK, " ", text)
    return text


def _without_question_mark(match: re.Match[str]) -> str:
    run = match[0].rstrip("?？!！。")
    end = match[0][len(run) :]
    return run + end.replace("?", " ") if end and re.search(f"[{CHINESE}]", run) else match[0]


def _lexeme(match: re.Match[str], text: str, report: Report) -> Lexeme | None:
    """The lexeme that begins where a match of `_LEXEME` does; None for a blank or punctuation."""
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
    """The phrase whose opening mark stands at `start`; unclosed, it runs to the end."""
    closing = _closing(text, start)
    if closing is None:
        message = f"quotation mark at column {start + 1} is not closed"
        report("unclosed-quote", message, (start, start + 1))
    inner = re.sub(_ESCAPE, r"\1", text[start + 1 : closing])
    return Lexeme(LexemeKind.PHRASE, inner, start, len(text) if closing is None else closing + 1)


def _closing(text: str, start: int) -> int | None:
    own, kin = _QUOTES[text[start]]
    fallback = None
    for mark in re.compile(_ESCAPE_OR_MARK).finditer(text, start + 1):
        if mark[0] in own:
            return mark.start()
        if fallback is None and mark[0] in kin:
            fallback = mark.start()
    return fallback


def _value(name: Lexeme, text: str) -> Lexeme | None:
    """The raw value behind the name of a filter field; None where ordinary syntax follows."""
    field = FIELDS[name.text]
    start = name.end
    if field not in FILTER_FIELDS:
        return None
    if field == "id" and (match := re.compile(_IDENTIFIER).match(text, start)):
        value = _path(match[0])
        return Lexeme(LexemeKind.WORD, value, start, start + len(value))
    if match := re.compile(_RANGE_VALUE).match(text, start):
        return Lexeme(LexemeKind.RANGE, match[0][1:-1], *match.span())
    if match := re.compile(_VALUE).match(text, start):
        return Lexeme(LexemeKind.WORD, match[0], *match.span())
    return None


def _path(text: str) -> str:
    """A path up to a closing parenthesis that it did not open, or to its boost: (id:a(1).md)^2."""
    depth = 0
    for end, character in enumerate(text):
        depth += (character in "(（") - (character in ")）")
        if depth < 0:
            text = text[:end]
            break
    return re.sub(rf"{_BOOST}\Z", "", text) or text


def _report_unknown_field(text: str, start: int, report: Report) -> None:
    """Say that a name is no field; not of one in capitals like none of ours: NOTE:this is prose."""
    match = re.compile(_UNKNOWN_FIELD).match(text, start)
    if match is None:
        return
    from difflib import get_close_matches

    name = match[1][:40]
    close = get_close_matches(name.lower(), filter(str.isascii, FIELDS), 1)
    if close or name.islower():
        hint = f"did you mean {close[0]}:?" if close else "taken as words"
        message = f"unknown field {name!r} at column {match.start() + 1}: {hint}"
        report("unknown-field", message, match.span())


def _capped(lexemes: Iterable[Lexeme], report: Report) -> Iterator[Lexeme]:
    clauses = 0
    for lexeme in lexemes:
        clauses += lexeme.kind in (LexemeKind.WORD, LexemeKind.PHRASE, LexemeKind.RANGE)
        if clauses > MAX_CLAUSES:
            message = f"the query is cut after {MAX_CLAUSES:,} clauses, {lexeme.place}"
            report("too-many-clauses", message, lexeme.span)
            return
        yield lexeme


def _balanced(lexemes: Iterable[Lexeme], end: int, report: Report) -> list[Lexeme]:
    """The lexemes, stray and too deep parentheses left out, missing ones added at the end."""
    balanced: list[Lexeme] = []
    opened: list[Lexeme] = []
    too_deep: Lexeme | None = None
    for lexeme in lexemes:
        if lexeme.kind is LexemeKind.OPEN:
            opened.append(lexeme)
            if len(opened) > MAX_DEPTH:
                too_deep = too_deep or lexeme
                continue
        elif lexeme.kind is LexemeKind.CLOSE:
            if not opened:
                message = f"parenthesis {lexeme.place} closes nothing"
                report("unmatched-parenthesis", message, lexeme.span)
                continue
            opened.pop()
            if len(opened) >= MAX_DEPTH:
                continue
        balanced.append(lexeme)
    if too_deep:
        message = f"parenthesis {too_deep.place} is deeper than {MAX_DEPTH} levels: left out"
        report("too-deep", message, too_deep.span)
    for lexeme in opened:
        message = f"parenthesis {lexeme.place} is not closed"
        report("unmatched-parenthesis", message, lexeme.span)
    return balanced + [Lexeme(LexemeKind.CLOSE, "", end, end)] * min(len(opened), MAX_DEPTH)
