"""PyTorch's side of the rows of workloads.json: each function returns a closure that does the work once and gives its results.

Inputs come from `uniform(seed, shape)`, which Inputs.cs computes to the same bits; parameters are filled by `fill`, in the order of their
names, so that both sides work on the same numbers and their results can be compared.
"""
import json
import math
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def uniform(seed, *shape, low=-1.0, high=1.0, dtype=torch.float32):
    """Numbers in [low, high): a hash of the position and the seed, 24 bits each."""
    count = int(np.prod(shape, dtype=np.int64))
    x = np.arange(count, dtype=np.uint32) + np.uint32((seed * 0x9E3779B9) & 0xFFFFFFFF)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    unit = (x >> np.uint32(8)).astype(np.float64) / (1 << 24)
    return torch.from_numpy((low + (high - low) * unit).reshape(shape)).to(dtype)


def integers(seed, limit, *shape):
    return (uniform(seed, *shape, low=0, high=1, dtype=torch.float64) * limit).floor().long()


def fill(module):
    """Matrices get uniform numbers over the root of their inputs, scales 1, shifts 0."""
    with torch.no_grad():
        for i, (name, p) in enumerate(sorted(module.named_parameters())):
            if p.dim() > 1:
                p.copy_(uniform(100 + i, *p.shape) / math.sqrt(p.numel() / p.shape[0]))
            elif name.endswith("weight"):
                p.fill_(1)
            else:
                p.zero_()
    return module


def forward_backward(function, *inputs, weight_seed=99):
    """Gradients of sum(output * weight) with respect to every input."""
    for x in inputs:
        x.requires_grad_(True)
    weight = None

    def step():
        nonlocal weight
        y = function(*inputs)
        if weight is None:
            weight = uniform(weight_seed, *y.shape, dtype=y.dtype)
        return [y, *torch.autograd.grad(y, inputs, weight)]

    return step


# ---- matrix products

def matmul(row):
    dtype = getattr(torch, row.get("type", "float32"))
    batch = [row["batch"]] if "batch" in row else []
    m, k, n = row["m"], row["k"], row["n"]
    left = uniform(1, *batch, k, m, dtype=dtype).transpose(-1, -2) if row.get("leftTransposed") else uniform(1, *batch, m, k, dtype=dtype)
    right = uniform(2, *batch, n, k, dtype=dtype).transpose(-1, -2) if row.get("rightTransposed") else uniform(2, *batch, k, n, dtype=dtype)
    module = Function(torch.matmul)
    return no_gradient(lambda: [torch.matmul(left, right)]), exportable(module, left, right)


def matvec(row):
    left, right = uniform(1, row["m"], row["k"]), uniform(2, row["k"])
    return no_gradient(lambda: [torch.mv(left, right)]), exportable(Function(torch.matmul), left, right)


class Function(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


def exportable(module, *inputs):
    return module, inputs


def no_gradient(function):
    def step():
        with torch.no_grad():
            return function()

    return step


# ---- convolutions

def convolution(row):
    dims = row.get("dimensions", 2)
    inputs, outputs, kernel, groups = row["inputs"], row["outputs"], row["kernel"], row.get("groups", 1)
    stride, padding = row.get("stride", 1), row.get("padding", 0)
    x = uniform(1, row["batch"], inputs, *[row["size"]] * dims)
    transposed = row.get("transposed", False)
    shape = (inputs, outputs // groups) if transposed else (outputs, inputs // groups)
    weight = uniform(2, *shape, *[kernel] * dims) / math.sqrt(inputs // groups * kernel ** dims)
    bias = uniform(3, outputs)
    if transposed:
        f = getattr(F, f"conv_transpose{dims}d")
    else:
        f = getattr(F, f"conv{dims}d")

    def apply(x, weight, bias):
        return f(x, weight, bias, stride=stride, padding=padding, groups=groups)

    if row.get("backward"):
        plain = forward_backward(apply, x, weight, bias)
    else:
        plain = no_gradient(lambda: [apply(x, weight, bias)])
    if dims != 2:
        return plain, exportable(Function(apply), x, weight, bias)
    layout = torch.channels_last
    xl, wl = x.detach().contiguous(memory_format=layout), weight.detach().contiguous(memory_format=layout)
    if row.get("backward"):
        last = forward_backward(apply, xl, wl, bias.detach().clone())
    else:
        last = no_gradient(lambda: [apply(xl, wl, bias)])
    return {"channels first": plain, "channels last": last}, exportable(Function(apply), x, weight, bias)


# ---- elementwise and reductions

def elementwise(row):
    n, op = row["size"], row["operation"]
    x, y, z = uniform(1, n), uniform(2, n), uniform(3, n)
    table = {
        "add": lambda: x + y,
        "multiply": lambda: x * y,
        "exp": lambda: x.exp(),
        "log": lambda: y.log(),
        "tanh": lambda: x.tanh(),
        "sigmoid": lambda: x.sigmoid(),
        "gelu": lambda: F.gelu(x),
        "sine": lambda: x.sin(),
        "sum": lambda: x.sum(),
        "chain": lambda: ((x * y + z).tanh() * x),
        "long chain": lambda: ((x * y + z).sigmoid() * (x - z) + y).square(),
    }
    if op == "log":
        y = uniform(2, n, low=0.1, high=2)
    if op in ("row sums", "column sums", "row maxima"):
        a = uniform(1, row["rows"], n)
        table = {"row sums": lambda: a.sum(1), "column sums": lambda: a.sum(0), "row maxima": lambda: a.max(1).values}
    functions = {"add": (lambda a, b: a + b, x, y), "exp": (torch.exp, x), "tanh": (torch.tanh, x), "sigmoid": (torch.sigmoid, x), "sum": (torch.sum, x)}
    export = exportable(Function(functions[op][0]), *functions[op][1:]) if op in functions else None
    return no_gradient(lambda: [table[op]()]), export


# ---- normalisation and softmax

def normalization(row):
    op, shape = row["operation"], row["shape"]
    x = uniform(1, *shape)
    if op == "softmax":
        return forward_backward(lambda x: F.softmax(x, -1), x), exportable(Function(lambda x: F.softmax(x, -1)), x)
    if op == "cross-entropy":
        target = integers(2, shape[1], shape[0])
        return forward_backward(lambda x: F.cross_entropy(x, target), x), None
    if op == "gelu":
        return forward_backward(F.gelu, x), None
    weight, bias = uniform(2, shape[1 if op != "layer norm" else -1]), uniform(3, shape[1 if op != "layer norm" else -1])
    if op == "layer norm":
        return forward_backward(lambda x, w, b: F.layer_norm(x, [shape[-1]], w, b), x, weight, bias), None
    if op == "batch norm":
        return forward_backward(lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True), x, weight, bias), None
    return forward_backward(lambda x, w, b: F.group_norm(x, 8, w, b), x, weight, bias), None


# ---- attention

def attention(row):
    shape = (row["batch"], row["heads"], row["tokens"], row["features"])
    q, k, v = uniform(1, *shape), uniform(2, *shape), uniform(3, *shape)
    mask = torch.ones(row["tokens"], row["tokens"]).tril().bool().logical_not() if row.get("causal") else None

    def apply(q, k, v):
        scores = (q / math.sqrt(q.shape[-1])) @ k.transpose(-1, -2)
        if mask is not None:
            scores = scores.masked_fill(mask, -math.inf)
        return scores.softmax(-1) @ v

    variants = {"composite": forward_backward(apply, q, k, v)}
    if hasattr(F, "_scaled_dot_product_attention") and mask is None:
        q2, k2, v2 = (t.detach().clone() for t in (q, k, v))
        variants["_scaled_dot_product_attention"] = forward_backward(lambda q, k, v: F._scaled_dot_product_attention(q, k, v)[0], q2, k2, v2)
    return variants, None


# ---- indexing

def indexing(row):
    op = row["operation"]
    if op == "embedding":
        table, index = uniform(1, row["rows"], row["features"]), integers(2, row["rows"], row["count"])
        return forward_backward(lambda t: F.embedding(index, t), table), None
    if op == "scatter-add":
        source, index = uniform(1, row["count"]), integers(2, row["targets"], row["count"])
        return no_gradient(lambda: [torch.zeros(row["targets"]).scatter_add(0, index, source)]), None
    if op == "index-select":
        table, index = uniform(1, row["rows"], row["features"]), integers(2, row["rows"], row["count"])
        return no_gradient(lambda: [table.index_select(0, index)]), None
    x = uniform(1, row["count"])
    if op == "sort":
        return no_gradient(lambda: [x.sort().values]), None
    return no_gradient(lambda: [x.topk(row["top"]).values]), None


# ---- Fourier transforms and linear algebra

def spectral(row):
    op, n = row["operation"], row["size"]
    batch = [row["batch"]] if "batch" in row else []
    if op == "fft":
        x = torch.complex(uniform(1, *batch, n), uniform(2, *batch, n))
        return no_gradient(lambda: [torch.view_as_real(torch.fft.fft(x))]), None
    if op == "rfft2":
        x = uniform(1, *batch, n, n)
        return no_gradient(lambda: [torch.view_as_real(torch.fft.rfft2(x))]), None
    a = uniform(1, *batch, n, n, dtype=torch.float64)
    definite = a @ a.transpose(-1, -2) + n * torch.eye(n, dtype=torch.float64)
    b = uniform(2, *batch, n, 16, dtype=torch.float64)
    table = {
        "solve": lambda: torch.linalg.solve(definite, b),
        "cholesky": lambda: torch.linalg.cholesky(definite),
        "inverse": lambda: torch.linalg.inv(definite),
        "singular values": lambda: torch.linalg.svd(a)[1],
        "symmetric eigenvalues": lambda: torch.linalg.eigh(definite)[0],
        "qr": lambda: torch.linalg.qr(a)[1].abs(),
    }
    return no_gradient(lambda: [table[op]()]), None


# ---- recurrent networks

def recurrent(row):
    cls = {"lstm": nn.LSTM, "gru": nn.GRU}[row["operation"]]
    network = fill(cls(row["inputs"], row["hidden"]))
    x = uniform(1, row["time"], row["batch"], row["inputs"])
    parameters = list(network.parameters())
    weight = uniform(99, row["time"], row["batch"], row["hidden"])

    def step():
        y = network(x)[0]
        gradients = torch.autograd.grad(y, parameters, weight)
        return [y, gradients[0]]

    return step, None


# ---- training steps

def trained(network, loss, optimizer=None):
    network = fill(network)
    optimizer = optimizer or torch.optim.Adam(network.parameters(), lr=1e-3)

    def step():
        optimizer.zero_grad()
        value = loss(network)
        value.backward()
        optimizer.step()
        return [value.detach()]

    return step, None


def mlp(*sizes, activation=nn.Tanh):
    layers = []
    for i in range(len(sizes) - 1):
        layers.append(nn.Linear(sizes[i], sizes[i + 1]))
        if i < len(sizes) - 2:
            layers.append(activation())
    return nn.Sequential(*layers)


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(8, 16)
        self.head = nn.Linear(16, 4)

    def forward(self, x):
        return self.head(self.gru(x)[0])


class Coupling(nn.Module):
    """Affine coupling of two numbers: one is kept, the other scaled and shifted by a network of it."""

    def __init__(self, kept):
        super().__init__()
        self.kept = kept
        self.net = mlp(1, 64, 64, 2)

    def forward(self, x):
        kept, moved = x[:, self.kept:self.kept + 1], x[:, 1 - self.kept:2 - self.kept]
        parameters = self.net(kept)
        scale, shift = parameters[:, :1].tanh(), parameters[:, 1:]
        moved = moved * scale.exp() + shift
        return torch.cat([kept, moved] if self.kept == 0 else [moved, kept], 1), scale[:, 0]


class Flow(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([Coupling(i % 2) for i in range(4)])

    def forward(self, x):
        logarithm = 0
        for layer in self.layers:
            x, change = layer(x)
            logarithm = logarithm + change
        return x, logarithm


class Gan(nn.Module):
    def __init__(self):
        super().__init__()
        self.generator = mlp(2, 64, 64, 2, activation=nn.ReLU)
        self.critic = mlp(2, 64, 64, 1, activation=nn.Tanh)


class Encoder(nn.Module):
    """Six layers over tokens, trained to tell the next token."""

    def __init__(self, vocabulary=1000, width=256, heads=4, layers=6):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, width)
        layer = nn.TransformerEncoderLayer(width, heads, 4 * width, dropout=0, activation="gelu", batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers)
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens, mask):
        return self.head(self.encoder(self.embedding(tokens), mask))


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
        return (y + (x if self.downsample is None else self.downsample(x))).relu()


class ResNet18(nn.Module):
    def __init__(self, classes, small):
        super().__init__()
        self.small = small
        self.conv1 = nn.Conv2d(3, 64, 3, 1, 1, bias=False) if small else nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = nn.Sequential(BasicBlock(64, 64, 1), BasicBlock(64, 64, 1))
        self.layer2 = nn.Sequential(BasicBlock(64, 128, 2), BasicBlock(128, 128, 1))
        self.layer3 = nn.Sequential(BasicBlock(128, 256, 2), BasicBlock(256, 256, 1))
        self.layer4 = nn.Sequential(BasicBlock(256, 512, 2), BasicBlock(512, 512, 1))
        self.fc = nn.Linear(512, classes)

    def forward(self, x):
        x = self.bn1(self.conv1(x)).relu()
        if not self.small:
            x = F.max_pool2d(x, 3, 2, 1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


class VisionTransformer(nn.Module):
    """ViT-S/16: width 384, 12 layers, 6 heads."""

    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, 384, 16, 16)
        self.class_token = nn.Parameter(torch.zeros(1, 1, 384))
        self.positions = nn.Parameter(torch.zeros(1, 197, 384))
        layer = nn.TransformerEncoderLayer(384, 6, 1536, dropout=0, activation="gelu", batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 12, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(384)
        self.head = nn.Linear(384, 1000)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_token.expand(x.shape[0], -1, -1), x], 1) + self.positions
        return self.head(self.norm(self.encoder(x)[:, 0]))


class DecoderLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.linear1, self.linear2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, cache):
        b, width = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(b, 3, self.heads, -1).unbind(1)
        keys = torch.cat([cache[0], k.unsqueeze(2)], 2)
        values = torch.cat([cache[1], v.unsqueeze(2)], 2)
        scores = (q.unsqueeze(2) / math.sqrt(q.shape[-1])) @ keys.transpose(-1, -2)
        x = x + self.out((scores.softmax(-1) @ values).reshape(b, width))
        return x + self.linear2(F.gelu(self.linear1(self.norm2(x)))), (keys, values)


class Decoder(nn.Module):
    """A decoder of six layers that writes one token after the other with a cache of keys and values."""

    def __init__(self, vocabulary=1000, width=256, heads=4, layers=6):
        super().__init__()
        self.heads, self.width = heads, width
        self.embedding = nn.Embedding(vocabulary, width)
        self.layers = nn.ModuleList([DecoderLayer(width, heads) for _ in range(layers)])
        self.head = nn.Linear(width, vocabulary)

    def generate(self, token, count):
        empty = torch.zeros(1, self.heads, 0, self.width // self.heads)
        caches = [(empty, empty) for _ in self.layers]
        for _ in range(count):
            x = self.embedding(token)
            for i, layer in enumerate(self.layers):
                x, caches[i] = layer(x, caches[i])
            logits = self.head(x)
            token = logits.argmax(-1)
        return logits


def laplacian(network, points):
    points = points.clone().requires_grad_(True)
    u = network(points)
    gradient = torch.autograd.grad(u.sum(), points, create_graph=True)[0]
    second = [torch.autograd.grad(gradient[:, i].sum(), points, create_graph=True)[0][:, i] for i in range(points.shape[1])]
    return u, sum(second)


def small_step(row):
    name = row["operation"]
    if name == "tanh network":
        x, y = uniform(1, 128, 2), uniform(2, 128, 1)
        return trained(mlp(2, 64, 64, 1), lambda net: ((net(x) - y) ** 2).mean())
    if name == "physics-informed":
        points, source = uniform(1, 256, 2, low=0, high=1), uniform(2, 256)
        return trained(mlp(2, 32, 32, 32, 1), lambda net: ((laplacian(net, points)[1] - source) ** 2).mean())
    if name == "recurrent policy":
        x, actions, returns = uniform(1, 20, 16, 8), integers(2, 4, 20, 16, 1), uniform(3, 20, 16)
        return trained(Policy(), lambda net: -(net(x).log_softmax(-1).gather(-1, actions).squeeze(-1) * returns).mean())
    if name == "normalizing flow":
        x = uniform(1, 128, 2)

        def likelihood(net):
            z, change = net(x)
            return (0.5 * (z * z).sum(1) - change).mean()

        return trained(Flow(), likelihood)
    net = fill(Gan())
    critic = torch.optim.Adam(net.critic.parameters(), lr=1e-3)
    generator = torch.optim.Adam(net.generator.parameters(), lr=1e-3)
    real, noise, share = uniform(1, 64, 2), uniform(2, 64, 2), uniform(3, 64, 1, low=0, high=1)

    def step():
        critic.zero_grad()
        with torch.no_grad():
            fake = net.generator(noise)
        mixed = (share * real + (1 - share) * fake).requires_grad_(True)
        slope = torch.autograd.grad(net.critic(mixed).sum(), mixed, create_graph=True)[0]
        penalty = ((slope.square().sum(1) + 1e-12).sqrt() - 1).square().mean()
        loss = net.critic(fake).mean() - net.critic(real).mean() + 10 * penalty
        loss.backward()
        critic.step()
        generator.zero_grad()
        other = -net.critic(net.generator(noise)).mean()
        other.backward()
        generator.step()
        return [loss.detach(), other.detach()]

    return step, None


def large_step(row):
    if row["operation"] == "transformer":
        tokens, target = integers(1, 1000, 8, 128), integers(2, 1000, 8, 128)
        mask = torch.full((128, 128), -math.inf).triu(1)
        network = Encoder()
        return trained(network, lambda net: F.cross_entropy(net(tokens, mask).reshape(-1, 1000), target.reshape(-1)))
    x, target = uniform(1, 32, 3, 32, 32), integers(2, 10, 32)
    steps = {}
    for layout in ("channels first", "channels last"):
        network = ResNet18(10, True)
        data = x
        if layout == "channels last":
            network = network.to(memory_format=torch.channels_last)
            data = x.contiguous(memory_format=torch.channels_last)
        optimizer = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
        steps[layout] = trained(network, lambda net, data=data: F.cross_entropy(net(data), target), optimizer)[0]
    return steps, None


def inference(row):
    name = row["operation"]
    if name == "decoding":
        network = fill(Decoder()).eval()
        token = torch.tensor([1])
        return no_gradient(lambda: [network.generate(token, row["tokens"])]), None
    network = fill(ResNet18(1000, False) if name == "resnet-18" else VisionTransformer()).eval()
    x = uniform(1, row["batch"], 3, 224, 224)
    variants = {"channels first": no_gradient(lambda: [network(x)])}
    if name == "resnet-18":
        last = fill(ResNet18(1000, False)).eval().to(memory_format=torch.channels_last)
        xl = x.contiguous(memory_format=torch.channels_last)
        variants["channels last"] = no_gradient(lambda: [last(xl)])
    return variants, exportable(network, x)


def optimizer(row):
    """Ten million parameters in fifty tensors with gradients; PyTorch may take its multi-tensor form."""
    def build(foreach):
        parameters = [nn.Parameter(uniform(i, 200_000)) for i in range(50)]
        for i, p in enumerate(parameters):
            p.grad = uniform(1000 + i, 200_000)
        settings = {
            "sgd": lambda: torch.optim.SGD(parameters, lr=1e-3, momentum=0.9, foreach=foreach),
            "adam": lambda: torch.optim.Adam(parameters, lr=1e-3, foreach=foreach),
            "adamw": lambda: torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.01, foreach=foreach),
        }
        made = settings[row["operation"]]()

        def step():
            made.step()
            return [parameters[0].detach(), parameters[-1].detach()]

        return step

    return {"single tensor": build(False), "multi-tensor": build(True)}, None


# ---- loading data

class Pictures(torch.utils.data.Dataset):
    def __init__(self, folder):
        self.files = sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".jpg"))

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        from PIL import Image
        pixels = np.asarray(Image.open(self.files[index]).convert("RGB"))[16:240, 16:240]
        return (torch.from_numpy(pixels.copy()).permute(2, 0, 1).float() / 255 - 0.5) / 0.25


def loading(row):
    folder = os.environ["SCORCH_BENCHMARK_FILES"]
    if row["operation"] == "jpeg":
        pictures = Pictures(os.path.join(folder, "pictures"))
        loader = torch.utils.data.DataLoader(pictures, batch_size=32, num_workers=0)

        def step():
            return [batch for batch in loader][:1]

        variants = {"in process": step}
        return variants, None
    path = os.path.join(folder, "text.txt")

    def text():
        """Words become numbers in order of appearance; blocks of 128 are stacked in batches of 32."""
        vocabulary, ids = {}, []
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                for word in line.split():
                    ids.append(vocabulary.setdefault(word, len(vocabulary)))
        blocks = torch.tensor(ids)[:len(ids) // 128 * 128].reshape(-1, 128)
        return [blocks[i:i + 32].double() for i in range(0, len(blocks), 32)][:1]

    return text, None


KINDS = {
    "matmul": matmul, "matvec": matvec, "convolution": convolution, "elementwise": elementwise, "normalization": normalization,
    "attention": attention, "indexing": indexing, "spectral": spectral, "recurrent": recurrent, "small step": small_step,
    "large step": large_step, "inference": inference, "optimizer": optimizer, "loading": loading,
}
