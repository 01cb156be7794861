"""How a case is recorded: outputs, gradients and gradients of gradients, by PyTorch (one thread).

Arrays of a case NAME: NAME.in.I (inputs), NAME.out.I (outputs), NAME.grad.I (gradient of sum(out * w) for w = cos(1, 2, 3, ...)
over the flattened outputs) and NAME.grad2.I (gradient of sum over floating inputs of sum(grad_I * v), v = sin(1, 2, 3, ...)).
Complex outputs and gradients count as pairs of real numbers (torch.view_as_real).
"""
import numpy as np
import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
arrays = {}


def rnd(seed, *shape, low=-2.0, high=2.0):
    g = torch.Generator().manual_seed(seed)
    return torch.rand(shape, generator=g, dtype=torch.float64) * (high - low) + low


def complex_rnd(seed, *shape):
    return torch.complex(rnd(seed, *shape), rnd(seed + 1000, *shape))


def definite(seed, *shape):
    a = rnd(seed, *shape)
    return a @ a.transpose(-1, -2) + torch.eye(shape[-1])


def symmetric(x):
    return (x + x.transpose(-1, -2)) / 2


def weights(n, f):
    return torch.from_numpy(f(np.arange(1, n + 1, dtype=np.float64)))


def weighted(tensors, f):
    flat = [(torch.view_as_real(t.resolve_conj()) if t.is_complex() else t).reshape(-1) for t in tensors]
    return sum((t.double() * weights(t.numel(), f)).sum() for t in flat)


def differentiable(x):
    return x.dtype.is_floating_point or x.is_complex()


def case(name, function, *inputs, second=True, first=True):
    xs = [x.clone().requires_grad_(first and differentiable(x)) for x in inputs]
    out = function(*xs)
    outs = list(out) if isinstance(out, (tuple, list)) else [out]
    for i, x in enumerate(inputs):
        arrays[f"{name}.in.{i}"] = x.detach().resolve_conj().numpy()
    for i, o in enumerate(outs):
        arrays[f"{name}.out.{i}"] = o.detach().resolve_conj().numpy()
    diff = [x for x in xs if x.requires_grad]
    flowing = [o for o in outs if o.requires_grad]
    if not flowing:
        return
    grads = torch.autograd.grad(weighted(flowing, np.cos), diff, create_graph=second, allow_unused=True)
    record(f"{name}.grad", grads, diff)
    parts = [g for g in grads if g is not None and g.requires_grad]
    if second and parts:
        record(f"{name}.grad2", torch.autograd.grad(weighted(parts, np.sin), diff, allow_unused=True), diff)


def record(name, grads, inputs):
    for i, g in enumerate(grads):
        arrays[f"{name}.{i}"] = (torch.zeros_like(inputs[i]) if g is None else g + 0).detach().resolve_conj().numpy()


def module(name, network, function, *inputs):
    """A module in evaluation mode: NAME.state/KEY are its parameters, NAME.slope/KEY their gradients."""
    network.eval()
    generator = torch.Generator().manual_seed(len(arrays))
    with torch.no_grad():
        for p in network.parameters():
            p.copy_(torch.rand(p.shape, generator=generator) - 0.5)
    xs = [x.clone().requires_grad_() for x in inputs]
    outs = function(network, *xs)
    named = dict(network.named_parameters())
    grads = torch.autograd.grad(weighted(outs, np.cos), xs + list(named.values()))
    for i, x in enumerate(inputs):
        arrays[f"{name}.in.{i}"] = x.numpy()
    for i, o in enumerate(outs):
        arrays[f"{name}.out.{i}"] = o.detach().numpy()
    record(f"{name}.grad", grads[:len(xs)], xs)
    for key, value, slope in zip(named, named.values(), grads[len(xs):]):
        arrays[f"{name}.state/{key}"] = value.detach().numpy()
        arrays[f"{name}.slope/{key}"] = slope.numpy()
