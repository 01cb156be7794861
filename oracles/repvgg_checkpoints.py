"""Checkpoints as torch.save writes them, with the authors' parameter names: the golden network's weights (tests/oracles/repvgg/net_small.npz), in float32.

`net_small_module.pth` has the prefix "module." of a network trained on several devices; `net_small_checkpoint.pth` is a whole training
checkpoint with epoch, optimizer and state_dict. Needs PyTorch and NumPy (Debian: python3-torch). Run from the repository root:
python3 oracles/repvgg_checkpoints.py
"""
import collections

import numpy
import torch

golden = numpy.load("tests/oracles/repvgg/net_small.npz")
state = collections.OrderedDict()
for name in golden.files:
    if name.startswith("p."):
        tensor = torch.from_numpy(numpy.array(golden[name]))
        state["module." + name[2:]] = tensor.float() if tensor.is_floating_point() else tensor
torch.save(state, "tests/oracles/repvgg/net_small_module.pth")
parameter = torch.nn.Parameter(torch.zeros(3))
optimizer = torch.optim.SGD([parameter], 0.1, momentum=0.9)
parameter.sum().backward()
optimizer.step()
torch.save(
    {"epoch": 120, "arch": "RepVGG-small", "state_dict": state, "best_acc1": 0.5, "optimizer": optimizer.state_dict()},
    "tests/oracles/repvgg/net_small_checkpoint.pth",
    _use_new_zipfile_serialization=False,
)
