"""BLEU (sacreBLEU's definition), ROUGE (rouge_score's definition), SQuAD answers and edit distance, restated from their public descriptions.

Run: /usr/bin/python3 oracles/text/metrics.py
Writes tests/oracles/text/metrics.json. Longest common subsequences and edit distances go by recursion; n-grams are tuples.
"""
import json
import math
import random
import re
import string
from collections import Counter
from functools import lru_cache

from samples import PROSE

rng = random.Random(11)


def tokenize_13a(line):
    line = line.rstrip().replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    for entity, mark in (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")):
        line = line.replace(entity, mark)
    line = f" {line} "
    line = re.sub(r"([\{-\~\[-\` -\&\(-\+\:-\@\/])", r" \1 ", line)
    line = re.sub(r"([^0-9])([\.,])", r"\1 \2 ", line)
    line = re.sub(r"([\.,])([^0-9])", r" \1 \2", line)
    line = re.sub(r"([0-9])(-)", r"\1 \2 ", line)
    return line.split()


def grams(words, n):
    return Counter(zip(*(words[i:] for i in range(n))))


def bleu(hypotheses, references):
    correct, total, ours, theirs = [0] * 4, [0] * 4, 0, 0
    for hypothesis, answers in zip(hypotheses, references):
        h, rs = tokenize_13a(hypothesis), [tokenize_13a(r) for r in answers]
        ours += len(h)
        theirs += min((abs(len(r) - len(h)), len(r)) for r in rs)[1]
        for n in range(4):
            most = Counter()
            for r in rs:
                most |= grams(r, n + 1)
            correct[n] += sum((grams(h, n + 1) & most).values())
            total[n] += sum(grams(h, n + 1).values())
    if not any(correct):
        return 0.0
    smooth, logs = 1, []
    for c, t in zip(correct, total):
        if t == 0:
            return 0.0
        if c == 0:
            smooth *= 2
        logs.append(math.log(100 * c / t if c else 100 / (smooth * t)))
    return (math.exp(1 - theirs / ours) if ours < theirs else 1) * math.exp(sum(logs) / 4)


def rouge_words(text):
    return tuple(w for w in re.sub(r"[^a-z0-9]+", " ", text.lower()).split(" ") if w)


def scores(correct, found, wanted):
    p, r = correct / found if found else 0, correct / wanted if wanted else 0
    return [p, r, 2 * p * r / (p + r) if p + r else 0]


def rouge(hypothesis, reference):
    h, r = rouge_words(hypothesis), rouge_words(reference)
    out = []
    for n in (1, 2):
        a, b = grams(h, n), grams(r, n)
        out.append(scores(sum((a & b).values()), sum(a.values()), sum(b.values())))

    @lru_cache(None)
    def common(i, j):
        if i == len(h) or j == len(r):
            return 0
        return 1 + common(i + 1, j + 1) if h[i] == r[j] else max(common(i + 1, j), common(i, j + 1))

    return out + [scores(common(0, 0), len(h), len(r))]


def squad(text):
    text = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def squad_f1(answer, truth):
    a, b = squad(answer).split(), squad(truth).split()
    if not a or not b:
        return float(a == b)
    return scores(sum((Counter(a) & Counter(b)).values()), len(a), len(b))[2]


def distance(a, b):
    @lru_cache(None)
    def d(i, j):
        if i == 0 or j == 0:
            return i + j
        return min(d(i - 1, j) + 1, d(i, j - 1) + 1, d(i - 1, j - 1) + (a[i - 1] != b[j - 1]))

    return d(len(a), len(b))


def noisy(words):
    out = []
    for word in words:
        u = rng.random()
        if u < 0.75:
            out.append(word)
        elif u < 0.85:
            out.append(rng.choice(words))
        elif u < 0.9:
            out += [word, word.upper()]
    return out


lines = [line for line in PROSE.split("\n")] + ["Prices rose 3.5%, to $1,200.50 (from 1,150-1,170); \"why?\" &amp; &quot;how&quot;.", "1-2 a.b,c 3.x x.3 -\nbroken A-B_c/d"]
references = [[line, " ".join(noisy(line.split()))] for line in lines]
hypotheses = [" ".join(noisy(line.split())) for line in lines]
answers = [("The Eiffel Tower!", "eiffel tower"), ("a the an", ""), ("", ""), ("In 1999, a war", "the War of 1999"), ("co-operation $5", "cooperation 5"),
           ("theatre an hour", "theatre hour"), ("x", ""), ("Zoë's café", "zoë’s café"), ("one two two", "two two three")]
words = ["kitten", "sitting", "", "flaw", "lawn", "naïve", "naive", "😀a", "a😀", "intention", "execution"]
cases = [(hypotheses, references), (hypotheses, [[r[0]] for r in references]), (["the cat"], [["the cat sat on the mat"]]), (["x y z w v"], [["a b c d e"]]),
         (["the big cat runs far away"], [["the big dog runs near home"]]), (["a b c"], [["a b c"]]), (["the the the the the"], [["the cat the dog the"]])]
with open("tests/oracles/text/metrics.json", "w") as file:
    json.dump({
        "tokenized": [[line, tokenize_13a(line)] for line in lines + hypotheses],
        "bleu": [{"hypotheses": h, "references": r, "score": bleu(h, r)} for h, r in cases],
        "rouge": [{"hypothesis": h, "reference": r[0], "scores": rouge(h, r[0])} for h, r in zip(hypotheses + ["", "a b"], references + [["a"], [""]])],
        "squad": [{"answer": a, "truth": t, "normal": squad(a), "exact": squad(a) == squad(t), "f1": squad_f1(a, t)} for a, t in answers],
        "distance": [[a, b, distance(a, b)] for a in words for b in words],
    }, file)
