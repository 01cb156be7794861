"""Reference values of elementwise operations, comparisons and reductions, by PyTorch.

Run:  python3 oracles/engine/elementwise.py tests/oracles/engine/elementwise.npz
Needs Debian's python3-torch, python3-scipy and python3-numpy. Gamma functions come from SciPy: PyTorch 1.13's lose digits.
"""
import numpy as np
import torch
import torch.nn.functional as F

from cases import arrays, case, cases, digamma, inf, log_gamma, nan, Polygamma, positive, rnd, save, unit

special = torch.tensor([0.0, -0.0, inf, -inf, nan, 1.0, -1.0, 1e-6, 1e-3, 0.5, -0.5, 1.5, 2.5, -1.5, 0.35, -0.35, 12.0, -12.0])
above = dict(low=1.2, high=3)
for name, function, span in [
    ("negate", lambda x: -x, {}), ("negated", torch.neg, {}), ("abs", torch.abs, {}), ("sign", torch.sign, {}), ("square", torch.square, {}),
    ("reciprocal", torch.reciprocal, positive), ("sqrt", torch.sqrt, positive), ("rsqrt", torch.rsqrt, positive),
    ("exp", torch.exp, {}), ("exp2", torch.exp2, {}), ("expm1", torch.expm1, {}), ("log", torch.log, positive), ("log2", torch.log2, positive),
    ("log10", torch.log10, positive), ("log1p", torch.log1p, positive), ("sin", torch.sin, {}), ("cos", torch.cos, {}), ("tan", torch.tan, unit),
    ("asin", torch.asin, unit), ("acos", torch.acos, unit), ("atan", torch.atan, {}), ("sinh", torch.sinh, {}), ("cosh", torch.cosh, {}),
    ("tanh", torch.tanh, {}), ("asinh", torch.asinh, {}), ("acosh", torch.acosh, above), ("atanh", torch.atanh, unit),
    ("erf", torch.erf, {}), ("erfc", torch.erfc, {}), ("erfinv", torch.erfinv, unit),
    ("lgamma", log_gamma, positive), ("digamma", digamma, positive), ("trigamma", lambda x: Polygamma.apply(x, 1), positive),
    ("sigmoid", torch.sigmoid, {}), ("relu", torch.relu, {}), ("softplus", F.softplus, {}), ("gelu", F.gelu, {}),
    ("gelu_tanh", lambda x: F.gelu(x, approximate="tanh"), {}), ("silu", F.silu, {}), ("elu", lambda x: F.elu(x, 0.7), {}), ("leaky_relu", lambda x: F.leaky_relu(x, 0.1), {}),
    ("floor", torch.floor, {}), ("ceil", torch.ceil, {}), ("round", torch.round, {}), ("trunc", torch.trunc, {}), ("frac", torch.frac, {}),
    ("clamp", lambda x: x.clamp(-0.5, 0.7), {}), ("clamp_low", lambda x: x.clamp(min=-0.5), {}), ("clamp_high", lambda x: x.clamp(max=0.5), {}),
    ("pow_scalar", lambda x: x ** 2.5, positive), ("pow_three", lambda x: x ** 3, {}), ("pow_zero", lambda x: x ** 0, {}), ("scalar_pow", lambda x: 2.5 ** x, {}),
    ("angle", lambda x: torch.angle(x), {}),
    ("add_number", lambda x: x + 1.5, {}), ("number_add", lambda x: 1.5 + x, {}), ("subtract_number", lambda x: x - 1.5, {}), ("number_subtract", lambda x: 1.5 - x, {}),
    ("multiply_number", lambda x: x * -1.5, {}), ("number_multiply", lambda x: -1.5 * x, {}), ("divide_number", lambda x: x / 1.5, {}), ("number_divide", lambda x: 1.5 / x, positive),
    ("floor_divide_number", lambda x: torch.div(x, 0.7, rounding_mode="floor").detach(), {}), ("remainder_number", lambda x: torch.remainder(x, 0.7), {}),
    ("identity", lambda x: x.clone(), {}), ("detach", lambda x: x.detach() * x, {}),
]:
    cases(name, function, *[(rnd(i, *shape, **span),) for i, shape in enumerate([(3, 7), (), (1,), (0, 2), (19,), (2, 1, 5)])])
    if name not in ["lgamma", "digamma", "trigamma"]:
        # At the kink the second derivative of ELU is nobody's promise.
        case(f"{name}@special", function, special[2:] if name == "elu" else special)
case("lgamma@negative", log_gamma, rnd(1, 3, 7, low=-3.6, high=-3.1))
case("digamma@negative", digamma, rnd(1, 3, 7, low=-3.6, high=-3.1))
case("lgamma@special", log_gamma, torch.tensor([0.5, 1.0, 2.0, 3.0, 1e-3, 50.0]))
case("digamma@special", digamma, torch.tensor([0.5, 1.0, 2.0, 3.0, 50.0]))
case("trigamma@special", lambda x: Polygamma.apply(x, 1), torch.tensor([0.5, 1.0, 2.0, 3.0, 50.0]))
extremes = torch.tensor([0.0, -0.0, 1e-300, 1e-9, -1e-9, 20.0, -20.0, 700.0, -700.0, inf, -inf, nan])
for name, function in [("exp", torch.exp), ("expm1", torch.expm1), ("tanh", torch.tanh), ("sigmoid", torch.sigmoid), ("erf", torch.erf), ("erfc", torch.erfc),
                       ("sin", torch.sin), ("cos", torch.cos), ("log1p", torch.log1p), ("log", torch.log), ("softplus", F.softplus)]:
    out = function(extremes)
    arrays[f"{name}@double.in.0"], arrays[f"{name}@double.out.0"] = extremes.numpy(), out.numpy()

left, right = [t.reshape(-1) for t in torch.meshgrid(torch.tensor([0.0, -0.0, 1.0, -1.0, 2.5, -3.0, inf, -inf, nan]), torch.tensor([0.0, -0.0, 1.0, -2.0, 3.0, 0.5, inf, -inf, nan]), indexing="ij")]
finite = left.isfinite() & right.isfinite()
pairs = [((4, 3), (2, 1, 3)), ((5,), (5,)), ((), (3,)), ((0, 3), (1, 3)), ((1, 1), (1,)), ((2, 3, 1), (1, 7)), ((17,), ())]
for name, function, first_span, second_span in [
    ("add", torch.add, {}, {}), ("subtract", torch.sub, {}, {}), ("multiply", torch.mul, {}, {}), ("divide", torch.div, {}, positive),
    ("pow", torch.pow, positive, {}), ("minimum", torch.minimum, {}, {}), ("maximum", torch.maximum, {}, {}), ("atan2", torch.atan2, {}, {}),
    ("hypot", torch.hypot, {}, {}), ("floor_divide", lambda x, y: torch.div(x, y, rounding_mode="floor").detach(), {}, {}),
    ("remainder", torch.remainder, {}, {}), ("fmod", torch.fmod, {}, {}), ("where", lambda x, y: torch.where(x > y, x, y), {}, {}),
]:
    cases(name, function, *[(rnd(2 + i, *a, **first_span), rnd(30 + i, *b, **second_span)) for i, (a, b) in enumerate(pairs)])
    case(f"{name}@special", function, left, right, first=False)
    # Ties and zeros: gradients at the kinks.
    if name in ["add", "subtract", "multiply", "minimum", "maximum", "where"]:
        case(f"{name}@ties", function, left[finite], right[finite])
    if name in ["divide", "pow", "atan2", "hypot"]:
        case(f"{name}@ties", function, left[finite], right[finite], second=False)
for name, function in [("equal", torch.eq), ("not_equal", torch.ne), ("less", torch.lt), ("less_equal", torch.le), ("greater", torch.gt), ("greater_equal", torch.ge)]:
    cases(name, function, *[(rnd(2 + i, *a).round(), rnd(30 + i, *b).round()) for i, (a, b) in enumerate(pairs)])
    case(f"{name}@special", function, left, right)
    cases(f"{name}_number", lambda x: function(x, 1), (rnd(2, 3, 5).round(),), (rnd(3, 0),), (rnd(4).round(),), (left,))
for name, function in [("and", torch.logical_and), ("or", torch.logical_or), ("xor", torch.logical_xor)]:
    cases(name, function, *[(rnd(2 + i, *a) > 0, rnd(30 + i, *b) > 0) for i, (a, b) in enumerate(pairs)])
for name, function in [("isnan", torch.isnan), ("isfinite", torch.isfinite), ("isinf", torch.isinf), ("not", torch.logical_not)]:
    cases(name, function, (left.reshape(9, 9),), (rnd(1, 0, 3),), (torch.tensor(nan),), (rnd(1, 1, 4).round(),))
mask = torch.tensor([[True, False, True], [False, False, True]])
cases("masked_fill", lambda x, m: x.masked_fill(m, 1.5), (rnd(1, 2, 3), mask), (rnd(1, 4, 2, 3), mask), (rnd(1, 2, 3), mask[:1]), (rnd(1, 0, 3), mask[:0]))
cases("where_mask", lambda m, x, y: torch.where(m, x, y), (mask, rnd(1, 2, 3), rnd(2, 3)), (mask, rnd(1), rnd(2, 4, 1, 1)), (mask[:0], rnd(1, 1, 3), rnd(2)))
integers = torch.tensor([7, -7, 0, 3, -1, 9, 2, 2]), torch.tensor([2, 2, 5, -2, -3, 9, 1, -7])
for name, function in [("add", torch.add), ("subtract", torch.sub), ("multiply", torch.mul), ("floor_divide", lambda a, b: torch.div(a, b, rounding_mode="floor")),
                       ("remainder", torch.remainder), ("fmod", torch.fmod), ("minimum", torch.minimum), ("maximum", torch.maximum), ("equal", torch.eq), ("less", torch.lt)]:
    case(f"{name}@integers", function, *integers)
for name, function in [("negate", torch.neg), ("abs", torch.abs), ("sign", torch.sign), ("square", torch.square), ("clamp_whole", lambda x: x.clamp(-1, 2))]:
    case(f"{name}@integers", function, integers[0])

for name, function in [
    ("add_in_place", lambda x, y: x.clone().add_(y)), ("subtract_in_place", lambda x, y: x.clone().sub_(y)), ("multiply_in_place", lambda x, y: x.clone().mul_(y)),
    ("divide_in_place", lambda x, y: x.clone().div_(y)), ("copy", lambda x, y: x.clone().copy_(y) * 2 + x),
]:
    cases(name, function, *[(rnd(2 + i, *a), rnd(30 + i, *b, **positive)) for i, (a, b) in enumerate([((2, 3), (3,)), ((5,), (5,)), ((0, 3), ()), ((), ()), ((4, 2), (4, 1))])])
for name, function in [("add_number_in_place", lambda x: (x * x).add_(1.5)), ("multiply_number_in_place", lambda x: (x * x).mul_(1.5)), ("fill_in_place", lambda x: x.clone().fill_(1.5) + x)]:
    cases(name, function, (rnd(1, 2, 3),), (rnd(1),), (rnd(1, 0),))

x, tied = rnd(4, 3, 4, 5), torch.tensor([[1.0, 3, 3, -2], [2, 2, 2, 2], [0, -1, -1, 5], [4, 5, 5, 4]])
holes = torch.tensor([[1.0, nan, 3], [inf, 2, -inf], [-inf, -inf, -inf], [0.0, -0.0, 1]])
shapes = [(x,), (rnd(5, 1),), (rnd(6, 7, 1, 2),), (rnd(7, 2, 13),)]
one = lambda d: [s for s in shapes if s[0].dim() > d]
blank, flat_blank = (rnd(1, 2, 0, 3),), (rnd(1, 0),)
for name, function in [("sum", lambda x: x.sum()), ("mean", lambda x: x.mean()), ("product", lambda x: x.prod())]:
    cases(name, function, *shapes, flat_blank, blank, (rnd(8),))
    # By PyTorch two zeros end every gradient of a product, whatever else is there: NaN stays out, and second gradients are by differences.
    case(f"{name}@special", function, holes, first=name != "product")
case("product@zeros", lambda x: x.prod(), torch.tensor([1.5, 0.0, 2.0, 0.0]), second=False)
case("product@zero", lambda x: x.prod(), torch.tensor([1.5, 0.0, 2.0, 3.0]))
for name, function in [("variance", lambda x: x.var()), ("variance_whole", lambda x: x.var(unbiased=False)), ("std", lambda x: x.std()), ("norm", lambda x: x.norm()),
                       ("max_all", lambda x: x.max()), ("min_all", lambda x: x.min())]:
    cases(name, function, (x,), (rnd(6, 7, 1, 2),), (rnd(7, 2, 13),), *([(rnd(5, 1),)] if "m" in name else []))
    if name.startswith("m"):
        cases(f"{name}@ties", function, (tied,))
for name, function in [("argmax_all", lambda x: x.argmax()), ("argmin_all", lambda x: x.argmin()), ("any_all", lambda x: (x > 1.8).any()), ("all_all", lambda x: (x > -1.8).all())]:
    cases(name, function, *shapes)
for name, function in [("sum_dims", lambda x: x.sum((0, -1))), ("mean_dims", lambda x: x.mean((0, -1))), ("variance_dims", lambda x: x.var((0, -1))), ("min_dims", lambda x: x.amin((0, -1))),
                       ("max_dims", lambda x: x.amax((0, -1))), ("logsumexp_dims", lambda x: x.logsumexp((0, -1))), ("norm3", lambda x: x.norm(p=3, dim=(0, -1))),
                       ("norm_keep", lambda x: x.norm(p=2, dim=(0, -1), keepdim=True)), ("min_dims_keep", lambda x: x.amin((0, -1), keepdim=True))]:
    cases(name, function, (x,), (rnd(6, 7, 1, 2),), (rnd(7, 2, 13),))
    if name.split("_")[0] in ["sum", "mean", "logsumexp"]:
        case(f"{name}@empty", function, *blank)
    if name in ["min_dims", "max_dims"]:
        case(f"{name}@ties", function, tied)
for name, function in [("sum_dim", lambda x: x.sum(-2)), ("mean_keep", lambda x: x.mean(-2, keepdim=True)), ("variance_dim", lambda x: x.var(-2, unbiased=False)), ("std_dim", lambda x: x.std(-1, keepdim=True)),
                       ("product_dim", lambda x: x.prod(-2)), ("norm1", lambda x: x.norm(p=1, dim=-2)), ("norm_inf", lambda x: x.norm(p=inf, dim=-2)), ("norm_least", lambda x: x.norm(p=-inf, dim=-2)),
                       ("norm_count", lambda x: x.norm(p=0, dim=-2)), ("max_dim", lambda x: x.max(-2)), ("min_dim", lambda x: x.min(-2, keepdim=True)), ("argmin", lambda x: x.argmin(-2)),
                       ("argmax", lambda x: x.argmax(-2, keepdim=True)), ("any", lambda x: (x > 1).any(-2)), ("all", lambda x: (x > -1).all(-2, keepdim=True)),
                       ("logsumexp", lambda x: x.logsumexp(-2)), ("cumsum", lambda x: x.cumsum(-2)), ("cumprod", lambda x: x.cumprod(-2)), ("softmax", lambda x: x.softmax(-2)), ("log_softmax", lambda x: x.log_softmax(-2))]:
    cases(name, function, (x,), (rnd(6, 7, 3, 2),), (rnd(7, 13, 2),), (rnd(8, 3, 17, 1),))
    if name not in ["norm_inf", "norm_least", "argmin", "argmax", "max_dim", "min_dim"]:
        case(f"{name}@empty", function, rnd(1, 2, 0, 3))
    case(f"{name}@blank", function, rnd(1, 2, 3, 0))
    if "m" in name and "norm" not in name and "softmax" not in name:
        case(f"{name}@ties", function, tied)
    if name in ["norm_inf", "norm1"]:
        case(f"{name}@ties", function, torch.tensor([[1.0, 0, -3], [-1, 0, 3], [0.5, 0, 2]]))
    case(f"{name}@special", function, holes, first=name in ["sum_dim", "mean_keep", "max_dim", "min_dim", "logsumexp", "cumsum", "softmax", "log_softmax"], second=False)
case("norm@zero", lambda x: x.norm(), torch.zeros(3), second=False)
case("product_dim@zero", lambda x: x.prod(-2), torch.tensor([[1.5, 0.0, 2.0], [0.0, 0.0, 3.0], [1.0, -2.0, 0.5]]))
case("cumprod@zero", lambda x: x.cumprod(-2), torch.tensor([[1.5, 0.0], [0.0, 2], [2, 0], [0, 1], [3, 1]]), second=False)
case("logsumexp@all", lambda x: x.logsumexp(-2), torch.tensor([[-inf, inf, 1000.0], [-inf, inf, 1000.0]]), second=False)
case("softmax@masked", lambda x: x.softmax(-2), torch.tensor([[-inf, 1.0, 100.0], [2.0, -inf, -100.0], [-inf, 1.0, 0.0]]), second=False)
for name, function in [("sum", lambda x: x.sum()), ("product", lambda x: x.prod()), ("cumsum", lambda x: x.cumsum(-2)), ("max_dims", lambda x: x.amax((0, -1))), ("argmax_all", lambda x: x.argmax())]:
    case(f"{name}@integers", function, torch.tensor([[3, -1, 2], [3, 5, -4]]))
save()
