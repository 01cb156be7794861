"""The first 600 merges of tiny-shakespeare by counting every pair anew at each step, and the ids of its last lines.

Run: SCORCH_DATA=<data folder> /usr/bin/python3 oracles/text/bpe_shakespeare.py   (Debian: python3-regex; takes a minute)
Writes tests/oracles/text/bpe_shakespeare.json.
"""
import json
import os

from byte_level_bpe import encode, train

with open(os.path.join(os.environ["SCORCH_DATA"], "tiny-shakespeare", "input.txt"), newline="") as file:
    text = file.read()
vocabulary, merges = train([text], 856, 2)
ranks = {merge: n for n, merge in enumerate(merges)}
ids = encode(text[-20000:], {token: n for n, token in enumerate(vocabulary)}, ranks)
with open("tests/oracles/text/bpe_shakespeare.json", "w") as file:
    json.dump({"merges": [list(m) for m in merges], "ids": ids}, file)
