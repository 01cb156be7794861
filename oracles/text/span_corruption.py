"""How many tokens T5 makes noise, in how many spans (NumPy's float32, rounding half to even), and inputs and targets for given masks.

Run: /usr/bin/python3 oracles/text/span_corruption.py   (Debian: python3-numpy)
Writes tests/oracles/text/span_corruption.json.
"""
import json
import random

import numpy as np


def counts(length, density, mean):
    noise = int(np.round(np.float32(length) * np.float32(density)))
    noise = min(max(noise, 1), length - 1)
    spans = max(int(np.round(np.float32(noise) / np.float32(mean))), 1)
    return noise, min(spans, length - noise)


def replaced(tokens, mask, sentinels):
    """T5's noise_span_to_unique_sentinel: the first token of each noise span becomes its sentinel, the others go."""
    previous = [False] + mask[:-1]
    out, number = [], 0
    for token, noise, before in zip(tokens, mask, previous):
        if noise and not before:
            out.append(sentinels[number])
            number += 1
        elif not noise:
            out.append(token)
    return out


rng = random.Random(5)
rows = [[length, density, mean, *counts(length, density, mean)] for density, mean in [(0.15, 3.0), (0.5, 3.0), (0.15, 10.0), (0.3, 1.0), (0.9, 1.5)] for length in range(2, 620)]
examples = []
for _ in range(60):
    n = rng.randrange(0, 40)
    mask = [rng.random() < 0.4 for _ in range(n)]
    tokens = [rng.randrange(1000) for _ in range(n)]
    sentinels = list(range(32099, 31999, -1))
    examples.append({"tokens": tokens, "mask": mask, "inputs": replaced(tokens, mask, sentinels), "targets": replaced(tokens, [not m for m in mask], sentinels)})
with open("tests/oracles/text/span_corruption.json", "w") as file:
    json.dump({"counts": rows, "examples": examples}, file)
