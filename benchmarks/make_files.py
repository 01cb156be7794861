"""Writes the files that the loading rows read: 64 JPEG pictures and a text. usage: make_files.py FOLDER"""
import os
import sys

import numpy as np
from PIL import Image

folder = sys.argv[1]
os.makedirs(os.path.join(folder, "pictures"), exist_ok=True)
generator = np.random.default_rng(0)
for i in range(64):
    coarse = Image.fromarray(generator.integers(0, 256, (16, 16, 3), dtype=np.uint8)).resize((256, 256), Image.BICUBIC)
    noisy = np.asarray(coarse).astype(np.int16) + generator.integers(-8, 9, (256, 256, 3))
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(os.path.join(folder, "pictures", f"{i:03d}.jpg"), quality=90)

words = ["".join(chr(97 + letter) for letter in generator.integers(0, 26, length)) for length in generator.integers(2, 10, 20_000)]
with open(os.path.join(folder, "text.txt"), "w", encoding="utf-8") as text:
    for _ in range(40_000):
        text.write(" ".join(words[min(int(rank), 19_999)] for rank in generator.zipf(1.3, 12)) + "\n")
