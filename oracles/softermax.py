"""Golden values for softermax: an independent statement of the fixed-point rules in NumPy's int64, for any formats.

    python3 oracles/softermax.py          writes tests/oracles/softermax/restated.json

A hundred thousand rows a configuration would make large files, so scores come from a counter-based generator that any
language can state (splitmix64), and of the results (integers of powers, running pairs and outputs) a SHA-256 is kept.
The rules are those of README.md there, with the numbers of bits as parameters; 'minimax' lowers every line by half the
greatest distance of chord and curve, 'half_up' adds half of the last bit before every right shift.
"""
import hashlib
import json
import math
import os

import numpy as np

OUT = os.path.join(os.path.dirname(__file__), "..", "tests", "oracles", "softermax", "restated.json")
ROWS, LENGTH = 100_000, 24

BASE = dict(slice_width=16, segments=4, input=[6, 2], power=[1, 15], total=[10, 6], reciprocal=[1, 7], output=[1, 7],
            ceil=True, minimax=False, input_half_up=True, half_up=False)
CONFIGS = [
    dict(BASE),
    dict(BASE, ceil=False, slice_width=5),
    dict(BASE, input=[6, 6], slice_width=8),
    dict(BASE, input=[6, 6], minimax=True),
    dict(BASE, input=[5, 4], segments=8, power=[1, 11], total=[6, 8], reciprocal=[1, 9], output=[1, 10], slice_width=7),
    dict(BASE, half_up=True, input_half_up=False, slice_width=3),
    dict(BASE, input=[6, 1], segments=16, total=[4, 3], output=[0, 8], slice_width=32),
    dict(BASE, input=[7, 0], segments=1, ceil=False, power=[1, 6], total=[9, 9], reciprocal=[1, 3], output=[1, 15], slice_width=1),
]


def splitmix(n):
    with np.errstate(over="ignore"):
        z = (np.arange(1, n + 1, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def scores():
    """Multiples of 1/128 between -40 and 40, smaller in three rows of four; a seventh of the keys is masked, and every 64th row as a whole."""
    z = splitmix(ROWS * LENGTH).reshape(ROWS, LENGTH)
    x = (z % np.uint64(10241)).astype(np.int64) - 5120
    row = np.arange(ROWS)[:, None]
    x = x // (row % 4 + 1)
    mask = (((z >> np.uint64(32)) % np.uint64(7)) != 0) & (row % 64 != 63)
    return x / 128.0, mask


def table(curve, fraction_bits, config):
    n = config["segments"]
    code = lambda v: math.floor(v * 2.0 ** fraction_bits + 0.5)
    ends = [code(curve(s / n)) for s in range(n + 1)]
    starts = []
    for s in range(n):
        start = curve(s / n)
        if config["minimax"]:
            low, high = s / n, (s + 1) / n
            grid = np.linspace(low, high, 2_000_001)
            chord = start + (curve(high) - start) * (grid - low) / (high - low)
            start -= np.max(chord - curve(grid)) / 2
        starts.append(code(start))
    return np.array(starts), np.array([ends[s + 1] - ends[s] for s in range(n)])


def run(config, x, mask):
    k = int(math.log2(config["segments"]))
    (ia, f), u, d, r, o = config["input"], config["power"], config["total"], config["reciprocal"], config["output"]
    top = lambda fmt: 2 ** (fmt[0] + fmt[1]) - 1

    def shift(v, n):
        n = np.broadcast_to(np.asarray(n, dtype=np.int64), v.shape)
        if config["half_up"]:
            v = np.where(n > 0, v + (np.int64(1) << np.clip(n - 1, 0, 61)), v)
        return np.where(n > 62, 0, v >> np.clip(n, 0, 62))

    scaled = x * 2.0 ** f
    xi = np.clip(np.floor(scaled + (0.5 if config["input_half_up"] else 0)), -(2 ** (ia + f - 1)), 2 ** (ia + f - 1) - 1).astype(np.int64)
    p_start, p_rise = table(lambda v: 2.0 ** v, u[1], config)
    r_start, r_rise = table(lambda v: 1 / (1 + v), r[1], config)
    rows = len(x)
    powers = np.zeros_like(xi)
    own = np.zeros_like(xi)
    none = -(2 ** 40)
    m, total = np.full(rows, none), np.zeros(rows, dtype=np.int64)
    digest = hashlib.sha256()
    for start in range(0, LENGTH, config["slice_width"]):
        part = slice(start, min(LENGTH, start + config["slice_width"]))
        xs, ms = xi[:, part], mask[:, part]
        whole = (xs + (2 ** f - 1 if config["ceil"] else 0)) >> f
        local = np.where(ms, whole, none).max(1)
        seen = local > none
        t = xs - np.where(seen, local, 0)[:, None] * 2 ** f
        frac, n = t & (2 ** f - 1), t >> f
        if f <= k:
            v = p_start[frac << (k - f)]
        else:
            seg = frac >> (f - k)
            v = p_start[seg] + ((p_rise[seg] * (frac & (2 ** (f - k) - 1))) >> (f - k))
        w = np.where(ms, np.minimum(shift(v, np.where(ms, -n, 0)), top(u)), 0)
        powers[:, part], own[:, part] = w, np.where(seen, local, 0)[:, None]
        s = w.sum(1)
        drop = u[1] - d[1]
        s = np.minimum(shift(s, drop) if drop >= 0 else s << -drop, top(d))
        merged = np.maximum(m, local)
        old = np.where(m > none, shift(total, np.where((m > none) & seen, merged - m, 0)), 0)
        new = np.minimum(old + shift(s, np.where(seen, merged - local, 0)), top(d))
        total, m = np.where(seen, new, total), np.where(seen, merged, m)
        digest.update(np.where(m > none, m, -9999).astype("<i8").tobytes())
        digest.update(total.astype("<i8").tobytes())
    digest.update(powers.astype("<i8").tobytes())
    lead = np.array([int(v).bit_length() - 1 for v in total])
    p = np.maximum(lead, 0)
    g = total - (np.int64(1) << p)
    rest = p - k
    seg = np.where(rest > 0, g >> np.maximum(rest, 0), g << np.maximum(-rest, 0))
    seg = np.where(total > 0, seg, 0)
    left = np.where(rest > 0, g & ((np.int64(1) << np.maximum(rest, 0)) - 1), 0)
    rec = np.where(total > 0, r_start[seg] - ((-r_rise[seg] * left) >> np.maximum(rest, 0)), 0)
    again = shift(powers, np.where(mask, np.where(m > none, m, 0)[:, None] - own, 0))
    drop = (u[1] + r[1] - d[1] - o[1] + lead)[:, None]
    product = again * rec[:, None]
    y = np.where(drop >= 0, shift(product, np.maximum(drop, 0)), product << np.maximum(-drop, 0))
    y = np.where(mask & (total > 0)[:, None], np.minimum(y, top(o)), 0)
    digest.update(y.astype("<i8").tobytes())
    return digest.hexdigest(), int(y.sum())


if __name__ == "__main__":
    x, mask = scores()
    results = []
    for config in CONFIGS:
        sha, total = run(config, x, mask)
        results.append(dict(config, sha256=sha, output_total=total))
        print(config, sha[:12], total)
    with open(OUT, "w") as file:
        json.dump(dict(rows=ROWS, length=LENGTH, configs=results), file, indent=1)
        file.write("\n")
