"""Reference values of attention with key and value features of its own, and of the whole transformer, by PyTorch (float64).

Run:  python3 oracles/engine/transformers.py tests/oracles/engine/transformers.npz
"""
import torch
from torch import nn

from cases import cases, module, rnd, save

causal = torch.ones(4, 4).triu(1).bool()
memory = rnd(5, 4, 5)
padding = torch.tensor([[False, False, False, False, True], [False, False, False, False, False], [False, True, False, False, False]])
q = rnd(1, 4, 3, 6)
module("attention_keys", nn.MultiheadAttention(6, 2, kdim=5, vdim=7), lambda n, q, k, v: n(q, k, v), q, rnd(2, 5, 3, 5), rnd(3, 5, 3, 7))
module("attention_values", nn.MultiheadAttention(6, 3, vdim=2, bias=False, batch_first=True), lambda n, q, k, v, p: n(q, k, v, key_padding_mask=p),
       rnd(1, 3, 4, 6), rnd(2, 3, 5, 6), rnd(3, 3, 5, 2), padding)
module("transformer", nn.Transformer(6, 2, 2, 1, 7), lambda n, s, t, c: n(s, t, tgt_mask=c), rnd(4, 5, 3, 6), rnd(5, 4, 3, 6), causal)
module("transformer@one", nn.Transformer(6, 2, 2, 1, 7), lambda n, s, t, c: n(s, t, tgt_mask=c), rnd(6, 2, 1, 6), rnd(7, 1, 1, 6), causal[:1, :1])
module("transformer_masked", nn.Transformer(6, 3, 1, 2, 7, activation="gelu", norm_first=True, batch_first=True),
       lambda n, s, t, m, c, p: n(s, t, tgt_mask=c, memory_mask=m, src_key_padding_mask=p, memory_key_padding_mask=p),
       rnd(4, 3, 5, 6), rnd(5, 3, 4, 6), memory, causal, padding)
cases("causal_mask", lambda x: torch.ones(len(x), len(x)).triu(1).bool(), (rnd(1, 4),), (rnd(1, 1),))
save()
