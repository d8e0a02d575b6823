"""Random queries as trees, and ways to write each of them that must find the same articles."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final, NamedTuple

WORDS: Final = ("cotton", "harvest", "the", "cooperative", "棉花", "生产", "合作社", "人", "1953")
RARE: Final = ("xyzzy", "煤矿", "locomotive")
WILDCARDS: Final = (
    "*tion", "co*", "w?rk*", "*", "title:*", "author:*", "产*", "增?节约", "?业", "生*产", "*s",
    "m??e", "h*t", "body:*ing", "合*社",
)  # fmt: skip
OTHERS: Final = (
    '"the cotton"', '"生产"', "coton~1", "harvset~2", "生产合作~1", "title:cotton",
    '"mill cotton"~5', "cotton NEAR/5 harvest", "(cotton OR 棉花) NEAR m*", "生产 NEAR/3 人",
    "w* NEAR/2 c*", "date:1953", "lang:zh", "page:1",
)  # fmt: skip


class Node(NamedTuple):
    """A leaf with a ``text``, or the operator " AND ", " OR ", " " or "NOT " with its clauses."""

    text: str
    clauses: tuple[Node, ...] = ()


def random_tree(random: Random, depth: int = 3) -> Node:
    """Make a tree whose wildcards and leaves often exceed small limits."""
    if depth == 0 or random.random() < 0.25:
        leaves = random.choice((WORDS, WORDS, RARE, WILDCARDS, WILDCARDS, OTHERS))
        return Node(random.choice(leaves))
    operator = random.choice((" AND ", " OR ", " OR ", " ", "NOT "))
    count = 1 if operator == "NOT " else random.choice((2, 2, 3))
    return Node(operator, tuple(random_tree(random, depth - 1) for _ in range(count)))


def write(node: Node) -> str:
    """Write a tree in the plainest way."""
    if not node.clauses:
        return node.text
    if node.text == "NOT ":
        return f"NOT ({write(node.clauses[0])})"
    return node.text.join(f"({write(clause)})" for clause in node.clauses)


def rewrite(node: Node, random: Random, *, strict: bool) -> str:
    """Write a tree in any other way that must find the same articles.

    If not ``strict``, clauses side by side stay so, since AND is not relaxed.
    """
    text = _write_otherwise(node, random, strict=strict)
    for _ in range(random.choice((0, 0, 1, 2))):
        text = random.choice(_WRAPPERS)(text)
    return text


_WRAPPERS: Final[tuple[Callable[[str], str], ...]] = (
    "({})".format,
    "（{}）".format,
    "(({}))".format,
    "NOT (NOT ({}))".format,
    "NOT NOT ({})".format,
)


def _write_otherwise(node: Node, random: Random, *, strict: bool) -> str:
    operator, clauses = node
    if not clauses:
        return operator
    if operator == "NOT ":
        return f"NOT ({rewrite(clauses[0], random, strict=strict)})"
    shuffled = random.sample(clauses, len(clauses))
    if random.random() < 0.3:
        shuffled.append(random.choice(clauses))
    if len(shuffled) > 2 and random.random() < 0.3:  # (a AND b) AND c
        shuffled = [Node(operator, tuple(shuffled[:2])), *shuffled[2:]]
    if random.random() < 0.3 and (operator != " " or strict):
        dual = " OR " if operator != " OR " else " AND "
        parts = (f"NOT ({rewrite(clause, random, strict=strict)})" for clause in shuffled)
        return f"NOT ({dual.join(parts)})"
    return operator.join(f"({rewrite(clause, random, strict=strict)})" for clause in shuffled)
