"""Reference values for pinn-poisson beyond the golden ones: SciPy conjugate gradients, direct solution and Sobol axes.

Run with Python 3, NumPy and SciPy: python3 oracles/pinn_poisson.py; writes tests/oracles/pinn-poisson/{rough64,sobol21}.npz.
"""
import pathlib

import numpy as np
import scipy.sparse as sparse
import scipy.sparse.linalg as linalg
from scipy.stats import qmc

folder = pathlib.Path(__file__).resolve().parent.parent / "tests" / "oracles" / "pinn-poisson"

n = 64
line = sparse.diags([1, -2, 1], [-1, 0, 1], shape=(n - 1, n - 1))
identity = sparse.identity(n - 1)
laplacian = ((sparse.kron(line, identity) + sparse.kron(identity, line)) * n**2).tocsr()
f = np.random.default_rng(0).standard_normal((n - 1, n - 1))

norms = [np.linalg.norm(f)]
rhs = -f.ravel()
linalg.cg(-laplacian, rhs, maxiter=60, tol=1e-300, callback=lambda x: norms.append(np.linalg.norm(rhs + laplacian @ x)))
u = linalg.spsolve(laplacian.tocsc(), f.ravel()).reshape(f.shape)
np.savez(folder / "rough64.npz", f=f, u=u, cg_residual_norm=np.array(norms))

np.savez(folder / "sobol21.npz", sobol_21d=qmc.Sobol(21, scramble=False).random(256))
