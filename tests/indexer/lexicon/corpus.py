"""Small parallel corpora made by hand, and tables learnt from them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path

from indexer.analysis import Analyzer
from indexer.codec.container import Container
from indexer.codec.container_writer import ContainerWriter
from indexer.lexicon import BeadText, TranslationTables, train

SENTENCES = (
    ("工人增产节约。", "The workers increase production and practise economy."),
    ("增产节约运动开始了。", "The campaign to increase production and practise economy began."),
    (
        "农民支援增产节约运动。",
        "The peasants support the campaign to increase production and economy.",
    ),
    ("工人支援农民。", "The workers support the peasants."),
    ("天津的工人开始罢工。", "The workers of Tianjin began a strike."),
    ("农民在天津。", "The peasants are in Tianjin."),
    ("天津的学校开学了。", "The schools of Tianjin opened."),
    ("学生支援工人。", "The students support the workers."),
    ("学校的学生很多。", "The school has many students."),
    ("农民的生活改善了。", "The life of the peasants improved."),
    ("学生的生活改善了。", "The life of the students improved."),
    ("李德全访问学校。", "Madame Li Teh-chuan visited the schools."),
    ("李德全访问天津。", "Madame Li Teh-chuan visited Tianjin."),
    ("工人欢迎李德全。", "The workers welcomed Madame Li Teh-chuan."),
    ("学生欢迎工人。", "The students welcomed the workers."),
    ("农民访问学校。", "The peasants visited the schools."),
    ("联合国的运动。", "The campaign of the United Nations."),
    ("学生访问联合国。", "The students visited the United Nations."),
    ("联合国欢迎农民。", "The United Nations welcomed the peasants."),
)


def beads(sentences: Iterable[tuple[str, str]] = SENTENCES) -> list[BeadText]:
    """Beads of sentences, one for each year from 1950 on."""
    return [
        BeadText(chinese, english, datetime.date(1950 + number, 1, 1), f"{number}.txt")
        for number, (chinese, english) in enumerate(sentences)
    ]


def learn(
    folder: Path, texts: Iterable[BeadText], glossary: Sequence[tuple[str, str]] = ()
) -> TranslationTables:
    """Learn tables from beads, write them, and open the file."""
    path = folder / "lexicon"
    with ContainerWriter(path) as out:
        train(texts, glossary, Analyzer()).write(out)
    return TranslationTables(Container(path))
