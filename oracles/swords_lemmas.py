"""NLTK's lemmas of every distinct (word, part of speech) of the Swords benchmark: tests/oracles/swords/nltk_lemmas.txt.

Needs Debian's python3-nltk and wordnet-base, and the benchmark's files: SCORCH_DATA=... python3 oracles/swords_lemmas.py
Words of the benchmark are not written, only how many there are and the checksum of their lines "word TAB part TAB lemma".
"""
import gzip
import hashlib
import json
import os
import tempfile

from nltk.corpus.reader.wordnet import WordNetCorpusReader

WORDNET = "/usr/share/wordnet"
PARTS = {"VERB": "v", "NOUN": "n", "ADJ": "a", "ADV": "r"}


def reader():
    # The package has no file of lexicographers' names, which lemmas do not need.
    folder = tempfile.mkdtemp()
    for name in os.listdir(WORDNET):
        os.symlink(os.path.join(WORDNET, name), os.path.join(folder, name))
    if not os.path.exists(os.path.join(folder, "lexnames")):
        with open(os.path.join(folder, "lexnames"), "w") as f:
            for i in range(45):
                f.write(f"{i:02d}\tname.{i}\t{1 + i % 4}\n")
    return WordNetCorpusReader(folder, None)


def main():
    wordnet = reader()
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "..", "tests", "oracles", "swords", "nltk_lemmas.txt"), "w") as out:
        out.write("# made by oracles/swords_lemmas.py: part, distinct (word, part of speech) pairs, SHA-256 of their lines in code point order\n")
        for part in ("dev", "test"):
            with gzip.open(os.path.join(os.environ["SCORCH_DATA"], "swords/assets/parsed", f"swords-v1.1_{part}.json.gz"), "rt", encoding="utf-8") as f:
                d = json.load(f)
            pairs = {(s["substitute"], PARTS.get(d["targets"][s["target_id"]]["pos"], "n")) for s in d["substitutes"].values()}
            pairs |= {(t["target"], PARTS.get(t["pos"], "n")) for t in d["targets"].values()}
            lines = []
            for word, pos in pairs:
                lemmas = wordnet._morphy(word, pos)
                lines.append(f"{word}\t{pos}\t{min(lemmas, key=len) if lemmas else word}\n")
            out.write(f"{part} {len(lines)} {hashlib.sha256(''.join(sorted(lines)).encode('utf-8')).hexdigest()}\n")


if __name__ == "__main__":
    main()
