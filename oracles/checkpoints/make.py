"""Checkpoint files and what they hold, for the tests of Scorch.Checkpoints.

torch.save (PyTorch 1.13) writes the .pth files; the safetensors files are written here from the format's description alone, so
that they are independent of the C# writer. Run from the repository's root:

    /usr/bin/python3 oracles/checkpoints/make.py
"""
import collections
import json
import math
import os
import pickle
import struct
import zipfile

import numpy as np
import torch

FOLDER = "tests/oracles/checkpoints"


def state():
    torch.manual_seed(3)
    module = torch.nn.Sequential(
        torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3), torch.nn.Flatten(), torch.nn.Linear(12, 4)
    )
    module(torch.randn(5, 2, 4, 4))
    return module.state_dict()


def mixed():
    base = torch.arange(24, dtype=torch.float32)
    image = base.view(2, 3, 4)
    return {
        "bool": torch.tensor([True, False, True]),
        "uint8": torch.tensor([0, 200, 255], dtype=torch.uint8),
        "int8": torch.tensor([-128, 0, 127], dtype=torch.int8),
        "int16": torch.tensor([-32768, 5, 32767], dtype=torch.int16),
        "int32": torch.tensor([-(2**31), 5, 2**31 - 1], dtype=torch.int32),
        "int64": torch.tensor([-(2**63), 5, 2**63 - 1], dtype=torch.int64),
        "float16": torch.tensor([0.1, -65504.0, math.inf], dtype=torch.float16),
        "bfloat16": torch.tensor([0.1, -3e38, math.inf], dtype=torch.bfloat16),
        "float64": torch.tensor([0.1, -1e300, math.nan], dtype=torch.float64),
        "complex64": torch.tensor([1 + 2j, -3.5j], dtype=torch.complex64),
        "complex128": torch.tensor([1 + 2j, -3.5j], dtype=torch.complex128),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
        "views": collections.OrderedDict(
            whole=base, transposed=image.transpose(0, 2), every_second=image[:, :, ::2], expanded=base[5:6].expand(4, 3), offset=base[20:]
        ),
        "list": [torch.ones(2), (torch.zeros(1), [torch.full((1,), 7.0)])],
        "parameter": torch.nn.Parameter(torch.tensor([1.5, 2.5])),
    }


def flat(value, prefix=""):
    if isinstance(value, torch.Tensor):
        value = value.detach()
        yield prefix, (value.float() if value.dtype == torch.bfloat16 else value).contiguous().numpy()
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from flat(item, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            yield from flat(item, f"{prefix}.{i}" if prefix else str(i))


def safetensors(path, tensors, metadata=None):
    header, offset = {}, 0
    if metadata:
        header["__metadata__"] = metadata
    for name, (code, shape, data) in tensors.items():
        header[name] = {"dtype": code, "shape": shape, "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(data for _, _, data in tensors.values()))


def float8(bits, exponent_bits, bias, finite_only):
    fraction_bits = 7 - exponent_bits
    exponent, fraction = bits >> fraction_bits & (1 << exponent_bits) - 1, bits & (1 << fraction_bits) - 1
    sign = -1.0 if bits & 128 else 1.0
    if finite_only and bits & 127 == 127:
        return math.nan
    if not finite_only and exponent == (1 << exponent_bits) - 1:
        return math.nan if fraction else sign * math.inf
    if exponent == 0:
        return sign * fraction * 2.0 ** (1 - bias - fraction_bits)
    return sign * (1 + fraction / (1 << fraction_bits)) * 2.0 ** (exponent - bias)


def every_type():
    every = bytes(range(256))
    plain = {
        "U8": np.arange(6, dtype=np.uint8).reshape(2, 3),
        "I8": np.array([-128, 127], np.int8),
        "I16": np.array([-32768, 32767], np.int16),
        "U16": np.array([0, 65535], np.uint16),
        "I32": np.array([-(2**31), 2**31 - 1], np.int32),
        "U32": np.array([0, 2**32 - 1], np.uint32),
        "I64": np.array([-(2**63), 2**63 - 1], np.int64),
        "U64": np.array([0, 2**63 - 1], np.uint64),
        "F16": np.array([0.1, -65504.0], np.float16),
        "F32": np.array([[0.1], [np.inf]], np.float32),
        "F64": np.array(0.1, np.float64),
        "C64": np.array([1 + 2j], np.complex64),
    }
    tensors = {code.lower(): (code, list(values.shape), values.tobytes()) for code, values in plain.items()}
    expected = {code.lower(): values for code, values in plain.items()}
    tensors["bool"] = ("BOOL", [3], bytes([1, 0, 1]))
    expected["bool"] = np.array([True, False, True])
    tensors["bf16"] = ("BF16", [2], struct.pack("<HH", 0x3DCD, 0xFF80))
    expected["bf16"] = np.array([0.10009765625, -np.inf], np.float32)
    tensors["f8_e4m3"] = ("F8_E4M3", [256], every)
    expected["f8_e4m3"] = np.array([float8(b, 4, 7, True) for b in every], np.float32)
    tensors["f8_e5m2"] = ("F8_E5M2", [256], every)
    expected["f8_e5m2"] = np.array([float8(b, 5, 15, False) for b in every], np.float16)
    tensors["empty"] = ("F32", [0, 7], b"")
    expected["empty"] = np.zeros((0, 7), np.float32)
    return tensors, {name: values.astype(np.int64) if values.dtype in (np.uint32, np.uint64) else values.astype(np.int32) if values.dtype == np.uint16 else values for name, values in expected.items()}


class Runs:
    """What a pickle can do to whoever loads it."""

    def __reduce__(self):
        return os.system, ("echo run > executed.txt",)


def main():
    os.makedirs(FOLDER, exist_ok=True)
    torch.save(state(), f"{FOLDER}/state.pth")
    torch.save(state(), f"{FOLDER}/state-legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(mixed(), f"{FOLDER}/mixed.pth")
    torch.save(mixed(), f"{FOLDER}/mixed-legacy.pth", _use_new_zipfile_serialization=False)
    plain = {"epoch": 3, "big": 2**80, "negative": -5, "rate": 0.125, "name": "läufer", "nothing": None, "yes": True, "bytes_count": [1, (2, 3)],
             "size": torch.Size([2, 3]), "type": torch.float16, 7: "seven", "set": {1}}
    torch.save(plain, f"{FOLDER}/plain.pth")
    np.savez_compressed(f"{FOLDER}/state.npz", **dict(flat(state())))
    np.savez_compressed(f"{FOLDER}/mixed.npz", **dict(flat(mixed())))
    torch.save({"weight": torch.ones(2), "extra": Runs()}, f"{FOLDER}/runs.pth")
    torch.save({"weight": torch.ones(2), "extra": Runs()}, f"{FOLDER}/runs-legacy.pth", _use_new_zipfile_serialization=False)
    with open(f"{FOLDER}/runs.pkl", "wb") as file:
        pickle.dump(Runs(), file, protocol=2)
    tensors, expected = every_type()
    safetensors(f"{FOLDER}/types.safetensors", tensors, {"format": "pt", "note": "läufer \U0001f40e"})
    np.savez_compressed(f"{FOLDER}/types.npz", **expected)
    # The name inside the archive is the file's, whose folder torch.save takes from the path.
    for name in ("state", "mixed", "plain", "runs"):
        assert any(entry.endswith("/data.pkl") for entry in zipfile.ZipFile(f"{FOLDER}/{name}.pth").namelist())


if __name__ == "__main__":
    main()
