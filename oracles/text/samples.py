"""Texts that the oracle scripts tokenise: real English, many scripts, and what tends to break tokenisers."""
import random

LINES = [
    "Hello, world! It's what we've got; they'll say I'm wrong, he'd agree: 'sup?",
    "  leading and   many    spaces\tand\ttabs\n\nlines\r\nof text   ",
    "DON'T shout'S IT'S 1,234.56 + 7e-3 = $5 (50%) [a]_{b}^c ~`@#&*|\\/<>\"",
    "Ein schöner Überfluß: ÄÖÜ ßẞ — naïve café Ångström ﬁne ½ ② Ⅳ ™ ª",
    "Cafe\u0301 A\u030a\u0323 e\u0323\u0302 \u1e9b\u0323 Zalgo t\u0300\u0301\u0302e\u0316\u0317xt",
    "ΑΒΓ Σίσυφος ΟΔΥΣΣΕΥΣ Σ ΑΣ. ΑΣΑ Σ' ΟΔΟΣ’Σ",
    "Съешь же ещё этих мягких французских булок, да выпей чаю Ё Й",
    "İstanbul'da IĞDIR ılık ŞEKER Çay",
    "東京タワーへ行きました。漢字とかなカナ、ﾊﾝｶｸ全角ＡＢＣ１２３　終",
    "한국어 문장을 토큰으로 자릅니다. ㅎㅏㄴ \u1112\u1161\u11ab",
    "中文没有空格，所以每个字都是一个词。𠀀𪚥 㐂",
    "हिन्दी में लिखा हुआ वाक्य और தமிழ் สวัสดีครับ",
    "اللغة العربية: مُحَمَّد ١٢٣ ؟ עִבְרִית",
    "Emoji 😀👩‍👩‍👧‍👦 🇩🇪 ❤️ 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \U0001F3F4\U000E0067\U000E007F",
    "zero\u200bwidth soft\u00adhyphen nb\u00a0space \u2003em\u2009thin \u2028line\u2029para \ufeffbom \ufffd x\u0085y \x1c\x1f",
    "control \x00\x01\x07\x0b\x0c chars \x7f\x9f",
    "a", " ", "", "\n", "   ", "'", "''s", "' s", "'re're", "x  y", "x \n y", "\u3000", "▁▁ under ▁bar▁",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "https://example.org/a?b=c&d=%20#frag user@mail.example C:\\path\\file.txt x=>y!=z",
    "[CLS] a [MASK] b [SEP] <s> </s> <unk> <|endoftext|>",
    "ŉ ǰ ΐ ﬀ ﬗ Ⅷ ⅳ ㍿ ㎏ ｱ ﾞ ゛ ℻ ① ⒈ ㈱ ﷺ … ‥ ′ ″ ﹏ ＿",
]

PROSE = """It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, it was the epoch
of belief, it was the epoch of incredulity, it was the season of Light, it was the season of Darkness, it was the spring of hope, it was
the winter of despair, we had everything before us, we had nothing before us, we were all going direct to Heaven, we were all going direct
the other way - in short, the period was so far like the present period, that some of its noisiest authorities insisted on its being
received, for good or for evil, in the superlative degree of comparison only. There were a king with a large jaw and a queen with a plain
face, on the throne of England; there were a king with a large jaw and a queen with a fair face, on the throne of France. In both countries
it was clearer than crystal to the lords of the State preserves of loaves and fishes, that things in general were settled for ever."""


def scrambled(count, seed):
    """Random strings of awkward characters."""
    rng = random.Random(seed)
    pools = ["abcdefgh", " \t\n", "'strevmld", "0123456789", ".,;!?-()", "äöüéñç", "ΑΣσς", "Жжё", "漢字かな", "한글", "\u0301\u0323\u200d", "😀𝔘𠀀", "ＡＢ１ﾊﾞ"]
    return ["".join(rng.choice(rng.choice(pools)) for _ in range(rng.randrange(1, 40))) for _ in range(count)]


def all_texts():
    return LINES + PROSE.split("\n") + scrambled(200, 7)
