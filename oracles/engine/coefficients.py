"""Prints the coefficients of src/Scorch/Kernels/VectorMath.cs: polynomials fitted with nearly equal errors (Lawson's weights).

erf x = x P(x^2) for |x| < 1 and 1 - exp(-x^2) Q(1 / (1 + x / 2)) from there; the second form with more terms serves all x >= 0.
exp r = 1 + r + r^2 P(r) for |r| <= ln 2 / 2, log(1 + m) = m - m^2 / 2 + m^3 P(m) for m in [-1/4, 1/2], both fitted by relative error.
Those of sin and tanh in float32 are Cephes's (Moshier).
"""
import numpy as np
import scipy.special as special


def fit(function, low, high, degree, weight=None, points=2000):
    z = (low + high) / 2 + (high - low) / 2 * np.cos(np.pi * (np.arange(points) + 0.5) / points)
    powers, values = np.vander(z, degree + 1), function(z)
    scale = np.ones_like(z) if weight is None else weight(z)
    lawson = np.ones_like(z)
    for _ in range(60):
        root = scale * np.sqrt(lawson)
        coefficients, *_ = np.linalg.lstsq(powers * root[:, None], values * root, rcond=None)
        error = np.abs((powers @ coefficients - values) * scale)
        lawson *= error / error.max() + 1e-3
        lawson /= lawson.mean()
    return error.max(), [float(c) for c in coefficients]


def scaled_complement(t):
    return special.erfcx((1 / t - 1) / 0.5)


def decay(t):
    return np.exp(-((1 / t - 1) / 0.5) ** 2)


print("erf(x)/x by x^2, |x| < 1:", fit(lambda z: special.erf(np.sqrt(z)) / np.sqrt(z), 1e-12, 1, 6))
print("exp(x^2) erfc(x) by 1/(1 + x/2), x in [0.9, 4.2]:", fit(scaled_complement, 1 / 3.1, 1 / 1.45, 5, decay))
print("the same, x in [0, 5.5]:", fit(scaled_complement, 1 / 3.75, 1, 7, decay))


def exponential_rest(r):
    series = 1 / 2 + r / 6 + r**2 / 24 + r**3 / 120
    return np.where(np.abs(r) < 1e-3, series, (np.exp(r) - 1 - r) / np.where(r == 0, 1, r**2))


def logarithm_rest(m):
    m = m.astype(np.longdouble)
    series = sum((-m) ** k / (k + 3) for k in range(12))
    return np.where(np.abs(m) < 0.02, series, (np.log1p(m) - m + m**2 / 2) / np.where(m == 0, 1, m**3)).astype(float)


bound = np.log(2) / 2 * 1.001
print("exp:", fit(exponential_rest, -bound, bound, 4, lambda r: r**2 / np.exp(r), 4000))
print("log:", fit(logarithm_rest, -0.25, 0.5, 7, lambda m: np.abs(m**3 / np.log1p(m)), 4000))
