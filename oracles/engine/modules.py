"""Reference values of modules, by PyTorch: outputs, gradients and gradients of gradients by inputs and parameters.

Run:  python3 oracles/engine/modules.py tests/oracles/engine/modules.npz
Needs Debian's python3-torch, python3-scipy and python3-numpy. Arrays of a case NAME, besides those that cases.py describes:
NAME.state/KEY (parameters and buffers by name, before the call). Gradients are by the inputs, then by the parameters in order.
"""
import torch
from torch import nn

from cases import module, rnd, save

causal = torch.ones(4, 4).triu(1).bool()
padding = torch.tensor([[False, False, False, True], [False, False, False, False], [False, True, False, False]])


def flat(result):
    output, state = result
    return [output, *(state if isinstance(state, tuple) else [state])]


def call(n, *x):
    return n(*x)


module("linear", nn.Linear(5, 3), call, rnd(1, 2, 4, 5))
module("linear@vector", nn.Linear(5, 3), call, rnd(1, 5))
module("linear_plain", nn.Linear(5, 3, bias=False), call, rnd(1, 0, 5))
module("convolution", nn.Conv2d(4, 6, (3, 2), stride=2, padding=1, groups=2), call, rnd(2, 2, 4, 5, 6))
module("convolution_line", nn.Conv1d(3, 2, 3, dilation=2, bias=False), call, rnd(2, 1, 3, 9))
module("convolution_volume", nn.Conv3d(1, 2, 2), call, rnd(2, 1, 1, 3, 2, 4))
module("convolution_image", nn.Conv2d(2, 3, 3, padding=1), call, rnd(2, 1, 2, 1, 7))
module("transposed_convolution", nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), call, rnd(2, 2, 4, 3, 2))
module("transposed_convolution_line", nn.ConvTranspose1d(2, 3, 4, bias=False), call, rnd(2, 1, 2, 1))
module("embedding", nn.Embedding(5, 3), call, torch.tensor([[0, 4, 4], [2, 1, 0]]))
module("embedding@one", nn.Embedding(5, 3), call, torch.tensor(3))
module("dropout@vector", nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.5)), call, rnd(1, 3))
module("dropout", nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.5)), call, rnd(1, 2, 3))
module("convolution@more", nn.Conv2d(4, 6, (3, 2), stride=2, padding=1, groups=2), call, rnd(2, 1, 4, 1, 3))
module("convolution_line@more", nn.Conv1d(3, 2, 3, dilation=2, bias=False), call, rnd(2, 2, 3, 5))
module("transposed_convolution@more", nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), call, rnd(2, 1, 4, 1, 5))
module("transposed_convolution_line@more", nn.ConvTranspose1d(2, 3, 4, bias=False), call, rnd(2, 3, 2, 7))
module("layer_norm@more", nn.LayerNorm((4, 5), eps=1e-3), call, rnd(4, 4, 5))
module("group_norm@more", nn.GroupNorm(2, 6, eps=1e-3), call, rnd(4, 1, 6, 1, 7))
module("sequential@more", nn.Sequential(nn.Linear(3, 7), nn.Tanh(), nn.Linear(7, 2)), call, rnd(5, 2, 1, 3))
module("list@more", nn.ModuleList([nn.Linear(3, 3), nn.Linear(3, 3)]), lambda n, x: n[1](n[0](x).sin()), rnd(5, 3))
module("convolution_image@more", nn.Conv2d(2, 3, 3, padding=1), call, rnd(2, 2, 2, 5, 3))
statistics = lambda n, x: [n(x), n.running_mean.clone(), n.running_var.clone(), n.num_batches_tracked.clone()]
module("batch_norm", nn.BatchNorm2d(4), call, rnd(3, 2, 4, 3, 5))
module("batch_norm@rows", nn.BatchNorm1d(4), call, rnd(3, 1, 4))
module("batch_norm_train", nn.BatchNorm2d(4, eps=1e-3, momentum=0.3), statistics, rnd(3, 2, 4, 3, 5), train=True)
module("batch_norm_train@rows", nn.BatchNorm1d(4, eps=1e-3, momentum=0.3), statistics, rnd(3, 7, 4), train=True)
module("batch_norm_average", nn.BatchNorm1d(3, momentum=None, affine=False), statistics, rnd(3, 2, 3, 5), train=True)
module("layer_norm", nn.LayerNorm((4, 5), eps=1e-3), call, rnd(4, 3, 4, 5))
module("layer_norm_plain", nn.LayerNorm(7, elementwise_affine=False), call, rnd(4, 2, 7))
module("group_norm", nn.GroupNorm(2, 6, eps=1e-3), call, rnd(4, 3, 6, 5))
module("group_norm_plain", nn.GroupNorm(3, 3, affine=False), call, rnd(4, 2, 3, 2, 2))
module("sequential", nn.Sequential(nn.Linear(3, 7), nn.Tanh(), nn.Linear(7, 2)), call, rnd(5, 4, 3))
module("list", nn.ModuleList([nn.Linear(3, 3), nn.Linear(3, 3)]), lambda n, x: n[1](n[0](x).sin()), rnd(5, 4, 3))

series = rnd(1, 4, 3, 5)
module("rnn", nn.RNN(5, 6), lambda n, x: flat(n(x)), series)
module("rnn_relu", nn.RNN(5, 6, nonlinearity="relu", bias=False), lambda n, x: flat(n(x)), series)
module("rnn@one", nn.RNN(5, 6), lambda n, x: flat(n(x)), rnd(2, 1, 1, 5))
for name, kind in [("gru", nn.GRU), ("lstm", nn.LSTM)]:
    module(name, kind(5, 6), lambda n, x: flat(n(x)), series)
    module(f"{name}@one", kind(5, 6), lambda n, x: flat(n(x)), rnd(2, 1, 1, 5))
    module(f"{name}_deep", kind(5, 6, num_layers=2, bidirectional=True, batch_first=True), lambda n, x: flat(n(x)), rnd(2, 3, 4, 5))
    module(f"{name}_single", kind(5, 6), lambda n, x: flat(n(x)), rnd(3, 4, 5))
module("gru_state", nn.GRU(5, 6, 2), lambda n, x, h: flat(n(x, h)), series, rnd(4, 2, 3, 6))
module("lstm_state", nn.LSTM(5, 6, 2), lambda n, x, h, c: flat(n(x, (h, c))), series, rnd(4, 2, 3, 6), rnd(5, 2, 3, 6))
q, kv = rnd(6, 4, 3, 6), rnd(7, 5, 3, 6)
module("attention", nn.MultiheadAttention(6, 2), lambda n, q, k: n(q, k, k), q, kv)
module("attention@one", nn.MultiheadAttention(6, 2), lambda n, q, k: n(q, k, k), rnd(6, 1, 1, 6), rnd(7, 7, 1, 6))
module("attention_masked", nn.MultiheadAttention(6, 2, bias=False), lambda n, q, m, p: n(q, q, q, attn_mask=m, key_padding_mask=p), q, causal, padding)
module("attention_batch_first", nn.MultiheadAttention(6, 3, batch_first=True), lambda n, q, m: n(q, q, q, attn_mask=m), rnd(6, 3, 4, 6), rnd(8, 9, 4, 4))
for name, extra in [("last", {}), ("first", dict(norm_first=True, activation="gelu", batch_first=True))]:
    x = rnd(9, 3, 4, 6) if "batch_first" in extra else rnd(9, 4, 3, 6)
    memory = rnd(10, 3, 5, 6) if "batch_first" in extra else rnd(10, 5, 3, 6)
    encoder, decoder = nn.TransformerEncoderLayer(6, 2, 7, **extra), nn.TransformerDecoderLayer(6, 2, 7, **extra)
    module(f"encoder_layer_{name}", encoder, lambda n, x: n(x), x)
    module(f"decoder_layer_{name}", decoder, lambda n, x, m: n(x, m), x, memory)
    module(f"encoder_layer_{name}@one", encoder, lambda n, x: n(x), rnd(11, 1, 1, 6))
    module(f"decoder_layer_{name}@one", decoder, lambda n, x, m: n(x, m), rnd(11, 1, 1, 6), rnd(12, 1, 1, 6))
    module(f"encoder_{name}@more", nn.TransformerEncoder(encoder, 2, nn.LayerNorm(6)), lambda n, x, m, p: n(x, mask=m, src_key_padding_mask=p), rnd(13, 2, 2, 6), torch.zeros(2, 2).bool(), torch.tensor([[False, True], [False, False]]))
    module(f"decoder_{name}@more", nn.TransformerDecoder(decoder, 2), lambda n, x, y, m: n(x, y, tgt_mask=m), rnd(13, 2, 2, 6), rnd(14, 2, 2, 6), rnd(15, 2, 2))
    module(f"encoder_{name}", nn.TransformerEncoder(encoder, 2, nn.LayerNorm(6)), lambda n, x, m, p: n(x, mask=m, src_key_padding_mask=p), x, causal, padding)
    module(f"decoder_{name}", nn.TransformerDecoder(decoder, 2), lambda n, x, y, m: n(x, y, tgt_mask=m), x, memory, causal)
save()
