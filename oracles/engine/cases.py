"""How a case is recorded: outputs, gradients and gradients of gradients, by PyTorch (one thread).

Arrays of a case NAME: NAME.in.I (inputs), NAME.out.I (outputs), NAME.grad.I (gradient of sum(out * w) for w = cos(1, 2, 3, ...)
over the flattened outputs, for each input that has one) and NAME.grad2.I (gradient of sum over the gradients of sum(grad_I * v),
v = sin(1, 2, 3, ...)). Complex outputs and gradients count as pairs of real numbers (torch.view_as_real).

Inputs are rounded to numbers that float32 holds exactly, so that every precision starts from the same ones. A name `x@y` is the
variant y (a shape, a broadcast, special values) of case x. The file holds all numbers of a type in one row and a manifest
`name type shape` in their order: thousands of small arrays stay small.
"""
import sys

import numpy as np
import scipy.special
import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
arrays = {}
inf, nan = float("inf"), float("nan")
positive = dict(low=0.2, high=3.0)
unit = dict(low=-0.9, high=0.9)


def single(x):
    """The nearest numbers that float32 holds."""
    return x.to(torch.complex64).to(torch.complex128) if x.is_complex() else x.float().double() if x.dtype.is_floating_point else x


def rnd(seed, *shape, low=-2.0, high=2.0):
    g = torch.Generator().manual_seed(seed)
    return single(torch.rand(shape, generator=g, dtype=torch.float64) * (high - low) + low)


def complex_rnd(seed, *shape):
    return torch.complex(rnd(seed, *shape), rnd(seed + 1000, *shape))


def definite(seed, *shape):
    a = rnd(seed, *shape)
    return single(a @ a.transpose(-1, -2) + torch.eye(shape[-1]))


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
    assert f"{name}.out.0" not in arrays, name
    inputs = [single(x.detach()) for x in inputs]
    xs = [x.clone().requires_grad_(first and differentiable(x)) for x in inputs]
    out = function(*xs)
    outs = list(out) if isinstance(out, (tuple, list)) else [out]
    put(f"{name}.in", inputs)
    put(f"{name}.out", outs)
    differentiate(name, outs, [x for x in xs if x.requires_grad], second)


def cases(name, function, *variants, **options):
    """A case and its variants name@1, name@2, ...; a variant is a tuple of inputs."""
    for i, inputs in enumerate(variants):
        case(f"{name}@{i}" if i else name, function, *inputs, **options)


def differentiate(name, outs, diff, second=True):
    flowing = [o for o in outs if o.requires_grad]
    if not flowing:
        return
    grads = torch.autograd.grad(weighted(flowing, np.cos), diff, create_graph=second, allow_unused=True)
    record(f"{name}.grad", grads, diff)
    parts = [g for g in grads if g is not None and g.requires_grad]
    if second:
        again = torch.autograd.grad(weighted(parts, np.sin), diff, allow_unused=True) if parts else [None] * len(diff)
        record(f"{name}.grad2", again, diff)


def put(name, tensors):
    for i, t in enumerate(tensors):
        arrays[f"{name}.{i}"] = t.detach().resolve_conj().resolve_neg().clone().numpy()


def record(name, grads, inputs):
    put(name, [torch.zeros_like(x) if g is None else g + 0 for g, x in zip(grads, inputs)])


def save():
    """Writes the file that the command line names."""
    rows, manifest = {"float64": [], "int64": [], "bool": []}, []
    for name, value in arrays.items():
        value = np.asarray(value)
        kind = "complex128" if value.dtype.kind == "c" else "bool" if value.dtype.kind == "b" else "int64" if value.dtype.kind in "iu" else "float64"
        manifest.append(f"{name} {kind} {','.join(map(str, value.shape))}")
        flat = np.ascontiguousarray(value).reshape(-1)
        if kind == "complex128":
            flat = flat.view(np.float64)
        rows["float64" if kind == "complex128" else kind].append(flat)
    packed = {kind: np.concatenate([np.empty(0, kind)] + parts).astype(kind) for kind, parts in rows.items()}
    np.savez_compressed(sys.argv[1], manifest=np.frombuffer("\n".join(manifest).encode(), np.uint8), **packed)
    print(len({name.split(".")[0] for name in arrays}), "cases,", len(arrays), "arrays")


class Polygamma(torch.autograd.Function):
    """SciPy's, of order -1 (log-gamma), 0, 1, ...: those of PyTorch 1.13 lose digits."""

    @staticmethod
    def forward(context, x, order):
        context.save_for_backward(x)
        context.order = order
        v, pi = x.detach().numpy(), np.pi
        if order < 1:
            return torch.as_tensor((scipy.special.gammaln if order < 0 else scipy.special.digamma)(v))
        if order > 2:
            return torch.as_tensor(scipy.special.polygamma(order, v))
        # Reflection: psi_1(x) = (pi / sin pi x)^2 - psi_1(1 - x), and its derivative.
        with np.errstate(all="ignore"):
            turned = scipy.special.polygamma(order, 1 - v)
            mirrored = (pi / np.sin(pi * v)) ** 2 - turned if order == 1 else turned - 2 * pi ** 3 * np.cos(pi * v) / np.sin(pi * v) ** 3
            return torch.as_tensor(np.where(v > 0, scipy.special.polygamma(order, np.where(v > 0, v, 1.0)), mirrored))

    @staticmethod
    def backward(context, gradient):
        return gradient * Polygamma.apply(context.saved_tensors[0], context.order + 1), None


def log_gamma(x):
    return Polygamma.apply(x, -1)


def digamma(x):
    return Polygamma.apply(x, 0)


def module(name, network, function, *inputs, train=False):
    """A module: NAME.state/KEY are its parameters and buffers before the call; gradients are by the inputs, then by the parameters in order."""
    network.train(train)
    generator = torch.Generator().manual_seed(len(arrays))
    with torch.no_grad():
        for p in list(network.parameters()) + [b for b in network.buffers() if b.is_floating_point()]:
            p.copy_(single(torch.rand(p.shape, generator=generator) - 0.5))
        for key, b in network.named_buffers():
            if key.endswith("running_var"):
                b.add_(1)
    for key, value in network.state_dict().items():
        arrays[f"{name}.state/{key}"] = value.clone().numpy()
    xs = [single(x).clone().requires_grad_(differentiable(x)) for x in inputs]
    out = function(network, *xs)
    outs = list(out) if isinstance(out, (tuple, list)) else [out]
    put(f"{name}.in", xs)
    put(f"{name}.out", outs)
    differentiate(name, outs, [x for x in xs if x.requires_grad] + list(network.parameters()))
