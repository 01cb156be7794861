"""Reference values of the engine's operations: outputs, gradients and gradients of gradients, by PyTorch (float64, one thread).

Run:  python3 oracles/engine/operations.py tests/oracles/engine/operations.npz
Needs Debian's python3-torch, python3-scipy and python3-numpy. Digamma and trigamma come from SciPy: PyTorch 1.13's lose digits.

Arrays of a case NAME: NAME.in.I (inputs), NAME.out.I (outputs), NAME.grad.I (gradient of sum(out * w) for w = cos(1, 2, 3, ...)
over the flattened outputs) and NAME.grad2.I (gradient of sum over floating inputs of sum(grad_I * v), v = sin(1, 2, 3, ...)).
"""
import sys

import numpy as np
import scipy.special
import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
arrays = {}


def rnd(seed, *shape, low=-2.0, high=2.0):
    g = torch.Generator().manual_seed(seed)
    return torch.rand(shape, generator=g, dtype=torch.float64) * (high - low) + low


def weights(n, f):
    return torch.from_numpy(f(np.arange(1, n + 1, dtype=np.float64)))


def case(name, function, *inputs, second=True):
    xs = [x.clone().requires_grad_(x.dtype.is_floating_point) for x in inputs]
    out = function(*xs)
    outs = list(out) if isinstance(out, (tuple, list)) else [out]
    for i, x in enumerate(inputs):
        arrays[f"{name}.in.{i}"] = x.detach().numpy()
    for i, o in enumerate(outs):
        arrays[f"{name}.out.{i}"] = o.detach().numpy()
    diff = [x for x in xs if x.requires_grad]
    flowing = [o for o in outs if o.requires_grad]
    if not flowing:
        return
    loss = sum((o.reshape(-1) * weights(o.numel(), np.cos)).sum() for o in flowing)
    grads = torch.autograd.grad(loss, diff, create_graph=second, allow_unused=True)
    for i, g in enumerate(grads):
        arrays[f"{name}.grad.{i}"] = (torch.zeros_like(diff[i]) if g is None else g + 0).detach().numpy()
    if not second:
        return
    parts = [(g.reshape(-1) * weights(g.numel(), np.sin)).sum() for g in grads if g is not None and g.requires_grad]
    if not parts:
        return
    grads2 = torch.autograd.grad(sum(parts), diff, allow_unused=True)
    for i, g in enumerate(grads2):
        arrays[f"{name}.grad2.{i}"] = (torch.zeros_like(diff[i]) if g is None else g + 0).detach().numpy()


positive = dict(low=0.2, high=3.0)
unit = dict(low=-0.9, high=0.9)
for name, function, span in [
    ("negate", lambda x: -x, {}), ("abs", torch.abs, {}), ("sign", torch.sign, {}), ("square", torch.square, {}),
    ("reciprocal", torch.reciprocal, positive), ("sqrt", torch.sqrt, positive), ("rsqrt", torch.rsqrt, positive),
    ("exp", torch.exp, {}), ("exp2", torch.exp2, {}), ("expm1", torch.expm1, {}), ("log", torch.log, positive), ("log2", torch.log2, positive),
    ("log10", torch.log10, positive), ("log1p", torch.log1p, positive), ("sin", torch.sin, {}), ("cos", torch.cos, {}), ("tan", torch.tan, unit),
    ("asin", torch.asin, unit), ("acos", torch.acos, unit), ("atan", torch.atan, {}), ("sinh", torch.sinh, {}), ("cosh", torch.cosh, {}),
    ("tanh", torch.tanh, {}), ("asinh", torch.asinh, {}), ("acosh", torch.acosh, dict(low=1.2, high=3)), ("atanh", torch.atanh, unit),
    ("erf", torch.erf, {}), ("erfc", torch.erfc, {}), ("erfinv", torch.erfinv, unit), 
    ("sigmoid", torch.sigmoid, {}), ("relu", torch.relu, {}), ("softplus", F.softplus, {}), ("gelu", F.gelu, {}),
    ("gelu_tanh", lambda x: F.gelu(x, approximate="tanh"), {}), ("silu", F.silu, {}), ("elu", F.elu, {}), ("leaky_relu", lambda x: F.leaky_relu(x, 0.1), {}),
    ("floor", torch.floor, {}), ("ceil", torch.ceil, {}), ("round", torch.round, {}), ("trunc", torch.trunc, {}),
    ("clamp", lambda x: x.clamp(-0.5, 0.7), {}), ("pow_scalar", lambda x: x ** 2.5, positive), ("scalar_pow", lambda x: 2.5 ** x, {}),
]:
    case(name, function, rnd(1, 3, 7, **span))
for name, span in [("lgamma", positive), ("lgamma_negative", dict(low=-3.6, high=-3.1))]:
    x = rnd(1, 3, 7, **span).numpy()
    w, v = np.cos(np.arange(1.0, 22)).reshape(3, 7), np.sin(np.arange(1.0, 22)).reshape(3, 7)
    # The trigamma of a negative number by the reflection formula: SciPy's zeta needs a positive one.
    trigamma = scipy.special.polygamma(1, x) if name == "lgamma" else (np.pi / np.sin(np.pi * x)) ** 2 - scipy.special.polygamma(1, 1 - x)
    arrays[f"{name}.in.0"], arrays[f"{name}.out.0"] = x, scipy.special.gammaln(x)
    arrays[f"{name}.grad.0"], arrays[f"{name}.grad2.0"] = w * scipy.special.digamma(x), v * w * trigamma
for order, name in [(0, "digamma"), (1, "trigamma")]:
    x = rnd(1, 3, 7, **positive).numpy()
    w, v = np.cos(np.arange(1.0, 22)).reshape(3, 7), np.sin(np.arange(1.0, 22)).reshape(3, 7)
    arrays[f"{name}.in.0"], arrays[f"{name}.out.0"] = x, scipy.special.polygamma(order, x)
    arrays[f"{name}.grad.0"] = w * scipy.special.polygamma(order + 1, x)
    arrays[f"{name}.grad2.0"] = v * w * scipy.special.polygamma(order + 2, x)
extremes = torch.tensor([0.0, -0.0, 1e-300, 1e-9, -1e-9, 0.35, -0.35, 0.3500001, 20.0, -20.0, 700.0, -700.0, np.inf, -np.inf, np.nan])
for name, function in [("exp", torch.exp), ("expm1", torch.expm1), ("tanh", torch.tanh), ("sigmoid", torch.sigmoid), ("erf", torch.erf), ("erfc", torch.erfc),
                       ("sin", torch.sin), ("cos", torch.cos), ("log1p", torch.log1p), ("log", torch.log), ("softplus", F.softplus)]:
    case(f"extreme_{name}", function, extremes.detach(), second=False)
a, b = rnd(2, 4, 3), rnd(3, 2, 1, 3)
case("add", torch.add, a, b)
case("subtract", torch.sub, a, b)
case("multiply", torch.mul, a, b)
case("divide", torch.div, a, rnd(3, 2, 1, 3, **positive))
case("pow", torch.pow, rnd(2, 4, 3, **positive), b)
case("minimum", torch.minimum, a, b)
case("maximum", torch.maximum, a, b)
case("atan2", torch.atan2, a, b)
case("floor_divide", lambda x, y: torch.div(x, y, rounding_mode="floor").detach(), a, b)
case("remainder", torch.remainder, a, b)
case("fmod", torch.fmod, a, b)
case("where", lambda x, y: torch.where(x > y, x, y), a, b)
x = rnd(4, 3, 4, 5)
case("sum", lambda x: x.sum(), x)
case("sum_dims", lambda x: x.sum((0, 2)), x)
case("mean_keep", lambda x: x.mean(1, keepdim=True), x)
case("variance", lambda x: x.var(), x)
case("variance_dim", lambda x: x.var(2, unbiased=False), x)
case("std", lambda x: x.std(1), x)
case("norm", lambda x: x.norm(), x)
case("norm1", lambda x: x.norm(p=1, dim=1), x)
case("norm3", lambda x: x.norm(p=3, dim=(0, 1)), x)
case("norm_inf", lambda x: x.norm(p=float("inf")), x)
case("product", lambda x: x.prod(), x[0])
case("product_dim_zero", lambda x: x.prod(1), torch.tensor([[1.5, 0.0, 2.0], [0.0, 0.0, 3.0], [1.0, -2.0, 0.5]]))
case("max_all", lambda x: x.max(), x)
case("min_dims", lambda x: x.amin((0, 2)), x)
case("max_dim", lambda x: x.max(1), x)
case("argmin", lambda x: x.argmin(2), x)
case("logsumexp", lambda x: x.logsumexp(1), x)
case("cumsum", lambda x: x.cumsum(1), x)
case("cumprod", lambda x: x.cumprod(1), x)
case("cumprod_zero", lambda x: x.cumprod(0), torch.tensor([1.5, 0.0, 2.0, 0.0, 3.0]), second=False)
case("softmax", lambda x: x.softmax(1), x)
case("log_softmax", lambda x: x.log_softmax(2), x)
case("reshape", lambda x: x.transpose(0, 2).reshape(4, 15), x)
case("permute", lambda x: x.permute(2, 0, 1), x)
case("expand", lambda x: x.expand(3, 4, 5), rnd(5, 4, 1))
case("concatenate", lambda x, y: torch.cat([x, y], 1), rnd(5, 2, 3), rnd(6, 2, 4))
case("stack", lambda x, y: torch.stack([x, y], 1), rnd(5, 2, 3), rnd(6, 2, 3))
case("split", lambda x: x.split(2, 1)[2], rnd(5, 2, 5))
case("flip", lambda x: x.flip((0, 2)), x)
case("roll", lambda x: x.roll(3, 2), x)
case("tile", lambda x: x.repeat(2, 1, 3), rnd(5, 2, 3))
case("repeat_interleave", lambda x: x.repeat_interleave(3, 1), rnd(5, 2, 3))
case("slice", lambda x: x[1:, ::2, 1:4] * 2, x)
case("unfold", lambda x: x.unfold(1, 3, 2), rnd(5, 2, 8))
case("diagonal", lambda x: x.diagonal(1, 1, 2), x)
case("triu", lambda x: x.triu(1), x)
case("tril", lambda x: x.tril(-1), x)
for mode in ["constant", "reflect", "replicate", "circular"]:
    case(f"pad_{mode}", lambda x, mode=mode: F.pad(x, (2, 1), mode=mode), rnd(7, 2, 3, 5))
    case(f"pad2_{mode}", lambda x, mode=mode: F.pad(x, (2, 1, 1, 2), mode=mode), rnd(7, 2, 3, 4, 5))
index = torch.tensor([[0, 2, 1, 0, 2], [1, 1, 0, 2, 0]])
case("gather", lambda x, i: x.gather(0, i), rnd(8, 3, 5), index)
case("scatter_add", lambda x, i, y: x.scatter_add(0, i, y), rnd(8, 3, 5), index, rnd(9, 2, 5))
case("index_select", lambda x, i: x.index_select(1, i), x, torch.tensor([3, 0, 3]))
case("index_add", lambda x, i, y: x.index_add(1, i, y), x, torch.tensor([3, 0, 3]), rnd(9, 3, 3, 5))
case("advanced_index", lambda x, i, j: x[i, :, j], x, torch.tensor([[0, 2], [1, 1]]), torch.tensor([4, 0]))
case("advanced_middle", lambda x, i, j: x[:, i, j], x, torch.tensor([[0, 2], [1, 1]]), torch.tensor([4, 0]))
case("masked_select", lambda x: x[x > 0.3], x)
case("embedding", lambda x, i: F.embedding(i, x), rnd(8, 3, 5), index)
case("sort", lambda x: x.sort(1, descending=True), x)
case("top_k", lambda x: x.topk(2, 2), x)
case("matmul", torch.matmul, rnd(10, 4, 5), rnd(11, 5, 3))
case("matmul_batch", torch.matmul, rnd(10, 2, 1, 4, 5), rnd(11, 3, 5, 3))
case("matmul_vector", torch.matmul, rnd(10, 4, 5), rnd(11, 5))
case("matmul_broadcast", torch.matmul, rnd(10, 2, 4, 5), rnd(11, 5, 3))
case("affine", F.linear, rnd(10, 2, 4, 5), rnd(11, 3, 5), rnd(12, 3))
image, kernel = rnd(13, 2, 4, 7, 6), rnd(14, 6, 2, 3, 2)
case("conv1d", lambda x, w, c: F.conv1d(x, w, c, stride=2, padding=2, dilation=2), rnd(13, 2, 3, 11), rnd(14, 4, 3, 3), rnd(15, 4))
case("conv2d", lambda x, w, c: F.conv2d(x, w, c, stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2), image, kernel, rnd(15, 6))
case("conv2d_depthwise", lambda x, w: F.conv2d(x, w, padding=1, groups=4), image, rnd(14, 4, 1, 3, 3))
case("conv2d_pointwise", F.conv2d, image, rnd(14, 5, 4, 1, 1))
case("conv3d", lambda x, w: F.conv3d(x, w, stride=(1, 2, 1), padding=(1, 0, 1)), rnd(13, 1, 2, 4, 5, 3), rnd(14, 3, 2, 2, 3, 2))
case("conv_transpose1d", lambda x, w: F.conv_transpose1d(x, w, stride=3, padding=1, output_padding=2), rnd(13, 2, 3, 5), rnd(14, 3, 4, 3))
case("conv_transpose2d", lambda x, w, c: F.conv_transpose2d(x, w, c, stride=2, padding=1, output_padding=1, groups=2, dilation=2), image, rnd(14, 4, 3, 3, 2), rnd(15, 6))
case("max_pool2d", lambda x: F.max_pool2d(x, (3, 2), stride=2, padding=1, return_indices=True), image)
case("max_pool2d_ceil", lambda x: F.max_pool2d(x, 2, stride=3, ceil_mode=True, dilation=2), image)
case("avg_pool2d", lambda x: F.avg_pool2d(x, (3, 2), stride=2, padding=1), image)
case("avg_pool2d_exclude", lambda x: F.avg_pool2d(x, 3, stride=2, padding=1, ceil_mode=True, count_include_pad=False), image)
case("adaptive_avg", lambda x: F.adaptive_avg_pool2d(x, (3, 4)), image)
case("adaptive_max", lambda x: F.adaptive_max_pool2d(x, (3, 4), return_indices=True), image, second=False)
case("layer_norm", lambda x, w, c: F.layer_norm(x, (4, 5), w, c), x, rnd(16, 4, 5), rnd(17, 4, 5))
case("group_norm", lambda x, w, c: F.group_norm(x, 2, w, c), image, rnd(16, 4), rnd(17, 4))
case("instance_norm", lambda x: F.instance_norm(x), image)
case("batch_norm_train", lambda x, w, c: F.batch_norm(x, None, None, w, c, training=True), image, rnd(16, 4), rnd(17, 4))
case("batch_norm_eval", lambda x, m, v, w, c: F.batch_norm(x, m.detach(), v.detach(), w, c), image, rnd(18, 4), rnd(19, 4, **positive), rnd(16, 4), rnd(17, 4))


def attention(q, k, v, mask):
    s = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
    return s.masked_fill(~mask, float("-inf")).softmax(-1) @ v


case("attention", attention, rnd(20, 2, 3, 4), rnd(21, 2, 5, 4), rnd(22, 2, 5, 6), torch.tensor([[1, 1, 0, 1, 0], [1, 0, 0, 0, 0], [1, 1, 1, 1, 1]]).bool())
logits, target = rnd(23, 4, 5, 3), torch.tensor([[0, 4, 2], [1, 1, -100], [3, 2, 0], [4, 4, 1]])
case("cross_entropy", lambda x, t, w: F.cross_entropy(x, t, w.detach(), label_smoothing=0.1), logits, target, rnd(24, 5, **positive))
case("cross_entropy_sum", lambda x, t: F.cross_entropy(x, t, reduction="sum"), logits, target)
case("cross_entropy_soft", lambda x, t: F.cross_entropy(x, t.softmax(1)), logits, rnd(25, 4, 5, 3))
case("bce_logits", lambda x, t: F.binary_cross_entropy_with_logits(x, t.sigmoid()), rnd(26, 3, 4), rnd(27, 3, 4))
case("bce", lambda x, t: F.binary_cross_entropy(x, t), rnd(26, 3, 4, low=0.1, high=0.9), rnd(27, 3, 4, low=0, high=1), second=False)
case("huber", lambda x, t: F.huber_loss(x, t, delta=0.7), rnd(26, 3, 4), rnd(27, 3, 4))
case("kl", lambda x, t: F.kl_div(x, t.detach()), rnd(26, 3, 4), rnd(27, 3, 4, **positive))
np.savez_compressed(sys.argv[1], **arrays)
print(len(arrays), "arrays")
