"""Reference values of shaping, indexing, sorting and padding, by PyTorch.

Run:  python3 oracles/engine/shaping.py tests/oracles/engine/shaping.npz
Needs Debian's python3-torch, python3-scipy and python3-numpy.
"""
import torch
import torch.nn.functional as F

from cases import case, cases, inf, nan, rnd, save

x = rnd(4, 3, 4, 5)
many = [(x,), (rnd(5, 2, 7, 3),), (rnd(6, 1, 4, 1),), (rnd(6, 2, 4, 0),)]
for name, function in [
    ("reshape", lambda x: x.transpose(0, 2).reshape(x.shape[1], x.shape[0] * x.shape[2])), ("view", lambda x: x.view(x.shape[0] * x.shape[1], x.shape[2])), ("flatten", lambda x: x.transpose(0, 1).flatten()),
    ("flatten_part", lambda x: x.flatten(0, -2)), ("permute", lambda x: x.permute(2, 0, 1)), ("transpose", lambda x: x.transpose(-1, 0)), ("matrix_transpose", lambda x: x.mT),
    ("reshape_to", lambda x: x.mT.reshape(x.shape[2], x.shape[0] * x.shape[1])), ("to_device", lambda x: x * x),
    ("unsqueeze", lambda x: x.unsqueeze(-2)), ("squeeze", lambda x: x.squeeze()), ("squeeze_dim", lambda x: x.unsqueeze(1).squeeze(1)), ("narrow", lambda x: x.narrow(-2, 1, 2)),
    ("slice_step", lambda x: x[:, 1:4:2]), ("select", lambda x: x.select(1, -1)), ("flip", lambda x: x.flip((0, 2))), ("flip_one", lambda x: x.flip(-1)), ("roll", lambda x: x.roll(3, 1)),
    ("roll_back", lambda x: x.roll(-5, -1)), ("tile", lambda x: x.repeat(2, 1, 3)), ("tile_more", lambda x: x.repeat(2, 1, 1, 2)), ("repeat_interleave", lambda x: x.repeat_interleave(3, -2)),
    ("slice", lambda x: x[-1:, ::2, :] * 2), ("index_last", lambda x: x[..., -1, :]), ("index_new", lambda x: x[:, None, 0]), ("unfold", lambda x: x.unfold(1, 3, 1)),
    ("unfold_step", lambda x: x.unfold(-2, 2, 2)), ("diagonal", lambda x: x.diagonal(0, 1, 2)), ("diagonal_off", lambda x: x.diagonal(-1)), ("triu", lambda x: x.triu(1)), ("tril", lambda x: x.tril(-1)),
    ("triu_low", lambda x: x.triu(-2)), ("split", lambda x: x.split(3, 1)), ("split_lengths", lambda x: x.split([1, x.shape[1] - 1], 1)), ("contiguous", lambda x: x.transpose(0, 1).contiguous()),
]:
    inputs = many
    if name in ["diagonal_off"]:
        inputs = many[:3]
    cases(name, function, *inputs)
case("reshape@scalar", lambda x: x.reshape(-1), rnd(1))
cases("diagonal_matrix", torch.diag_embed, (rnd(5, 3),), (rnd(5, 2, 3, 4),), (rnd(5, 1),), (rnd(5, 0),))
cases("expand", lambda x: x.expand(3, 4, 5), (rnd(5, 4, 1),), (rnd(5, 3, 1, 5),), (rnd(5),), (rnd(5, 5),))
cases("expand_empty", lambda x: x.expand(0, 4), (rnd(5, 1),), (rnd(5, 1, 4),), (rnd(5, 0, 1),))
cases("concatenate", lambda x, y: torch.cat([x, y], -1), (rnd(5, 2, 3), rnd(6, 2, 4)), (rnd(5, 3), rnd(6, 1)), (rnd(5, 2, 0), rnd(6, 2, 2)), (rnd(5, 0, 2), rnd(6, 0, 3)))
cases("concatenate_three", lambda x, y, z: torch.cat([x, y, z]), (rnd(5, 2, 3), rnd(6, 1, 3), rnd(7, 5, 3)), (rnd(5, 1), rnd(6, 0), rnd(7, 13)))
cases("stack", lambda x, y: torch.stack([x, y], -1), (rnd(5, 2, 3), rnd(6, 2, 3)), (rnd(5), rnd(6)), (rnd(5, 0, 3), rnd(6, 0, 3)))
cases("stack_front", lambda x, y: torch.stack([x, y]), (rnd(5, 2, 3), rnd(6, 2, 3)), (rnd(5, 7), rnd(6, 7)))
for mode in ["constant", "reflect", "replicate", "circular"]:
    cases(f"pad_{mode}", lambda x: F.pad(x, (2, 1), mode=mode), (rnd(7, 2, 3, 5),), (rnd(7, 1, 1, 3),), (rnd(7, 1, 2, 17),))
    cases(f"pad2_{mode}", lambda x: F.pad(x, (2, 1, 1, 2), mode=mode), (rnd(7, 2, 3, 4, 5),), (rnd(7, 1, 1, 3, 3),))
    cases(f"pad3_{mode}", lambda x: F.pad(x, (1, 1, 1, 0, 0, 1), mode=mode), (rnd(7, 1, 2, 3, 4, 2),), (rnd(7, 1, 1, 2, 2, 3),))
    cases(f"pad_crop_{mode}", (lambda x: F.pad(x, (-1, 2), mode=mode)) if mode in ["constant"] else (lambda x: F.pad(x, (0, 2), mode=mode)), (rnd(7, 2, 3, 5),), (rnd(7, 1, 1, 3),))
cases("pad_value", lambda x: F.pad(x, (0, 3, 1, 0), value=2.5), (rnd(7, 2, 3),), (rnd(7, 0, 2),), (rnd(7, 1, 1, 1),))

index = torch.tensor([[0, 2, 1, 0, 2], [1, 1, 0, 2, 0]])
none = torch.zeros(0, 5, dtype=torch.int64)
cases("gather", lambda x, i: x.gather(0, i), (rnd(8, 3, 5), index), (rnd(8, 3, 5), index[:, :2]), (rnd(8, 3, 5), none), (rnd(8, 7), torch.tensor([6, 6, 0])))
cases("gather_last", lambda x, i: x.gather(-1, i), (rnd(8, 2, 3), index), (rnd(8, 2, 3, 4), torch.tensor([[[3, 0], [1, 1], [2, 0]], [[0, 0], [1, 3], [2, 2]]])))
for name, function in [("scatter_add", torch.Tensor.scatter_add), ("scatter", torch.Tensor.scatter)]:
    # Without accumulation, places are distinct: which of two writers wins is nobody's promise.
    places = index if name == "scatter_add" else torch.tensor([[0, 2, 1, 0, 2], [1, 1, 0, 2, 0]])
    cases(name, lambda x, i, y: function(x, 0, i, y), (rnd(8, 3, 5), places, rnd(9, 2, 5)), (rnd(8, 3, 5), places[:, :3], rnd(9, 2, 3)), (rnd(8, 3, 5), none, rnd(9, 0, 5)))
    case(f"{name}@line", lambda x, i, y: function(x, 0, i, y), rnd(8, 7), torch.tensor([6, 1, 0]), rnd(9, 3))
rows = torch.tensor([3, 0, 3])
cases("index_select", lambda x, i: x.index_select(1, i), (x, rows), (rnd(9, 2, 4), rows), (rnd(9, 2, 4), rows[:0]), (rnd(9, 2, 4, 1, 3), rows[:1]))
cases("index_add", lambda x, i, y: x.index_add(1, i, y), (x, rows, rnd(9, 3, 3, 5)), (rnd(9, 2, 4), rows, rnd(10, 2, 3)), (rnd(9, 2, 4), rows[:0], rnd(10, 2, 0)))
i, j = torch.tensor([[0, 2], [1, 1]]), torch.tensor([4, 0])
cases("advanced_index", lambda x, i, j: x[i, :, j], (x, i, j), (x, i[:1], j[:1]), (rnd(4, 3, 2, 5, 2), i, j), (x, i[:0], j))
cases("advanced_middle", lambda x, i, j: x[:, i, j], (x, i, j), (x, i[:1], j[:1]), (x, -i - 1, -j - 1))
cases("advanced_mask", lambda x, m: x[m], (x, x > 0.3), (x, x[..., 0] > 0), (x, x > 9), (rnd(4, 0, 3), rnd(4, 0, 3) > 0))
cases("masked_select", lambda x, m: x.masked_select(m), (x, x > 0.3), (rnd(4, 2, 3), torch.tensor([True, False, True])), (rnd(4, 3), torch.zeros(3).bool()))


def write(x, y, part):
    z = x.clone()
    z[part] = y
    return z * x


cases("write_slice", lambda x, y: write(x, y, (slice(1, None), slice(None, None, 2))), (rnd(4, 3, 4), rnd(5, 2, 2)), (rnd(4, 3, 4), rnd(5)), (rnd(4, 2, 3, 5), rnd(5, 5)))
cases("write_rows", lambda x, i, y: write(x, y, i), (rnd(4, 5, 4), torch.tensor([3, 0]), rnd(5, 2, 4)), (rnd(4, 5, 4), torch.tensor([4]), rnd(5)), (rnd(4, 5), torch.tensor([[0, 1], [4, 2]]), rnd(5, 2, 2)))
cases("write_mask", lambda x, y: write(x, y, x > 0), (rnd(4, 3, 4), rnd(5)), (rnd(4, 7), rnd(5, 1)))
cases("embedding", lambda x, i: F.embedding(i, x), (rnd(8, 3, 5), index), (rnd(8, 3, 1), index[0]), (rnd(8, 3, 5), none), (rnd(8, 3, 5), torch.tensor(2)))
for name, function in [("sort", lambda x: x.sort(1, descending=True)), ("sort_up", lambda x: x.sort(stable=True)), ("argsort", lambda x: x.argsort(1)), ("top_k", lambda x: x.topk(2, 1)), ("top_k_least", lambda x: x.topk(1, -1, largest=False))]:
    cases(name, function, (x,), (rnd(5, 2, 17, 3),), (rnd(6, 1, 2, 1),))
for name, function in [("sort_up", lambda x: x.sort(stable=True)), ("sort", lambda x: x.sort(dim=1, descending=True, stable=True))]:
    case(f"{name}@ties", function, torch.tensor([[2.0, 1, 2, 1, 3], [0, 0, 0, 0, 0]]))
    case(f"{name}@special", function, torch.tensor([[2.0, nan, inf, 1, -inf], [0.0, nan, nan, -0.0, inf]]))
    case(f"{name}@empty", function, rnd(1, 2, 0))
    case(f"{name}@integers", function, torch.tensor([[3, -1, 2], [3, 5, -4]]))
case("top_k@special", lambda x: x.topk(2, 1), torch.tensor([[2.0, nan, inf, 1, -inf], [0.0, -1, 5, 3, 4]]))
case("argsort@special", lambda x: x.argsort(1), torch.tensor([[2.0, nan, inf, 1, -inf], [0.0, -1, 5, 3, 4]]))
cases("nonzero", torch.nonzero, (rnd(4, 3, 4).round(),), (torch.zeros(3),), (rnd(4, 0, 2),), (rnd(4, 1),), (x > 1,))
cases("one_hot", lambda i: F.one_hot(i, 4), (index,), (torch.tensor(3),), (none,))
cases("linspace", lambda x: torch.linspace(-1, 2, len(x)), (rnd(1, 7),), (rnd(1, 1),), (rnd(1, 0),))
cases("eye", lambda x: torch.eye(x.shape[0]), (rnd(1, 3),), (rnd(1, 1),), (rnd(1, 0),))
cases("arange", lambda x: torch.arange(3, 3 + 5 * len(x), 4), (rnd(1, 1),), (rnd(1, 5),), (rnd(1, 0),))
cases("arange_count", lambda x: torch.arange(x.shape[0]), (rnd(1, 4),), (rnd(1, 0),))
for name, function in [("zeros", lambda x: torch.zeros(2, 3)), ("ones", lambda x: torch.ones(2, 3)), ("full", lambda x: torch.full((2, 3), 2.5)), ("scalar", lambda x: torch.tensor(2.5)),
                       ("zeros_like", torch.zeros_like), ("ones_like", torch.ones_like), ("full_like", lambda x: torch.full_like(x, 2.5))]:
    cases(name, function, (rnd(1, 2, 3),), (rnd(1),), (rnd(1, 0, 2),))
cases("to_int64", lambda x: x.long(), (rnd(1, 3, 4) * 3,), (rnd(1),), (rnd(1, 0),))
cases("to_bool", lambda x: x.bool(), (rnd(1, 3, 4).round(),), (torch.tensor([0.0, -0.0, nan, inf]),))
cases("to_single_and_back", lambda x: x.float().double() * x, (rnd(1, 3, 4),), (rnd(1),), (rnd(1, 0),))
save()
