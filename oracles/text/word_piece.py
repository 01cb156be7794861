"""BERT's tokenisation by Google's description, with Python's str.lower and unicodedata.

Run: /usr/bin/python3 oracles/text/word_piece.py
Writes tests/oracles/text/word_piece.json. The vocabulary is made here: single characters, then words and word parts of the samples.
"""
import json
import unicodedata
from collections import Counter

from samples import all_texts

category = unicodedata.category


def is_ideograph(c):
    o = ord(c)
    return any(a <= o <= b for a, b in [(0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
                                        (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)])


def is_punctuation(c):
    return 33 <= ord(c) <= 47 or 58 <= ord(c) <= 64 or 91 <= ord(c) <= 96 or 123 <= ord(c) <= 126 or category(c).startswith("P")


def basic(text, lower):
    cleaned = ""
    for c in text:
        if c in " \t\n\r" or category(c) == "Zs":
            cleaned += " "
        elif ord(c) in (0, 0xFFFD) or category(c) in ("Cc", "Cf"):
            continue
        else:
            cleaned += f" {c} " if is_ideograph(c) else c
    words = []
    for token in cleaned.split():
        if lower:
            token = "".join(c for c in unicodedata.normalize("NFD", token.lower()) if category(c) != "Mn")
        words += "".join(f" {c} " if is_punctuation(c) else c for c in token).split()
    return words


def pieces(word, vocabulary):
    if len(word) > 100:
        return ["[UNK]"]
    out, rest = [], word
    while rest:
        prefix = "##" if out else ""
        fitting = [n for n in range(len(rest), 0, -1) if prefix + rest[:n] in vocabulary]
        if not fitting:
            return ["[UNK]"]
        out.append(prefix + rest[:fitting[0]])
        rest = rest[fitting[0]:]
    return out


texts = all_texts()
record = {"texts": texts}
for name, lower in (("uncased", True), ("cased", False)):
    words = Counter(word for text in texts for word in basic(text, lower))
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = Counter(c for word in words for c in word)
    # every fifth rare character stays unknown
    known = [c for n, c in enumerate(sorted(letters)) if letters[c] > 2 or n % 5]
    parts = Counter()
    for word, count in words.items():
        for i in range(len(word)):
            for j in range(i + 2, min(i + 7, len(word)) + 1):
                parts[("##" if i else "") + word[i:j]] += count
    vocabulary += known + ["##" + c for c in known]
    vocabulary += [part for part, _ in sorted(parts.items(), key=lambda p: (-p[1], p[0]))[:500]]
    vocabulary += [w for w, n in sorted(words.items(), key=lambda p: (-p[1], p[0])) if n > 1]
    vocabulary = list(dict.fromkeys(vocabulary))
    number = {token: n for n, token in enumerate(vocabulary)}
    record[name] = {"vocabulary": vocabulary, "words": [basic(text, lower) for text in texts],
                    "ids": [[number[p] for word in basic(text, lower) for p in pieces(word, number)] for text in texts]}
    print(name, len(vocabulary))
with open("tests/oracles/text/word_piece.json", "w") as file:
    json.dump(record, file)
