"""Slots that are too common are dropped, unless nothing else remains to look for."""

from __future__ import annotations

import pytest

from search.engine.common_slots import without_common_slots
from search.plan.intervals import Alternatives, Interval, NearInterval, Pattern, Slot, SlotKind

COMMON = Slot(SlotKind.PREFIX, "")
RARE = Slot(SlotKind.TERM, "工")
ANY, WORD = Pattern((COMMON,), 1), Pattern((RARE,), 1)
MIXED = Pattern((COMMON, RARE._replace(offset=1)), 2)
SECOND = Pattern((RARE._replace(offset=1),), 2)
ONLY_COMMON = Pattern((COMMON, COMMON._replace(offset=1)), 2)


def near(left: Interval, right: Interval) -> NearInterval:
    return NearInterval(left, right, 3)


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (WORD, WORD),
        (ANY, ANY),
        (MIXED, SECOND),
        (ONLY_COMMON, None),
        (Alternatives((ANY, MIXED)), Alternatives((ANY, SECOND))),
        (Alternatives((ONLY_COMMON, WORD)), Alternatives((WORD,))),
        (Alternatives((ONLY_COMMON,)), None),
        (near(WORD, MIXED), near(WORD, SECOND)),
        (near(WORD, ANY), WORD),
        (near(ANY, ANY), None),
        (near(WORD, Alternatives((ANY, WORD))), WORD),
        (near(WORD, Alternatives((MIXED, WORD))), near(WORD, Alternatives((SECOND, WORD)))),
    ],
)
def test_common_slots_are_dropped(interval: Interval, expected: Interval | None) -> None:
    assert without_common_slots(interval, lambda slot: slot.kind is SlotKind.PREFIX) == expected
