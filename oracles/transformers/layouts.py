"""Golden values of tests/oracles/transformers: BERT, T5 and GPT-2 by direct PyTorch statements of their public definitions.

Run with PyTorch 1.13: python3 oracles/transformers/layouts.py tests/oracles/transformers
Everything is float64 on one thread; parameters carry the published names; `grad.*` are gradients of `out.loss`.
"""
import math
import sys

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)


class Names(dict):
    """Makes parameters on first use, under their published names."""

    def __init__(self, seed):
        super().__init__()
        self.generator = torch.Generator().manual_seed(seed)

    def __call__(self, name, *shape, mean=0.0, scale=0.3):
        if name not in self:
            value = mean + scale * torch.randn(*shape, generator=self.generator)
            self[name] = value.requires_grad_()
        return self[name]


def save(path, names, loss, inputs, outputs):
    loss.backward()
    arrays = {f"in.{k}": v for k, v in inputs.items()}
    arrays.update({f"out.{k}": v.detach() for k, v in outputs.items()})
    arrays["out.loss"] = loss.detach()
    for name, value in names.items():
        arrays[f"param.{name}"] = value.detach()
        arrays[f"grad.{name}"] = value.grad if value.grad is not None else torch.zeros_like(value)
    np.savez_compressed(path, **{k: v.numpy() if torch.is_tensor(v) else v for k, v in arrays.items()})


def heads(x, count):
    return x.view(x.shape[0], x.shape[1], count, -1).transpose(1, 2)


def join(x):
    return x.transpose(1, 2).reshape(x.shape[0], x.shape[2], -1)


def layer_norm(x, names, name, eps):
    d = x.shape[-1]
    return F.layer_norm(x, (d,), names(f"{name}.weight", d, mean=1.0), names(f"{name}.bias", d), eps)


def bert(path, folder_seed=1):
    names = Names(folder_seed)
    vocab, d, n_heads, inner, layers, positions = 23, 12, 3, 20, 2, 11
    ids = torch.randint(0, vocab, (3, 7), generator=names.generator)
    segments = torch.randint(0, 2, (3, 7), generator=names.generator)
    mask = torch.tensor([[1] * 7, [1] * 5 + [0] * 2, [1] * 3 + [0] * 4]).bool()

    def linear(x, name, outputs):
        return F.linear(x, names(f"{name}.weight", outputs, x.shape[-1]), names(f"{name}.bias", outputs))

    e = "bert.embeddings."
    x = (names(e + "word_embeddings.weight", vocab, d)[ids]
         + names(e + "position_embeddings.weight", positions, d)[torch.arange(7)]
         + names(e + "token_type_embeddings.weight", 2, d)[segments])
    x = layer_norm(x, names, e + "LayerNorm", 1e-12)
    for i in range(layers):
        p = f"bert.encoder.layer.{i}."
        q, k, v = (heads(linear(x, p + f"attention.self.{part}", d), n_heads) for part in ("query", "key", "value"))
        scores = q @ k.transpose(-1, -2) / math.sqrt(d // n_heads)
        scores = scores.masked_fill(~mask[:, None, None, :], -math.inf)
        x = layer_norm(linear(join(scores.softmax(-1) @ v), p + "attention.output.dense", d) + x, names, p + "attention.output.LayerNorm", 1e-12)
        y = F.gelu(linear(x, p + "intermediate.dense", inner))
        x = layer_norm(linear(y, p + "output.dense", d) + x, names, p + "output.LayerNorm", 1e-12)
    hidden = x
    pooled = torch.tanh(linear(hidden[:, 0], "bert.pooler.dense", d))
    classes = linear(pooled, "classifier", 4)
    t = layer_norm(F.gelu(linear(hidden, "cls.predictions.transform.dense", d)), names, "cls.predictions.transform.LayerNorm", 1e-12)
    masked = t @ names(e + "word_embeddings.weight").t() + names("cls.predictions.bias", vocab)
    upstream_classes = torch.randn(classes.shape, generator=names.generator)
    upstream_masked = torch.randn(masked.shape, generator=names.generator) * mask[:, :, None]
    # Both losses at once: the test adds the gradients of two models that share the encoder's weights.
    loss = (classes * upstream_classes).sum() + (masked * upstream_masked).sum()
    save(f"{path}/bert.npz", names, loss,
         dict(ids=ids, segments=segments, mask=mask, upstream_classes=upstream_classes, upstream_masked=upstream_masked),
         dict(hidden=hidden, pooled=pooled, classes=classes, masked=masked))


def bucket(relative, bidirectional, buckets=32, maximum=128):
    """T5's rule for key - query, in single precision as published."""
    result = torch.zeros_like(relative)
    if bidirectional:
        buckets //= 2
        result = result + (relative > 0).long() * buckets
        n = relative.abs()
    else:
        n = torch.clamp(-relative, min=0)
    exact = buckets // 2
    large = exact + (torch.log(n.clamp(min=1).float() / exact) / math.log(maximum / exact) * (buckets - exact)).long()
    return result + torch.where(n < exact, n, large.clamp(max=buckets - 1))


def rms(x, names, name):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * names(f"{name}.weight", x.shape[-1], mean=1.0)


def gelu_new(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))


def t5(path, version, seed):
    names = Names(seed)
    vocab, d, d_kv, n_heads, d_ff, layers, decoder_layers = 21, 10, 3, 4, 14, 2, 3
    ids = torch.randint(2, vocab, (2, 9), generator=names.generator)
    mask = torch.tensor([[1] * 9, [1] * 6 + [0] * 3]).bool()
    targets = torch.randint(1, vocab, (2, 6), generator=names.generator)
    targets[1, 4:] = -100
    decoder_ids = torch.cat([torch.zeros(2, 1, dtype=torch.long), targets[:, :-1]], 1)
    decoder_ids = decoder_ids.masked_fill(decoder_ids == -100, 0)

    def linear(x, name, outputs):
        return F.linear(x, names(f"{name}.weight", outputs, x.shape[-1]))

    def attention(x, memory, name, bias):
        q = heads(linear(x, name + ".q", n_heads * d_kv), n_heads)
        k = heads(linear(memory, name + ".k", n_heads * d_kv), n_heads)
        v = heads(linear(memory, name + ".v", n_heads * d_kv), n_heads)
        return linear(join((q @ k.transpose(-1, -2) + bias).softmax(-1) @ v), name + ".o", d)

    def feed_forward(x, name):
        if version == "1.0":
            return linear(F.relu(linear(x, name + ".wi", d_ff)), name + ".wo", d)
        return linear(gelu_new(linear(x, name + ".wi_0", d_ff)) * linear(x, name + ".wi_1", d_ff), name + ".wo", d)

    def stack(x, name, count, bidirectional, bias, memory=None, memory_bias=None):
        time = x.shape[1]
        table = names(f"{name}.block.0.layer.0.SelfAttention.relative_attention_bias.weight", 32, n_heads)
        relative = torch.arange(time)[None, :] - torch.arange(time)[:, None]
        bias = bias + table[bucket(relative, bidirectional)].permute(2, 0, 1)[None]
        for i in range(count):
            p = f"{name}.block.{i}.layer."
            y = rms(x, names, p + "0.layer_norm")
            x = x + attention(y, y, p + "0.SelfAttention", bias)
            last = 1
            if memory is not None:
                x = x + attention(rms(x, names, p + "1.layer_norm"), memory, p + "1.EncDecAttention", memory_bias)
                last = 2
            x = x + feed_forward(rms(x, names, f"{p}{last}.layer_norm"), f"{p}{last}.DenseReluDense")
        return rms(x, names, f"{name}.final_layer_norm")

    zero = torch.zeros(())
    closed = torch.tensor(-math.inf)
    shared = names("shared.weight", vocab, d, scale=1.0)
    memory_bias = torch.where(mask[:, None, None, :], zero, closed)
    encoded = stack(shared[ids], "encoder", layers, True, memory_bias)
    causal = torch.where(torch.ones(6, 6).tril().bool(), zero, closed)
    decoded = stack(shared[decoder_ids], "decoder", decoder_layers, False, causal, encoded, memory_bias)
    if version == "1.0":
        logits = (decoded * d ** -0.5) @ shared.t()
    else:
        logits = linear(decoded, "lm_head", vocab)
    loss = F.cross_entropy(logits.view(-1, vocab), targets.view(-1), ignore_index=-100)
    save(f"{path}/t5_{version.replace('.', '')}.npz", names, loss,
         dict(ids=ids, mask=mask, targets=targets, decoder_ids=decoder_ids), dict(encoded=encoded, logits=logits))


def gpt2(path):
    names = Names(7)
    vocab, d, n_heads, layers, positions = 19, 8, 2, 2, 12
    ids = torch.randint(0, vocab, (3, 9), generator=names.generator)
    # One row is padded on the left, one on the right: positions count real tokens.
    mask = torch.tensor([[1] * 9, [0] * 4 + [1] * 5, [1] * 6 + [0] * 3]).bool()

    def conv1d(x, name, outputs):
        return x @ names(f"{name}.weight", x.shape[-1], outputs) + names(f"{name}.bias", outputs)

    places = (mask.long().cumsum(1) - 1).clamp(min=0)
    wte = names("transformer.wte.weight", vocab, d)
    x = wte[ids] + names("transformer.wpe.weight", positions, d)[places]
    allowed = torch.ones(9, 9).tril().bool()[None] & mask[:, None, :] | torch.eye(9).bool()[None]
    for i in range(layers):
        p = f"transformer.h.{i}."
        q, k, v = (heads(part, n_heads) for part in conv1d(layer_norm(x, names, p + "ln_1", 1e-5), p + "attn.c_attn", 3 * d).split(d, -1))
        scores = (q @ k.transpose(-1, -2) / math.sqrt(d // n_heads)).masked_fill(~allowed[:, None], -math.inf)
        x = x + conv1d(join(scores.softmax(-1) @ v), p + "attn.c_proj", d)
        x = x + conv1d(gelu_new(conv1d(layer_norm(x, names, p + "ln_2", 1e-5), p + "mlp.c_fc", 4 * d)), p + "mlp.c_proj", d)
    logits = layer_norm(x, names, "transformer.ln_f", 1e-5) @ wte.t()
    upstream = torch.randn(logits.shape, generator=names.generator) * mask[:, :, None]
    save(f"{path}/gpt2.npz", names, (logits * upstream).sum(), dict(ids=ids, mask=mask, upstream=upstream), dict(logits=logits))
    # The same weights as a file of PyTorch's own, in single precision.
    torch.save({name: value.detach().float() for name, value in names.items()}, f"{path}/gpt2_pytorch_model.bin")


def buckets(path):
    relative = torch.arange(-300, 301)
    np.savez_compressed(f"{path}/buckets.npz", relative=relative.numpy(), **{
        f"{'bidirectional' if both else 'causal'}_{count}_{most}": bucket(relative, both, count, most).numpy()
        for both in (True, False) for count, most in ((32, 128), (16, 64), (64, 256), (32, 100))})


if __name__ == "__main__":
    target = sys.argv[1]
    bert(target)
    t5(target, "1.0", 3)
    t5(target, "1.1", 5)
    gpt2(target)
    buckets(target)
