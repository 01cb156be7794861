"""A warm process that runs rows of workloads.json with PyTorch; one JSON document a line in, one out.

prepare (row)      builds the row, warms it up, keeps PyTorch's fastest variant; gives checks of the results
run (iterations)   gives the seconds one iteration took
memory (iterations) runs the row and gives the process's peak resident bytes
export (path)      writes the row as an ONNX model and its inputs, where it can
"""
import argparse
import json
import os
import sys
import time

arguments = argparse.ArgumentParser()
arguments.add_argument("--threads", type=int, default=1)
arguments.add_argument("--first-step", action="store_true", help="do one training step of the small network and end")
options = arguments.parse_args()
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(options.threads)

import numpy as np  # noqa: E402
import torch  # noqa: E402

torch.set_num_threads(options.threads)

import workloads  # noqa: E402


def checks(tensors):
    """For each result: its sum, a weighted sum that sees the order, and the sum of absolute values."""
    found = []
    for t in tensors:
        x = t.detach().contiguous().reshape(-1).double().numpy()
        weight = 1 + (np.arange(x.size) % 97) / 97.0
        found.append([float(x.sum()), float((x * weight).sum()), float(np.abs(x).sum())])
    return found


def peak_bytes():
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def timed(step, iterations):
    start = time.perf_counter()
    for _ in range(iterations):
        step()
    return (time.perf_counter() - start) / iterations


def prepare(row):
    variants, export = workloads.KINDS[row["kind"]](row)
    if not isinstance(variants, dict):
        variants = {"": variants}
    results, best, best_time = None, None, float("inf")
    for name, step in variants.items():
        first = step()
        if results is None:
            results = checks(first)
        del first
        start = time.perf_counter()
        seconds = timed(step, 1)
        count = max(1, min(2000, int(0.15 / seconds)))
        seconds = min(timed(step, count), timed(step, count))
        if seconds < best_time:
            best, best_time = (name, step), seconds
    return best, export, {"checks": results, "variant": best[0], "seconds": best_time}


def main():
    if options.first_step:
        step, _ = workloads.small_step({"operation": "tanh network"})
        print(step()[0].item())
        return
    current, exporter = None, None
    for line in sys.stdin:
        message = json.loads(line)
        try:
            if message["command"] == "prepare":
                current, exporter = None, None
                current, exporter, answer = prepare(message["row"])
            elif message["command"] == "run":
                answer = {"seconds": timed(current[1], message["iterations"])}
            elif message["command"] == "memory":
                timed(current[1], message["iterations"])
                answer = {"peakBytes": peak_bytes()}
            elif message["command"] == "export":
                answer = export(exporter, message["path"])
            elif message["command"] == "about":
                answer = {"name": "PyTorch " + torch.__version__, "details": torch.__config__.parallel_info()}
            else:
                answer = {"error": "unknown command"}
        except Exception as error:  # the driver reports it with the row and goes on
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def export(exporter, path):
    if exporter is None:
        return {"error": "this row has no ONNX form"}
    module, inputs = exporter
    module.eval()
    inputs = [x.detach().contiguous() for x in inputs]
    names = [f"x{i}" for i in range(len(inputs))]
    torch.onnx.export(module, tuple(inputs), path, opset_version=13, input_names=names)
    described = []
    for name, x in zip(names, inputs):
        x.numpy().tofile(f"{path}.{name}")
        described.append({"name": name, "type": str(x.dtype).removeprefix("torch."), "shape": list(x.shape), "file": f"{path}.{name}"})
    return {"path": path, "inputs": described}


main()
