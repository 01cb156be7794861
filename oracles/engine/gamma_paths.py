"""How gamma draws move with their concentration: exact derivatives by mpmath, PyTorch's own approximation, and SciPy's quantiles.

Run:  python3 oracles/engine/gamma_paths.py tests/oracles/engine/gamma_paths.npz
Needs Debian's python3-torch, python3-scipy, python3-mpmath. Arrays, one element a point: a (concentration), x (draw), slope = dx/da at a fixed
level of the distribution function, bend = the derivative of slope by a at fixed x, torch = torch._standard_gamma_grad (about 3 digits),
quantile = central difference of scipy.special.gammaincinv (about 6 digits; NaN in the far tails).
"""
import sys

import mpmath as mp
import numpy as np
import torch
from scipy import special

mp.mp.dps = 40
levels = [1e-6, 0.01, 0.2, 0.5, 0.9, 0.999, 1 - 1e-9]
a = np.repeat([0.02, 0.3, 0.9, 1.0, 1.7, 5.0, 30.0, 400.0, 20000.0], len(levels))
x = special.gammaincinv(a, np.tile(levels, len(a) // len(levels)))
keep = x > 1e-290
a, x = a[keep], x[keep]


def slope(c, v):
    density = v ** (c - 1) * mp.exp(-v) / mp.gamma(c)
    # The smaller tail, so that the difference quotient keeps its digits.
    if v < c:
        return -mp.diff(lambda t: mp.gammainc(t, 0, v, regularized=True), c) / density
    return mp.diff(lambda t: mp.gammainc(t, v, mp.inf, regularized=True), c) / density


slopes = np.array([float(slope(mp.mpf(c), mp.mpf(v))) for c, v in zip(a, x)])
small = a < 1000
bends = np.full(len(a), np.nan)
bends[small] = [float(mp.diff(lambda t: slope(t, mp.mpf(v)), mp.mpf(c))) for c, v in zip(a[small], x[small])]
u = special.gammainc(a, x)
h = 1e-5 * a
quantile = (special.gammaincinv(a + h, u) - special.gammaincinv(a - h, u)) / (2 * h)
quantile[(u > 1 - 1e-4) | (u < 1e-4)] = np.nan
np.savez_compressed(sys.argv[1], a=a, x=x, slope=slopes, bend=bends, quantile=quantile,
                    torch=torch._standard_gamma_grad(torch.from_numpy(a), torch.from_numpy(x)).numpy())
print(len(a), "points")
