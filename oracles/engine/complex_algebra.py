"""Reference values of complex decompositions, by PyTorch (complex128).

Run:  python3 oracles/engine/complex_algebra.py tests/oracles/engine/complex_algebra.npz
Singular vectors are compared through functions that do not depend on their phases.
"""
import torch

from cases import case, complex_rnd, definite, save

L = torch.linalg


def svd(a):
    u, s, v = L.svd(a, full_matrices=False)
    return s, (u * s.unsqueeze(-2).exp()) @ v, u.abs(), v.abs() ** 2


for name, shape in [("tall", (2, 5, 3)), ("square", (4, 4)), ("wide", (3, 5)), ("column", (5, 1)), ("one", (1, 1))]:
    case(f"qr_{name}", L.qr, complex_rnd(1, *shape), second=name not in ("wide",))
    case(f"svd_{name}", svd, complex_rnd(2, *shape))
case("svd_values", lambda a: L.svdvals(a), complex_rnd(3, 2, 4, 3))
case("logdet", torch.logdet, complex_rnd(4, 2, 4, 4))
case("logdet_one", torch.logdet, complex_rnd(5, 1, 1))
case("slogdet", L.slogdet, complex_rnd(6, 2, 3, 3), second=False)
case("eigh_values", lambda a: L.eigh((a + a.mH) / 2)[0], complex_rnd(7, 2, 4, 4))
case("cholesky", lambda a: L.cholesky((a + a.mH) / 2), torch.complex(definite(8, 3, 3), torch.zeros(3, 3)) + 0.1j * (lambda r: r - r.T)(torch.arange(9.0).reshape(3, 3)))
save()
