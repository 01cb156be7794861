"""Reference values of recurrent, attention and transformer modules, by PyTorch (float64, evaluation mode).

Run:  python3 oracles/engine/modules.py tests/oracles/engine/modules.npz
Arrays of a case NAME: NAME.in.I, NAME.out.I, NAME.grad.I (inputs, weighted as cases.py says), NAME.state/KEY and NAME.slope/KEY
(the parameters by name and their gradients).
"""
import sys

import numpy as np
import torch
from torch import nn

from cases import arrays, module, rnd

causal = torch.ones(4, 4).triu(1).bool()
padding = torch.tensor([[False, False, False, True], [False, False, False, False], [False, True, False, False]])


def flat(result):
    output, state = result
    return [output, *(state if isinstance(state, tuple) else [state])]


series = rnd(1, 4, 3, 5)
module("rnn", nn.RNN(5, 6), lambda n, x: flat(n(x)), series)
module("rnn_relu", nn.RNN(5, 6, nonlinearity="relu", bias=False), lambda n, x: flat(n(x)), series)
for name, kind in [("gru", nn.GRU), ("lstm", nn.LSTM)]:
    module(name, kind(5, 6), lambda n, x: flat(n(x)), series)
    module(f"{name}_deep", kind(5, 6, num_layers=2, bidirectional=True, batch_first=True), lambda n, x: flat(n(x)), rnd(2, 3, 4, 5))
    module(f"{name}_single", kind(5, 6), lambda n, x: flat(n(x)), rnd(3, 4, 5))
module("gru_state", nn.GRU(5, 6, 2), lambda n, x, h: flat(n(x, h)), series, rnd(4, 2, 3, 6))
module("lstm_state", nn.LSTM(5, 6, 2), lambda n, x, h, c: flat(n(x, (h, c))), series, rnd(4, 2, 3, 6), rnd(5, 2, 3, 6))
q, kv = rnd(6, 4, 3, 6), rnd(7, 5, 3, 6)
module("attention", nn.MultiheadAttention(6, 2), lambda n, q, k: n(q, k, k), q, kv)
module("attention_masked", nn.MultiheadAttention(6, 2, bias=False), lambda n, q: n(q, q, q, attn_mask=causal, key_padding_mask=padding), q)
module("attention_batch_first", nn.MultiheadAttention(6, 3, batch_first=True), lambda n, q, m: n(q, q, q, attn_mask=m), rnd(6, 3, 4, 6), rnd(8, 9, 4, 4))
for name, extra in [("last", {}), ("first", dict(norm_first=True, activation="gelu", batch_first=True))]:
    x = rnd(9, 3, 4, 6) if "batch_first" in extra else rnd(9, 4, 3, 6)
    memory = rnd(10, 3, 5, 6) if "batch_first" in extra else rnd(10, 5, 3, 6)
    encoder, decoder = nn.TransformerEncoderLayer(6, 2, 7, **extra), nn.TransformerDecoderLayer(6, 2, 7, **extra)
    module(f"encoder_{name}", nn.TransformerEncoder(encoder, 2, nn.LayerNorm(6)), lambda n, x: [n(x, mask=causal, src_key_padding_mask=padding)], x)
    module(f"decoder_{name}", nn.TransformerDecoder(decoder, 2), lambda n, x, m: [n(x, m, tgt_mask=causal)], x, memory)
np.savez_compressed(sys.argv[1], **arrays)
print(len(arrays), "arrays")
