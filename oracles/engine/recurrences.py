"""Reference values of the linear recurrence c_t = f_t c_{t-1} + x_t, written as a loop in PyTorch (float64).

Run:  python3 oracles/engine/recurrences.py tests/oracles/engine/recurrences.npz
"""
import torch

from cases import cases, rnd, save


def loop(x, f, backwards=False):
    states, state = [], torch.zeros_like(x[:, 0])
    for t in reversed(range(x.shape[1])) if backwards else range(x.shape[1]):
        state = f[:, t] * state + x[:, t]
        states.append(state)
    return torch.stack(states[::-1] if backwards else states, 1)


def pair(seed, *shape):
    return rnd(seed, *shape), rnd(seed + 1, *shape, low=-1.2, high=1.2)


shapes = [(2, 5, 3), (1, 1, 1), (3, 2, 17), (1, 7, 1)]
cases("linear_recurrence", loop, *[pair(10 * i + 1, *shape) for i, shape in enumerate(shapes)])
cases("linear_recurrence_backwards", lambda x, f: loop(x, f, True), *[pair(10 * i + 101, *shape) for i, shape in enumerate(shapes)])
save()
