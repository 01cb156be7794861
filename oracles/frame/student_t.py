"""Reference values for the verdict rule: Student's t distribution and confidence intervals of a mean, by SciPy.

Writes tests/oracles/frame/student-t.csv (probability, degrees, quantile), student-t-cdf.csv (t, degrees, probability)
and intervals.csv (low, high, then the values). Run from the repository root: python3 oracles/frame/student_t.py
"""
import csv
import pathlib

import numpy
import scipy
from scipy import stats

folder = pathlib.Path("tests/oracles/frame")
folder.mkdir(parents=True, exist_ok=True)


def write(name, rows):
    with open(folder / name, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([[repr(float(x)) for x in row] for row in rows])


degrees = [1, 2, 3, 4, 5, 7, 10, 30, 100, 1000]
write("student-t.csv", [[p, d, stats.t.ppf(p, d)] for d in degrees for p in [0.025, 0.4, 0.6, 0.9, 0.95, 0.975, 0.995, 0.9999]])
write("student-t-cdf.csv", [[t, d, stats.t.cdf(t, d)] for d in degrees for t in [-8.0, -2.5, -0.3, 0.0, 0.1, 1.0, 3.0, 12.0]])

random = numpy.random.default_rng(1)
samples = [random.normal(loc, scale, n) for n in [3, 4, 5, 10, 50] for loc, scale in [(0, 1), (1e6, 1e-2), (-3, 1e3), (0.7, 0.01)]]
rows = []
for x in samples:
    low, high = stats.t.interval(0.95, len(x) - 1, loc=numpy.mean(x), scale=stats.sem(x))
    rows.append([low, high, *x])
write("intervals.csv", rows)
print("scipy", scipy.__version__)
