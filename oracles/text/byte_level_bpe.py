"""Byte-level BPE by its definition: GPT-2's pattern in Python's regex module, training by counting every pair anew at each step,
encoding by merging the lowest-ranked pair everywhere, round after round.

Run: /usr/bin/python3 oracles/text/byte_level_bpe.py   (Debian: python3-regex)
Writes tests/oracles/text/byte_level_bpe.json.
"""
import json
from collections import Counter

import regex

from samples import LINES, PROSE, all_texts

PATTERN = regex.compile(r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+""")


def byte_characters():
    printable = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    others = [b for b in range(256) if b not in printable]
    return {**{b: chr(b) for b in printable}, **{b: chr(256 + n) for n, b in enumerate(others)}}


CHARACTERS = byte_characters()
written = lambda piece: tuple(CHARACTERS[b] for b in piece.encode("utf-8"))


def replace(word, pair):
    i, out = 0, []
    while i < len(word):
        if word[i:i + 2] == pair:
            out.append(pair[0] + pair[1])
            i += 2
        else:
            out.append(word[i])
            i += 1
    return tuple(out)


def train(texts, size, minimum):
    words = Counter(written(piece) for text in texts for piece in PATTERN.findall(text))
    vocabulary = list(CHARACTERS.values())
    merges = []
    while len(vocabulary) < size:
        counts = Counter()
        for word, count in words.items():
            for pair in zip(word, word[1:]):
                counts[pair] += count
        if not counts:
            break
        best = min(counts, key=lambda p: (-counts[p], vocabulary.index(p[0]), vocabulary.index(p[1])))
        if counts[best] < minimum:
            break
        merges.append(best)
        if best[0] + best[1] not in vocabulary:
            vocabulary.append(best[0] + best[1])
        replaced = Counter()
        for word, count in words.items():
            replaced[replace(word, best)] += count
        words = replaced
    return vocabulary, merges


def encode(text, vocabulary, ranks):
    ids = []
    for piece in PATTERN.findall(text):
        word = written(piece)
        while True:
            known = [p for p in zip(word, word[1:]) if p in ranks]
            if not known:
                break
            word = replace(word, min(known, key=ranks.get))
        ids += [vocabulary[symbol] for symbol in word]
    return ids


corpus = LINES + PROSE.split("\n")
vocabulary, merges = train(corpus, 700, 2)
numbers = {token: n for n, token in enumerate(vocabulary)}
ranks = {}
for n, merge in enumerate(merges):
    ranks.setdefault(merge, n)
texts = all_texts()
with open("tests/oracles/text/byte_level_bpe.json", "w") as file:
    json.dump({
        "corpus": corpus, "vocabulary": vocabulary, "merges": [list(m) for m in merges], "texts": texts,
        "pieces": [PATTERN.findall(text) for text in texts], "ids": [encode(text, numbers, ranks) for text in texts],
    }, file)
print(len(vocabulary), len(merges))
