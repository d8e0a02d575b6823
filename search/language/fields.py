"""The field names of the query language, in English and Chinese."""

from __future__ import annotations

from typing import Final

# Fields whose value is text that is searched, and fields whose value restricts the articles.
TEXT_FIELD_NAMES: Final = ("title", "author", "column", "section", "body", "glossary")
FILTER_FIELD_NAMES: Final = ("date", "page", "lang", "id")

# The field for each name that a query may use.
FIELD_OF_NAME: Final = {name: name for name in (*TEXT_FIELD_NAMES, *FILTER_FIELD_NAMES)} | {
    "language": "lang", "edition": "page", "path": "id",
    "标题": "title", "標題": "title", "题目": "title", "題目": "title",
    "作者": "author", "专栏": "column", "專欄": "column", "栏目": "column", "欄目": "column",
    "版块": "section", "版名": "section", "正文": "body", "词汇": "glossary", "詞彙": "glossary",
    "版": "page", "版次": "page", "版面": "page", "日期": "date",
    "语言": "lang", "語言": "lang", "编号": "id", "編號": "id", "路径": "id", "路徑": "id",
}  # fmt: skip
