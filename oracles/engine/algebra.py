"""Reference values of linear algebra, by PyTorch (float64 and complex128).

Run:  python3 oracles/engine/algebra.py tests/oracles/engine/algebra.npz
Needs Debian's python3-torch and python3-numpy. Eigenvectors and singular vectors are compared through functions that do not
depend on their signs.
"""
import sys

import numpy as np
import torch

from cases import arrays, case, complex_rnd, definite, rnd, symmetric

L = torch.linalg
case("solve", L.solve, rnd(1, 4, 4), rnd(2, 4, 3))
case("solve_batch", L.solve, rnd(1, 2, 1, 4, 4), rnd(2, 3, 4, 2))
case("solve_vector", L.solve, rnd(1, 4, 4), rnd(2, 4))
case("solve_one", L.solve, rnd(1, 1, 1), rnd(2, 1, 1))
case("solve_complex", L.solve, complex_rnd(1, 3, 3), complex_rnd(2, 3, 2))
tri = rnd(3, 2, 4, 4) + 3 * torch.eye(4)
case("triangular_lower", lambda a, b: L.solve_triangular(a, b, upper=False), tri, rnd(4, 2, 4, 3))
case("triangular_upper_unit", lambda a, b: L.solve_triangular(a, b, upper=True, unitriangular=True), tri, rnd(4, 2, 4, 3))
case("inverse", L.inv, rnd(1, 2, 4, 4))
case("inverse_complex", L.inv, complex_rnd(1, 3, 3))
case("cholesky", lambda a: L.cholesky(symmetric(a)), definite(5, 2, 4, 4))
case("cholesky_one", lambda a: L.cholesky(a), rnd(5, 1, 1, low=1, high=2))
case("cholesky_solve", lambda a, b: torch.cholesky_solve(b, L.cholesky(symmetric(a))), definite(5, 4, 4), rnd(6, 4, 2))
case("qr_tall", L.qr, rnd(7, 2, 5, 3))
case("qr_square", L.qr, rnd(7, 4, 4))
case("qr_wide", L.qr, rnd(7, 3, 5))


def svd(a):
    u, s, v = L.svd(a, full_matrices=False)
    return s, (u * s.unsqueeze(-2).exp()) @ v, u.abs(), v ** 2


for name, shape in [("tall", (2, 5, 3)), ("square", (4, 4)), ("wide", (3, 5)), ("column", (5, 1))]:
    case(f"svd_{name}", svd, rnd(8, *shape))
case("eigh", lambda a: (lambda w, v: (w, (v * w.exp().unsqueeze(-2)) @ v.transpose(-1, -2), v.abs()))(*L.eigh(symmetric(a))), rnd(9, 2, 4, 4))
case("eigh_complex", lambda a: (lambda w, v: (w, (v * w.exp().unsqueeze(-2)) @ v.mH))(*L.eigh((a + a.mH) / 2)), complex_rnd(9, 3, 3))
case("slogdet", L.slogdet, rnd(10, 2, 4, 4))
case("slogdet_complex", L.slogdet, complex_rnd(10, 3, 3), second=False)
case("logdet", torch.logdet, definite(10, 2, 4, 4))
case("det", L.det, rnd(10, 2, 4, 4))
case("det_complex", L.det, complex_rnd(10, 3, 3))
# PyTorch 1.13 gives no gradient here; the triple product does.
case("det_singular", lambda a: (a[0] * torch.cross(a[1], a[2], dim=0)).sum(), torch.tensor([[1.0, 2, 3], [2, 4, 6], [0, 1, 5]]), second=False)
case("matrix_exp", L.matrix_exp, rnd(11, 4, 4))
case("matrix_exp_scaled", L.matrix_exp, torch.stack([rnd(11, 3, 3) * 4, rnd(12, 3, 3) * 0.01]))
case("pinv_tall", L.pinv, rnd(13, 2, 5, 3))
case("pinv_wide", L.pinv, rnd(13, 3, 5))
case("matrix_power", lambda a: L.matrix_power(a, 5), rnd(14, 3, 3))
case("matrix_power_negative", lambda a: L.matrix_power(a, -2), rnd(14, 3, 3))
case("matrix_power_zero", lambda a: L.matrix_power(a, 0), rnd(14, 3, 3), first=False)
case("trace", torch.trace, rnd(15, 3, 5))
case("kron", torch.kron, rnd(16, 2, 3), rnd(17, 4, 1, 2))
np.savez_compressed(sys.argv[1], **arrays)
print(len(arrays), "arrays")
