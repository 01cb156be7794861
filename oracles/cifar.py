"""Tiny data sets in the file formats of CIFAR-10 and CIFAR-100, written by Python's pickle, NumPy and tarfile from known pictures.

`py2/` is written as Python 2's cPickle wrote the published files: protocol 2, text and bytes as SHORT_BINSTRING and BINSTRING.
Other folders: protocol 2, 4 and 5 of this Python. Needs NumPy. Writes tests/oracles/cifar/. Run from the repository root:
python3 oracles/cifar.py
"""
import io
import pathlib
import pickle
import struct
import tarfile

import numpy

folder = pathlib.Path("tests/oracles/cifar")
folder.mkdir(parents=True, exist_ok=True)
random = numpy.random.RandomState(5)


class Python2Pickler(pickle._Pickler):
    """Writes text and bytes as Python 2 wrote its strings."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_string(self, value):
        data = value if isinstance(value, bytes) else value.encode("latin1")
        self.write((b"U" + bytes([len(data)]) if len(data) < 256 else b"T" + struct.pack("<i", len(data))) + data)
        self.memoize(value)

    dispatch[bytes] = save_string
    dispatch[str] = save_string


def dump(value, protocol):
    if protocol != "py2":
        return pickle.dumps(value, protocol=protocol)
    stream = io.BytesIO()
    Python2Pickler(stream, protocol=2).dump(value)
    return stream.getvalue()


def write(name, content):
    (folder / name).write_bytes(content)


# Few distinct samples, so that the committed files stay small when packed.
pixels = random.randint(0, 4, (4, 3072)).astype(numpy.uint8) * 60
fine, coarse, ten = [7, 99, 0, 42], [1, 19, 0, 8], [3, 9, 0, 3]
NAMES10 = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
FINE, COARSE = [f"fine {i}" for i in range(100)], [f"coarse {i}" for i in range(20)]
numpy.savez_compressed(folder / "expected.npz", pixels=pixels, fine=fine, coarse=coarse, ten=ten)

binary10 = b"".join(bytes([ten[i]]) + pixels[i].tobytes() for i in range(4))
binary100 = b"".join(bytes([coarse[i], fine[i]]) + pixels[i].tobytes() for i in range(4))
parts = {
    "binary10/data_batch_1.bin": binary10[: 2 * 3073],
    "binary10/data_batch_2.bin": binary10[2 * 3073 :],
    "binary10/test_batch.bin": binary10,
    "binary10/batches.meta.txt": "\n".join(NAMES10).encode() + b"\n\n",
    "binary100/train.bin": binary100,
    "binary100/test.bin": binary100[: 2 * 3074],
    "binary100/fine_label_names.txt": "\n".join(FINE).encode(),
    "binary100/coarse_label_names.txt": "\n".join(COARSE).encode(),
}
for protocol in ("py2", 2, 4, 5):
    key = (lambda text: text.encode()) if protocol == 4 else (lambda text: text)
    parts[f"python10-{protocol}/data_batch_1"] = dump({key("data"): pixels, key("labels"): ten, key("batch_label"): "training batch 1 of 5", key("filenames"): ["a.png"] * 4}, protocol)
    parts[f"python10-{protocol}/test_batch"] = dump({key("data"): pixels[:1], key("labels"): numpy.array(ten[:1])}, protocol)
    parts[f"python10-{protocol}/batches.meta"] = dump({key("label_names"): [key(name) for name in NAMES10], key("num_vis"): 3072}, protocol)
    # Column by column in memory, as NumPy's transposed arrays are.
    parts[f"python100-{protocol}/train"] = dump({key("data"): numpy.asfortranarray(pixels), key("fine_labels"): fine, key("coarse_labels"): coarse}, protocol)
    parts[f"python100-{protocol}/meta"] = dump({key("fine_label_names"): FINE, key("coarse_label_names"): COARSE}, protocol)


def pack(name, prefix, folder_name):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path, content in parts.items():
            if path.startswith(prefix + "/"):
                entry = tarfile.TarInfo(f"{folder_name}/{path.split('/')[1]}")
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    write(name, packed.getvalue())


pack("cifar-10-binary.tar.gz", "binary10", "cifar-10-batches-bin")
pack("cifar-100-binary.tar.gz", "binary100", "cifar-100-binary")
for protocol in ("py2", 2, 4, 5):
    pack(f"python10-{protocol}.tar.gz", f"python10-{protocol}", "cifar-10-batches-py")
    pack(f"python100-{protocol}.tar.gz", f"python100-{protocol}", "cifar-100-python")


class Hostile:
    def __reduce__(self):
        return (print, ("this must not run",))


write("hostile.pkl", pickle.dumps({"data": Hostile(), "labels": [0]}, protocol=2))
write("objects.pkl", pickle.dumps({"data": numpy.array([{}], dtype=object), "labels": [0]}, protocol=2))
write("big-endian.pkl", pickle.dumps({"data": numpy.arange(3, dtype=">i4"), "labels": [0]}, protocol=2))
write("types.pkl", pickle.dumps({name: numpy.array([[1, 0], [1, 1]], dtype=name) for name in ("?", "u1", "i1", "i2", "i4", "i8", "f4", "f8")} | {"scalar": numpy.int64(7), "real": numpy.float64(0.5)}, protocol=4))
