"""Golden values for metadistil: what the given files leave out. PyTorch 1.13, float64.

    python3 oracles/metadistil.py          writes tests/oracles/metadistil/{recovered,transformer}.npz

The files of the authors' loop hold, as `student.*` and `teacher.*`, the weights after the loop: they were written after
training had changed them in place (they equal `epoch1.*`). The weights before it are recovered here by running the loop,
restated with autograd, backwards: the start is moved until the end is `epoch1.*`. What the file also holds, and the search
does not use (losses, first-round gradients, the mean loss), must then agree; the script fails where it does not.
"""
import os
from collections import OrderedDict

import numpy as np
import torch
import torch.nn.functional as F

FOLDER = os.path.join(os.path.dirname(__file__), "..", "tests", "oracles", "metadistil")
NAMES = ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]


def forward(p, x):
    return torch.tanh(x @ p[0].T + p[1]) @ p[2].T + p[3]


def kd(s, t, tau):
    return F.kl_div(F.log_softmax(s / tau, 1), F.softmax(t / tau, 1), reduction="sum") * tau * tau / s.shape[0]


def student_loss(s, t, x, y, alpha, tau):
    return alpha * kd(forward(s, x), forward(t, x), tau) + (1 - alpha) * F.cross_entropy(forward(s, x), y)


def loop(z, student, teacher, student_optimizer, teacher_optimizer):
    """One epoch, the pilot being plain SGD over the round's batches one after another."""
    s = [torch.tensor(v, requires_grad=True) for v in student]
    t = [torch.tensor(v, requires_grad=True) for v in teacher]
    s_opt, t_opt = student_optimizer(s), teacher_optimizer(t)
    x, y = torch.tensor(z["in.x"]), torch.tensor(z["in.y"])
    qx, qy = torch.tensor(z["in.quiz_x"]), torch.tensor(z["in.quiz_y"])
    size, quiz_size, m = int(z["in.batch"]), int(z["in.quiz_batch"]), int(z["in.num_meta_batches"])
    alpha, tau, rate = float(z["in.alpha"]), float(z["in.temperature"]), float(z["in.pilot_rate"])
    batches = [(x[i:i + size], y[i:i + size]) for i in range(0, len(x), size)]
    first, losses = {}, []
    for start in range(0, len(batches), m):
        some = batches[start:start + m]
        fast = list(s)
        for bx, by in some:
            value = student_loss(fast, t, bx, by, alpha, tau)
            grads = torch.autograd.grad(value, fast, create_graph=True)
            fast = [p - rate * g for p, g in zip(fast, grads)]
        quiz = [F.cross_entropy(forward(fast, qx[i:i + quiz_size]), qy[i:i + quiz_size]) for i in range(0, len(qx), quiz_size)]
        quiz = sum(quiz) / len(quiz)
        t_grads = torch.autograd.grad(quiz, t)
        if not first:
            bx, by = some[0]
            first = {"loss_kd": kd(forward(s, bx), forward(t, bx), tau).item(), "loss_ce": F.cross_entropy(forward(s, bx), by).item(),
                     "quiz_loss": quiz.item(), "teacher_grad": [g.numpy().copy() for g in t_grads]}
        for p, g in zip(t, t_grads):
            p.grad = g
        t_opt.step()
        t_opt.zero_grad()
        for bx, by in some:
            s_opt.zero_grad()
            value = student_loss(s, [p.detach() for p in t], bx, by, alpha, tau)
            value.backward()
            s_opt.step()
            losses.append(value.item())
    return [p.detach().numpy().copy() for p in s], [p.detach().numpy().copy() for p in t], first, np.mean(losses)


def recover(file, student_optimizer, teacher_optimizer):
    z = np.load(os.path.join(FOLDER, file))
    goal = [[z[f"epoch1.{m}.{n}"] for n in NAMES] for m in ("student", "teacher")]
    start = [[v.copy() for v in part] for part in goal]
    for step in range(2000):
        ends = loop(z, *start, student_optimizer, teacher_optimizer)
        error = max(np.abs(e - g).max() for end, part in zip(ends[:2], goal) for e, g in zip(end, part))
        if error < 1e-15:
            break
        start = [[v - 0.7 * (e - g) for v, e, g in zip(part, end, want)] for part, end, want in zip(start, ends[:2], goal)]
    print(file, "steps", step, "error", error, "mean loss", ends[3], float(z["out.mean_real_loss"][0]))
    assert error < 1e-12
    assert abs(ends[3] - z["out.mean_real_loss"][0]) < 1e-9, "the mean loss, which the search does not use, must agree"
    if "round1.loss_kd" in z:
        for name in ("loss_kd", "loss_ce", "quiz_loss"):
            assert abs(ends[2][name] - z[f"round1.{name}"]) < 1e-9, name
        for n, g in zip(NAMES, ends[2]["teacher_grad"]):
            assert np.abs(g - z[f"round1.teacher_grad.{n}"]).max() < 1e-9, n
    return start


def transformer():
    """A one-layer encoder as the student of another, both from copied weights: pilot and teacher gradient."""
    torch.manual_seed(3)
    v, d, h, inner, c, n, steps = 11, 8, 2, 12, 3, 4, 5

    def weights():
        shape = OrderedDict([("embedding", (v, d)), ("query.weight", (d, d)), ("query.bias", (d,)), ("key.weight", (d, d)), ("key.bias", (d,)),
                             ("value.weight", (d, d)), ("value.bias", (d,)), ("output.weight", (d, d)), ("output.bias", (d,)),
                             ("norm1.weight", (d,)), ("norm1.bias", (d,)), ("first.weight", (inner, d)), ("first.bias", (inner,)),
                             ("second.weight", (d, inner)), ("second.bias", (d,)), ("norm2.weight", (d,)), ("norm2.bias", (d,)),
                             ("head.weight", (c, d)), ("head.bias", (c,))])
        return OrderedDict((k, torch.randn(s, dtype=torch.float64) * 0.4 + (1 if k in ("norm1.weight", "norm2.weight") else 0)) for k, s in shape.items())

    def run(p, ids):
        x = p["embedding"][ids]
        split = lambda u: u.view(u.shape[0], u.shape[1], h, d // h).transpose(1, 2)
        q, k, w = (split(F.linear(x, p[f"{a}.weight"], p[f"{a}.bias"])) for a in ("query", "key", "value"))
        a = torch.softmax(q @ k.transpose(-1, -2) / (d // h) ** 0.5, -1) @ w
        a = F.linear(a.transpose(1, 2).reshape(x.shape), p["output.weight"], p["output.bias"])
        x = F.layer_norm(x + a, (d,), p["norm1.weight"], p["norm1.bias"])
        f = F.linear(F.gelu(F.linear(x, p["first.weight"], p["first.bias"])), p["second.weight"], p["second.bias"])
        x = F.layer_norm(x + f, (d,), p["norm2.weight"], p["norm2.bias"])
        return F.linear(x.mean(1), p["head.weight"], p["head.bias"])

    student, teacher = weights(), weights()
    for p in list(student.values()) + list(teacher.values()):
        p.requires_grad_(True)
    ids, labels = torch.randint(0, v, (n, steps)), torch.randint(0, c, (n,))
    quiz_ids, quiz_labels = torch.randint(0, v, (n, steps)), torch.randint(0, c, (n,))
    out = {"in.ids": ids, "in.labels": labels, "in.quiz_ids": quiz_ids, "in.quiz_labels": quiz_labels}
    for name, p in (("student", student), ("teacher", teacher)):
        out.update({f"{name}.{k}": w.detach().clone() for k, w in p.items()})
    s, t = run(student, ids), run(teacher, ids)
    loss = 0.9 * kd(s, t, 2.0) + 0.1 * F.cross_entropy(s, labels)
    grads = torch.autograd.grad(loss, list(student.values()), create_graph=True)
    pilot = OrderedDict((k, w - 0.05 * g) for (k, w), g in zip(student.items(), grads))
    quiz = F.cross_entropy(run(pilot, quiz_ids), quiz_labels)
    out["loss"], out["quiz_loss"] = loss.detach(), quiz.detach()
    out.update({f"pilot.{k}": w.detach().clone() for k, w in pilot.items()})
    out.update({f"teacher_grad.{k}": g for k, g in zip(teacher, torch.autograd.grad(quiz, list(teacher.values())))})
    return {k: v.numpy() for k, v in out.items()}


if __name__ == "__main__":
    torch.set_num_threads(1)
    recovered = {}
    for name, s_opt, t_opt in (
            ("train_distill_3rounds", lambda p: torch.optim.SGD(p, 0.05, momentum=0.9, weight_decay=5e-4), lambda p: torch.optim.SGD(p, 0.02)),
            ("train_distill_2meta", lambda p: torch.optim.SGD(p, 0.05), lambda p: torch.optim.Adam(p, 1e-2))):
        for model, part in zip(("student", "teacher"), recover(name + ".npz", s_opt, t_opt)):
            recovered.update({f"{name}.{model}.{n}": w for n, w in zip(NAMES, part)})
    np.savez(os.path.join(FOLDER, "recovered.npz"), **recovered)
    np.savez(os.path.join(FOLDER, "transformer.npz"), **transformer())
