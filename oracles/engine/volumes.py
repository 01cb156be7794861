"""Reference values of sampled volumes, by PyTorch (float64). PyTorch has no second derivative here.

Run:  python3 oracles/engine/volumes.py tests/oracles/engine/volumes.npz
"""
import torch.nn.functional as F

from cases import case, rnd, save

volume, grid = rnd(1, 2, 3, 3, 4, 5), rnd(2, 2, 2, 3, 4, 3, low=-1.6, high=1.6)
for mode in ("nearest", "bilinear"):
    for padding in ("zeros", "border", "reflection"):
        for corners in (False, True):
            case(f"{mode}_{padding}_{'corners' if corners else 'borders'}",
                 lambda v, g: F.grid_sample(v, g, mode=mode, padding_mode=padding, align_corners=corners), volume, grid, second=False)
case("bilinear_thin", lambda v, g: F.grid_sample(v, g, align_corners=False), rnd(3, 1, 1, 1, 1, 2), rnd(4, 1, 1, 2, 2, 3), second=False)
save()
