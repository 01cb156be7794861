"""The minimum that SciPy's L-BFGS-B reaches on a tiny PINN, from the first four units of the golden tanh network.

Run with Python 3, PyTorch, NumPy and SciPy: python3 oracles/pinn_poisson_lbfgs.py; writes tests/oracles/pinn-poisson/lbfgs.npz.
"""
import pathlib

import numpy as np
import scipy.optimize
import torch

torch.set_default_dtype(torch.float64)
folder = pathlib.Path(__file__).resolve().parent.parent / "tests" / "oracles" / "pinn-poisson"
golden = np.load(folder / "pinn_tanh.npz")
interior = torch.tensor(golden["x_interior"], requires_grad=True)
boundary = torch.tensor(golden["x_boundary"])
f = torch.tensor(golden["f"])
start = [golden["param.weight.0"][:4], golden["param.bias.0"][:4], golden["param.weight.2"][:, :4], golden["param.bias.2"]]
shapes = [s.shape for s in start]


def unpack(flat):
    tensors, place = [], 0
    for shape in shapes:
        count = int(np.prod(shape))
        tensors.append(torch.tensor(flat[place:place + count].reshape(shape), requires_grad=True))
        place += count
    return tensors


def loss_and_gradient(flat):
    w0, b0, w1, b1 = parameters = unpack(flat)

    def net(x):
        return (torch.tanh(x @ w0.T + b0) @ w1.T + b1)[:, 0]

    u = net(interior)
    grad = torch.autograd.grad(u.sum(), interior, create_graph=True)[0]
    lap = sum(torch.autograd.grad(grad[:, i].sum(), interior, create_graph=True)[0][:, i] for i in range(2))
    loss = ((lap - f) ** 2).mean() + (net(boundary) ** 2).mean()
    gradients = torch.autograd.grad(loss, parameters)
    return loss.item(), np.concatenate([g.numpy().ravel() for g in gradients])


x0 = np.concatenate([s.ravel() for s in start])
found = scipy.optimize.minimize(loss_and_gradient, x0, jac=True, method="L-BFGS-B", options=dict(maxcor=100, maxiter=5000, maxfun=20000, ftol=1e-15, gtol=1e-10))
print(found.message, found.nit, loss_and_gradient(x0)[0], found.fun)
np.savez(folder / "lbfgs.npz", start=loss_and_gradient(x0)[0], minimum=found.fun, **{f"param.{n}": s for n, s in zip(["weight.0", "bias.0", "weight.1", "bias.1"], start)})
