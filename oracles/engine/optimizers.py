"""Twenty steps of every optimiser, and the curves of every learning-rate schedule, of PyTorch 1.13, and Adafactor by its paper.

The problem: two parameters, W [4, 3] and b [3], float64, loss sum_i w_i (tanh(x_i W + b) - y_i)^2 over eight fixed rows; every
number below is computed from the index, so that the C# test builds the same problem. Run from the repository's root:

    /usr/bin/python3 oracles/engine/optimizers.py
"""
import copy
import warnings

import numpy as np
import torch

warnings.simplefilter("ignore")
torch.set_default_dtype(torch.float64)
STEPS = 20


def wave(count, scale, shift):
    return torch.sin(torch.arange(count, dtype=torch.float64) * scale + shift)


X = wave(32, 0.7, 0.1).reshape(8, 4)
Y = wave(24, 1.3, 0.5).reshape(8, 3) * 0.8


def parameters():
    return [wave(12, 2.1, 0.3).reshape(4, 3).clone().requires_grad_(), wave(3, 1.9, 0.2).clone().requires_grad_()]


def loss_of(w, b):
    return (torch.tanh(X @ w + b) - Y).square().sum()


class Adafactor(torch.optim.Optimizer):
    """Shazeer and Stern 2018, algorithms 4 and 5 with the proposed hyper-parameters (beta2_t = 1 - t^-0.8, d = 1, eps 1e-30 and 1e-3)."""

    def __init__(self, parameters, lr=None, relative=True, scale=True, weight_decay=0.0, beta1=None):
        super().__init__(parameters, dict(lr=lr, relative=relative, scale=scale, weight_decay=weight_decay, beta1=beta1))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                s = self.state[p]
                s["t"] = t = s.get("t", 0) + 1
                g2 = p.grad**2 + 1e-30
                beta = 1 - t**-0.8
                if p.dim() >= 2:
                    s["r"] = r = beta * s.get("r", torch.zeros(p.shape[:-1])) + (1 - beta) * g2.mean(-1)
                    s["c"] = c = beta * s.get("c", torch.zeros(p.shape[:-2] + p.shape[-1:])) + (1 - beta) * g2.mean(-2)
                    v = r[..., :, None] * c[..., None, :] / r.mean(-1)[..., None, None]
                else:
                    s["v"] = v = beta * s.get("v", torch.zeros_like(p)) + (1 - beta) * g2
                u = p.grad / v.sqrt()
                u = u / max(1.0, (u.square().mean().sqrt() / 1.0).item())
                rho = min(1e-2, t**-0.5) if group["relative"] else group["lr"]
                alpha = max(1e-3, p.square().mean().sqrt().item()) * rho if group["scale"] else rho
                if group["weight_decay"]:
                    p.mul_(1 - group["weight_decay"] * alpha)
                step = alpha * u
                if group["beta1"] is not None:
                    s["m"] = step = group["beta1"] * s.get("m", torch.zeros_like(p)) + (1 - group["beta1"]) * step
                p.sub_(step)


OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.05),
    "sgd_decay": lambda p: torch.optim.SGD(p, lr=0.05, weight_decay=0.1),
    "sgd_momentum": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, weight_decay=0.01),
    "sgd_dampening": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, dampening=0.5),
    "sgd_nesterov": lambda p: torch.optim.SGD(p, lr=0.02, momentum=0.9, nesterov=True, weight_decay=0.01),
    "adam": lambda p: torch.optim.Adam(p, lr=0.05),
    "adam_decay": lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
    "adam_amsgrad": lambda p: torch.optim.Adam(p, lr=0.2, amsgrad=True),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.05),
    "adamw_amsgrad": lambda p: torch.optim.AdamW(p, lr=0.2, weight_decay=0.3, amsgrad=True),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.02),
    "rmsprop_momentum": lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, momentum=0.8, weight_decay=0.05),
    "rmsprop_centered": lambda p: torch.optim.RMSprop(p, lr=0.01, eps=1e-3, centered=True),
    "rmsprop_centered_momentum": lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.95, centered=True, momentum=0.5),
    "adafactor": lambda p: Adafactor(p),
    "adafactor_fixed": lambda p: Adafactor(p, lr=0.03, relative=False, scale=False, weight_decay=0.1, beta1=0.9),
}

# Starts after the rate of the first step; PyTorch's order: step the optimiser, then the schedule.
SCHEDULES = {
    "constant": lambda o: torch.optim.lr_scheduler.ConstantLR(o, factor=1.0, total_iters=1),
    "step": lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=7, gamma=0.3),
    "multi_step": lambda o: torch.optim.lr_scheduler.MultiStepLR(o, milestones=[3, 10, 11], gamma=0.5),
    "exponential": lambda o: torch.optim.lr_scheduler.ExponentialLR(o, gamma=0.9),
    "cosine": lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=30, eta_min=0.01),
    "linear_warm_up": lambda o: torch.optim.lr_scheduler.LinearLR(o, start_factor=0.25, end_factor=1.0, total_iters=8),
    "one_cycle": lambda o: torch.optim.lr_scheduler.OneCycleLR(o, max_lr=0.4, total_steps=31, cycle_momentum=False),
    "one_cycle_three_phase": lambda o: torch.optim.lr_scheduler.OneCycleLR(
        o, max_lr=0.4, total_steps=31, pct_start=0.25, anneal_strategy="linear", div_factor=10, final_div_factor=100, three_phase=True, cycle_momentum=False),
    "warm_up_then_cosine": lambda o: torch.optim.lr_scheduler.SequentialLR(
        o, [torch.optim.lr_scheduler.LinearLR(o, 0.1, 1.0, 5), torch.optim.lr_scheduler.CosineAnnealingLR(o, 25, 0.0)], milestones=[5]),
}


def main():
    out = {}
    for name, make in OPTIMIZERS.items():
        p = parameters()
        optimizer = make(p)
        steps = []
        for step in range(STEPS):
            optimizer.zero_grad()
            loss_of(*p).backward()
            # The bias has no gradient in every fourth step: state is counted by parameter.
            if step % 4 == 2:
                p[1].grad = None
            optimizer.step()
            steps.append(torch.cat([q.detach().flatten() for q in p]).numpy().copy())
        out[name] = np.stack(steps)

    for name, history, search, rate in (("lbfgs", 100, "strong_wolfe", 1.0), ("lbfgs_short", 3, "strong_wolfe", 0.7), ("lbfgs_plain", 10, None, 0.1)):
        p = parameters()
        optimizer = torch.optim.LBFGS(p, lr=rate, max_iter=4, history_size=history, line_search_fn=search)

        def closure():
            optimizer.zero_grad()
            value = loss_of(*p)
            value.backward()
            return value

        steps, losses = [], []
        for _ in range(6):
            losses.append(optimizer.step(closure).item())
            steps.append(torch.cat([q.detach().flatten() for q in p]).numpy().copy())
        out[name] = np.stack(steps)
        out[name + ".evaluations"] = np.array(optimizer.state[p[0]]["func_evals"])

    # Rosenbrock's valley bends the path, so that the line search has to bracket and zoom.
    z = torch.tensor([-1.2, 1.0], requires_grad=True)
    optimizer = torch.optim.LBFGS([z], max_iter=5, line_search_fn="strong_wolfe")

    def valley():
        optimizer.zero_grad()
        value = 100 * (z[1] - z[0] ** 2) ** 2 + (1 - z[0]) ** 2
        value.backward()
        return value

    steps = []
    for _ in range(8):
        optimizer.step(valley)
        steps.append(z.detach().numpy().copy())
    out["lbfgs_rosenbrock"] = np.stack(steps)
    out["lbfgs_rosenbrock.evaluations"] = np.array(optimizer.state[z]["func_evals"])

    for name, make in SCHEDULES.items():
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.2)
        schedule = make(optimizer)
        rates = []
        for _ in range(31):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if len(rates) < 31:
                schedule.step()
        out["schedule." + name] = np.array(rates)

    p = [wave(6, 1.0, 0.0).clone().requires_grad_(), wave(2, 1.0, 2.0).clone().requires_grad_()]
    for q, g in zip(p, (wave(6, 3.0, 1.0) * 2, wave(2, 3.0, 2.0) * 5)):
        q.grad = g.clone()
    kept = [q.grad.clone() for q in p]
    out["clip.norm"] = np.array(torch.nn.utils.clip_grad_norm_(p, 1.5).item())
    out["clip.by_norm"] = torch.cat([q.grad for q in p]).numpy()
    for q, g in zip(p, kept):
        q.grad = g.clone()
    out["clip.norm1"] = np.array(torch.nn.utils.clip_grad_norm_(p, 2.5, norm_type=1.0).item())
    out["clip.by_norm1"] = torch.cat([q.grad for q in p]).numpy()
    for q, g in zip(p, kept):
        q.grad = g.clone()
    out["clip.norm_inf"] = np.array(torch.nn.utils.clip_grad_norm_(p, 2.5, norm_type=float("inf")).item())
    out["clip.by_norm_inf"] = torch.cat([q.grad for q in p]).numpy()
    for q, g in zip(p, kept):
        q.grad = g.clone()
    torch.nn.utils.clip_grad_value_(p, 0.75)
    out["clip.by_value"] = torch.cat([q.grad for q in p]).numpy()

    module = torch.nn.Linear(2, 1)
    swa = torch.optim.swa_utils.AveragedModel(module)
    ema = torch.optim.swa_utils.AveragedModel(module, avg_fn=lambda old, new, n: 0.9 * old + 0.1 * new)
    for step in range(5):
        with torch.no_grad():
            module.weight.copy_(wave(2, 1.0, step).reshape(1, 2))
            module.bias.copy_(wave(1, 1.0, step * 2.0))
        swa.update_parameters(module)
        ema.update_parameters(module)
    for name, averaged in (("swa", swa), ("ema", ema)):
        out["average." + name] = torch.cat([q.detach().flatten() for q in averaged.module.parameters()]).numpy()

    np.savez_compressed("tests/oracles/engine/optimizers.npz", **out)
    print({name: values.shape for name, values in out.items()})


if __name__ == "__main__":
    main()
