"""Reference values of linear algebra, by PyTorch (float64 and complex128).

Run:  python3 oracles/engine/algebra.py tests/oracles/engine/algebra.npz
Needs Debian's python3-torch, python3-scipy and python3-numpy. Eigenvectors and singular vectors are compared through functions that do not
depend on their signs.
"""
import torch

from cases import case, cases, complex_rnd, definite, rnd, save, symmetric

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
case("det_singular", lambda a: (a[0] * torch.cross(a[1], a[2], dim=0)).sum(), torch.tensor([[1.0, 2, 3], [2, 4, 6], [0, 1, 5]]))
case("matrix_exp", L.matrix_exp, rnd(11, 4, 4))
case("matrix_exp_scaled", L.matrix_exp, torch.stack([rnd(11, 3, 3) * 4, rnd(12, 3, 3) * 0.01]))
case("pinv_tall", L.pinv, rnd(13, 2, 5, 3))
case("pinv_wide", L.pinv, rnd(13, 3, 5))
case("matrix_power", lambda a: L.matrix_power(a, 5), rnd(14, 3, 3))
case("matrix_power_negative", lambda a: L.matrix_power(a, -2), rnd(14, 3, 3))
case("matrix_power_zero", lambda a: L.matrix_power(a, 0), rnd(14, 3, 3), first=False)
case("trace", torch.trace, rnd(15, 3, 5))
case("kron", torch.kron, rnd(16, 2, 3), rnd(17, 4, 1, 2))
# More sizes of each: one by one, a prime, a batch of batches, none.
cases("inverse@more", L.inv, (rnd(21, 1, 1),), (rnd(22, 7, 7) + 3 * torch.eye(7),), (rnd(23, 2, 1, 3, 3) + 2 * torch.eye(3),), (rnd(23, 0, 3, 3),))
cases("cholesky@more", lambda a: L.cholesky(symmetric(a)), (definite(22, 7, 7),), (definite(23, 2, 1, 3, 3),))
cases("triangular_lower@more", lambda a, b: L.solve_triangular(a, b, upper=False), (rnd(24, 1, 1) + 3, rnd(25, 1, 1)), (rnd(24, 5, 5) + 5 * torch.eye(5), rnd(25, 2, 5, 3)))
cases("triangular_upper", lambda a, b: L.solve_triangular(a, b, upper=True), (rnd(24, 3, 3) + 3 * torch.eye(3), rnd(25, 3, 1)), (rnd(24, 2, 2, 2) + 3 * torch.eye(2), rnd(25, 2, 2, 5)))
cases("cholesky_solve@more", lambda a, b: torch.cholesky_solve(b, L.cholesky(symmetric(a))), (definite(24, 1, 1), rnd(25, 1, 2)), (definite(24, 2, 3, 3), rnd(25, 2, 3, 1)))
cases("qr_tall@more", L.qr, (rnd(26, 1, 1),), (rnd(26, 7, 1),), (rnd(26, 2, 2, 4, 3),))
cases("eigh@more", lambda a: (lambda w, v: (w, (v * w.exp().unsqueeze(-2)) @ v.transpose(-1, -2), v.abs()))(*L.eigh(symmetric(a))), (rnd(27, 1, 1),), (rnd(27, 3, 2, 2),), (rnd(28, 5, 5),))
for name, function in [("slogdet", L.slogdet), ("det", L.det), ("matrix_exp", L.matrix_exp)]:
    cases(f"{name}@more", function, (rnd(29, 1, 1),), (rnd(30, 5, 5),), (rnd(31, 2, 1, 3, 3),))
cases("logdet@more", torch.logdet, (definite(29, 1, 1),), (definite(30, 5, 5),))
cases("pinv_tall@more", L.pinv, (rnd(32, 1, 1),), (rnd(32, 2, 1, 4, 2),))
cases("matrix_power@more", lambda a: L.matrix_power(a, 5), (rnd(33, 1, 1),), (rnd(33, 2, 2, 2),))
# The gradient of PyTorch 1.13's trace is wrong for tall matrices.
cases("trace@more", lambda a: a.diagonal().sum(), (rnd(34, 1, 1),), (rnd(34, 5, 2),), (rnd(34, 0, 0),))
cases("kron@more", torch.kron, (rnd(35, 1, 1), rnd(36, 3, 2)), (rnd(35, 3), rnd(36, 5)))
cases("det@empty", L.det, (rnd(37, 0, 0),), (rnd(37, 2, 0, 0),), first=False)
save()
