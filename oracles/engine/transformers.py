"""Reference values of attention with key and value features of its own, and of the whole transformer, by PyTorch (float64).

Run:  python3 oracles/engine/transformers.py tests/oracles/engine/transformers.npz
"""
import sys

import numpy as np
import torch
from torch import nn

from cases import arrays, module, rnd

causal = torch.ones(4, 4).triu(1).bool()
memory = rnd(5, 4, 5)
padding = torch.tensor([[False, False, False, False, True], [False, False, False, False, False], [False, True, False, False, False]])
q = rnd(1, 4, 3, 6)
module("attention_keys", nn.MultiheadAttention(6, 2, kdim=5, vdim=7), lambda n, q, k, v: n(q, k, v), q, rnd(2, 5, 3, 5), rnd(3, 5, 3, 7))
module("attention_values", nn.MultiheadAttention(6, 3, vdim=2, bias=False, batch_first=True), lambda n, q, k, v: n(q, k, v, key_padding_mask=padding),
       rnd(1, 3, 4, 6), rnd(2, 3, 5, 6), rnd(3, 3, 5, 2))
module("transformer", nn.Transformer(6, 2, 2, 1, 7), lambda n, s, t: [n(s, t, tgt_mask=causal)], rnd(4, 5, 3, 6), rnd(5, 4, 3, 6))
module("transformer_masked", nn.Transformer(6, 3, 1, 2, 7, activation="gelu", norm_first=True, batch_first=True),
       lambda n, s, t, m: [n(s, t, tgt_mask=causal, memory_mask=m, src_key_padding_mask=padding, memory_key_padding_mask=padding)],
       rnd(4, 3, 5, 6), rnd(5, 3, 4, 6), memory)
np.savez_compressed(sys.argv[1], **arrays)
print(len(arrays), "arrays")
