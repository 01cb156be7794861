"""Writes src/Scorch.Language/Swords/Sample: a tiny benchmark in the official JSON form, made for this repository.

Sentences, substitutes and judgements are invented; the ids are computed here with Python's own json and hashlib, so that reading
the files back in C# checks them. Beside it: the same targets judged by a second invented group, a thesaurus, cached answers, and a
dictionary in WordNet's file format with just these words.
"""
import hashlib
import json
import os

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src", "Scorch.Language", "Swords", "Sample")

# text, target, part of speech, lemma, {substitute: (source, votes of the first group, votes of the second)}, of 10 (or of 3 where 0)
TARGETS = [
    ("The method reads large files and keeps the order of their lines.", "large", "ADJ", "large",
     {"big": ("coinco", 9, 8), "huge": ("coinco", 6, 7), "great": ("roget", 3, 2), "bulky": ("roget", 4, 2), "wide": ("roget", 1, 0), "tall": ("roget", 0, 1)}),
    ("She kept the results in one small folder, and nothing was lost.", "kept", "VERB", "keep",
     {"store": ("coinco", 8, 9), "hold": ("coinco", 6, 5), "save": ("roget", 7, 8), "retain": ("roget", 3, 4), "own": ("roget", 0, 1), "celebrate": ("roget", 0, 0)}),
    ("A test fails quickly when the answers differ.", "quickly", "ADV", "quickly",
     {"fast": ("coinco", 7, 6), "rapidly": ("roget", 8, 9), "soon": ("roget", 2, 3), "promptly": ("coinco", 4, 6), "speedily": ("roget", 5, 4)}),
    ("The authors describe an easy way\tto train the network.\nIt needs no data.", "way", "NOUN", "way",
     {"method": ("coinco", 9, 10), "manner": ("roget", 6, 5), "means": ("roget", 5, 6), "road": ("roget", 0, 0), "path": ("roget", 1, 1), "ways": ("roget", 2, 0)}),
    ("Both programs begin with the same seed.", "begin", "VERB", "begin",
     {"start": ("coinco", 10, 10), "commence": ("roget", 7, 6), "open": ("roget", 1, 2), "found": ("roget", 0, 0)}),
    ("The page shows a brief table of numbers \U0001F600 and a figure.", "figure", "NOUN", "figure",
     {"picture": ("coinco", 7, 8), "chart": ("coinco", 8, 6), "shape": ("roget", 1, 0), "body": ("roget", 0, 0), "graph": ("roget", 6, 7)}),
]


def checksum(value):
    return hashlib.sha1(json.dumps(value, sort_keys=True).encode("utf-8")).hexdigest()


def labels(votes, order):
    if votes == 0:
        return ["FALSE"] * 3
    result = ["TRUE"] * votes + ["FALSE"] * (10 - votes)
    if votes == 3:
        result[-1] = "UNSURE"
    return result[order:] + result[:order]


def benchmark(group):
    d = {"contexts": {}, "targets": {}, "substitutes": {}, "substitutes_lemmatized": True, "substitute_labels": {}}
    for text, word, pos, lemma, candidates in TARGETS:
        cid = "c:" + checksum({"context": text})
        d["contexts"][cid] = {"context": text, "extra": {"made_for": "this repository"}}
        offset = text.index(word)
        tid = "t:" + checksum({"context_id": cid, "target": word.lower(), "offset": offset, "pos": pos})
        d["targets"][tid] = {"context_id": cid, "target": word, "offset": offset, "pos": pos, "extra": {"coinco_lemma": lemma}}
        for i, (substitute, (source, *votes)) in enumerate(candidates.items()):
            sid = "s:" + checksum({"target_id": tid, "substitute": substitute.lower()})
            d["substitutes"][sid] = {"target_id": tid, "substitute": substitute, "extra": {"sources": [source]}}
            d["substitute_labels"][sid] = labels(votes[group], i % 3)
    return d


def write_json(name, value):
    with open(os.path.join(OUT, name), "w", encoding="utf-8") as f:
        json.dump(value, f, indent=1)
        f.write("\n")


def main():
    os.makedirs(os.path.join(OUT, "wordnet"), exist_ok=True)
    first = benchmark(0)
    write_json("benchmark.json", first)
    write_json("benchmark-again.json", benchmark(1))

    answers = {}
    for tid, target in first["targets"].items():
        words = [s["substitute"] for s in first["substitutes"].values() if s["target_id"] == tid]
        answers[tid] = {"drilldown": {"suggestions": [{"suggestion": w, "score": 1 / (i + 1)} for i, w in enumerate(words[::2] + ["thing"])]}}
    write_json("answers.json", answers)

    short = {"NOUN": "n", "VERB": "v", "ADJ": "adj", "ADV": "adv"}
    with open(os.path.join(OUT, "thesaurus.jsonl"), "w", encoding="utf-8") as f:
        for text, word, pos, lemma, candidates in TARGETS:
            for number, words in enumerate((list(candidates)[1::2], list(candidates)[::-2]), 1):
                f.write(json.dumps({"lemma": lemma, "pos": f"{short[pos]}{number}", "synonyms": words + ["whatsit"]}) + "\n")

    words = {part: set() for part in short}
    for text, word, pos, lemma, candidates in TARGETS:
        words[pos] |= {lemma} | {w for w in candidates if w != "ways"}
    words["VERB"] |= {"read", "stop", "sing", "put", "be", "take"}
    words["NOUN"] |= {"child", "city", "box", "thing", "woman", "glass"}
    words["ADJ"] |= {"good", "easy", "nice"}
    exceptions = {
        "NOUN": {"children": ["child"], "women": ["woman"]},
        "VERB": {"kept": ["keep"], "held": ["hold"], "began": ["begin"], "begun": ["begin"], "beginning": ["begin"], "sang": ["sing"], "sung": ["sing"],
                 "stopped": ["stop"], "stopping": ["stop"], "taken": ["take"], "took": ["take"], "was": ["be"], "been": ["be"], "is": ["be"]},
        "ADJ": {"bigger": ["big"], "biggest": ["big"], "better": ["good"], "best": ["good"]},
        "ADV": {"faster": ["fast"]},
    }
    files = {"NOUN": ("noun", "n"), "VERB": ("verb", "v"), "ADJ": ("adj", "a"), "ADV": ("adv", "r")}
    for pos, (suffix, letter) in files.items():
        with open(os.path.join(OUT, "wordnet", "index." + suffix), "w") as f:
            f.write("  1 A small dictionary in WordNet's file format, made for this repository.  \n")
            for i, word in enumerate(sorted(words[pos]), 1):
                f.write(f"{word} {letter} 1 0 1 0 {i:08d}  \n")
        with open(os.path.join(OUT, "wordnet", suffix + ".exc"), "w") as f:
            for form, lemmas in sorted(exceptions[pos].items()):
                f.write(" ".join([form] + lemmas) + "\n")


if __name__ == "__main__":
    main()
