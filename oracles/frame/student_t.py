"""Reference values for the verdict rule: Student's t distribution and confidence intervals of a mean.

The distribution function comes from SciPy. The quantiles come from mpmath with 40 digits, because those of SciPy 1.10 are off by up
to 1e-9 for few degrees of freedom (it gives 12.7062047364 for tan(0.475 pi) = 12.7062047362).

Writes tests/oracles/frame/student-t.csv (probability, degrees, quantile), student-t-cdf.csv (t, degrees, probability)
and intervals.csv (low, high, then the values). Run from the repository root: python3 oracles/frame/student_t.py
"""
import csv
import pathlib

import mpmath
import numpy
import scipy
from scipy import stats

mpmath.mp.dps = 40

folder = pathlib.Path("tests/oracles/frame")
folder.mkdir(parents=True, exist_ok=True)


def write(name, rows):
    with open(folder / name, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([[repr(float(x)) for x in row] for row in rows])


def quantile(p, degrees):
    """The root of F(t) = p, F(t) = 1/2 + sign(t)/2 (1 - I_{v/(v+t^2)}(v/2, 1/2))."""
    v, p = mpmath.mpf(degrees), mpmath.mpf(p)
    tail = min(p, 1 - p)
    low, high = mpmath.mpf(0), mpmath.mpf(10) ** 6
    for _ in range(150):
        t = (low + high) / 2
        if mpmath.betainc(v / 2, mpmath.mpf(1) / 2, 0, v / (v + t * t), regularized=True) / 2 > tail:
            low = t
        else:
            high = t
    return low if p > 0.5 else -low


degrees = [1, 2, 3, 4, 5, 7, 10, 30, 100, 1000]
write("student-t.csv", [[p, d, quantile(p, d)] for d in degrees for p in [0.025, 0.4, 0.6, 0.9, 0.95, 0.975, 0.995, 0.9999]])
write("student-t-cdf.csv", [[t, d, stats.t.cdf(t, d)] for d in degrees for t in [-8.0, -2.5, -0.3, 0.0, 0.1, 1.0, 3.0, 12.0]])

random = numpy.random.default_rng(1)
samples = [random.normal(loc, scale, n) for n in [3, 4, 5, 10, 50] for loc, scale in [(0, 1), (1e6, 1e-2), (-3, 1e3), (0.7, 0.01)]]
rows = []
for x in samples:
    half = float(quantile(0.975, len(x) - 1)) * stats.sem(x)
    rows.append([numpy.mean(x) - half, numpy.mean(x) + half, *x])
write("intervals.csv", rows)
print("scipy", scipy.__version__, "mpmath", mpmath.__version__)
