"""Which articles and which of their texts a search considers."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, NamedTuple, Self

from indexer.arguments import check_choice, check_date
from indexer.article import LanguageCode
from search.language import query
from search.plan.nodes import Filter

MatchMode = Literal["auto", "all", "any"]

_LANGUAGES: Final = ("en", "zh", None)
_MATCH_MODES: Final = ("auto", "all", "any")


class Selection(NamedTuple):
    """The options by which a search selects articles, besides its query.

    ``since`` and ``until``: the first and the last day, both included; None for no limit. ``lang``:
    search the texts of this language only; None for both. ``match``: whether an article must have
    "all" words of a query or "any" of them; "auto": all, or any if no article has all.
    """

    since: date | None = None
    until: date | None = None
    lang: LanguageCode | None = None
    match: MatchMode = "auto"

    def checked(self) -> Self:
        """Return the selection; raise TypeError or ValueError if a field has a wrong value."""
        check_date("since", self.since)
        check_date("until", self.until)
        check_choice("lang", self.lang, _LANGUAGES)
        check_choice("match", self.match, _MATCH_MODES)
        return self

    def filters(self) -> tuple[Filter, ...]:
        """The conditions that an article must fulfil, whatever the query."""
        filters: list[Filter] = []
        if self.since is not None or self.until is not None:
            filters.append(query.DateRange(self.since, self.until))
        if self.lang is not None:
            filters.append(query.LanguageFilter(self.lang))
        return (*filters,)
