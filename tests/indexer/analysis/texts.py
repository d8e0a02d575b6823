"""Texts to analyze: real ones, and random ones with all of Unicode."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from hypothesis import strategies as st

from indexer.analysis.script import HAN

HAN_CHARACTER = re.compile(f"[{HAN}]")
SEEDS = Path(__file__).parents[3] / "seeds"

PARAGRAPHS = [
    line.strip()
    for file in sorted(SEEDS.glob("*.txt"))
    for line in file.read_text(encoding="utf-8").splitlines()
    if line.strip()
]
assert PARAGRAPHS, "no seeds"

SENTENCES = [
    *PARAGRAPHS,
    "第三纺织厂的女工们在五月份节约棉纱一千二百斤，节约用煤运动也超额完成了国家计划。",
    "　　【本报讯】卅名老矿工昨天参观了１９５３年新建的电站；他们说：“多出一度电，也是好的！”",
    "二○○一年，塞义德·阿里先生来到第七〇二研究所，\n人人都说：时时、处处、天天如此。",
    "華北紡織廠職工響應號召，增產節約，推廣先進經驗。",
    "東京からのお客さん々、カメラとｶﾞﾗｽを見る。",
    "The river county's coop sold 1,200 jin of cotton; Liu's brother didn't: he'd no cart.",
    "“Is it ‘Tʻien-chin’ or T’ien-chin?” asked Zoë Łukasz — the naïve coöperator’s cousin.",
    "DDT 喷雾器每亩用药2½公斤，①先洗手，⑵再洗脸。CO₂ and H₂O, 5㎏ or 5 kg, №7, Ⅳ号。",
    "Москва́ и Ёлка; Ωμέγα ΑΘΉΝΑ ᾳ; ﬁne ﬂour, STRASSE and Straße, İstanbul, ǆep, ŉ.",
    "한국어 문장, हिन्दी वाक्य, ไทยนี้, عَرَبِيّ, עִבְרִית.",
]

# Characters that folding and splitting may handle wrongly.
ODDITIES = (
    "々〆〇○卅㍿⑴①㈠㊀½²₂ﬁﬃİıßŉǆΩΩμµÅÅ㎏℃№…´¨￣ŀĿªᾳ"
    "ﾞﾟｶガが豈⼈丽𠀀𪚥乾乹後后著ー・㆒ㄅ"
    "\u0301\u0308\u20dd\ufe0f\U000e0100\u3099\u200b\u200d\u00ad\ufeff\u0345"
    "'’＇ʻʼ‘_＿-‐— \u3000\u00a0\n\r\t\x1c\x85\u2028\x00\ud800\udfff𝔸🄰한ᄒ"
)

characters = st.one_of(st.sampled_from(ODDITIES), st.characters())


@st.composite
def passages(draw: st.DrawFn) -> str:
    """A part of a real text."""
    sentence = draw(st.sampled_from(SENTENCES))
    start = draw(st.integers(0, len(sentence) - 1))
    return sentence[start : start + draw(st.integers(1, 60))]


texts = st.lists(
    st.one_of(
        passages(),
        st.text(characters, max_size=8),
        st.sampled_from(["'s", "’S ", "中 国", "中\n\u3000国", "a'sb", "  ", "1,953.5"]),
    ),
    max_size=6,
).map("".join)


def han_runs(max_size: int = 40) -> st.SearchStrategy[str]:
    """Runs of Han characters without blanks: rare and common ones, and real text."""
    real = st.sampled_from(re.findall(f"[{HAN}]+", "".join(SENTENCES)))
    common = "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生产节约增"
    drawn = st.one_of(
        st.sampled_from(common),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF, categories=["Lo"]),
        st.sampled_from("〇々ㄅかア㐀𠀀𪚥龦鿕鿖豈"),
    )
    return st.lists(st.one_of(real, st.text(drawn, max_size=max_size)), min_size=1, max_size=3).map(
        lambda parts: "".join(parts)[:200] or "中"
    )


def without(text: str, *names: str) -> str:
    """The text without the characters whose Unicode names begin with one of ``names``."""
    return "".join(c for c in text if not unicodedata.name(c, "").startswith(names))
