"""Counts dialogs and users' turns of the registered archives, independently of the loaders; prints what DstFileTests asserts.

Usage: python3 oracles/zero_shot_dst_counts.py DATA_FOLDER
"""
import json
import sys
import zipfile
from pathlib import Path

data = Path(sys.argv[1])
archive = zipfile.ZipFile(data / "sgd" / "sgd-slice.zip")
for part in ("train", "dev", "test"):
    files = sorted(name for name in archive.namelist() if name.startswith(part + "/dialogues"))
    counts = []
    for name in files:
        dialogs = json.loads(archive.read(name))
        counts.append((len(dialogs), sum(turn["speaker"] == "USER" for dialog in dialogs for turn in dialog["turns"])))
    print("sgd", part, "first file", counts[0], "all", tuple(map(sum, zip(*counts))))
archive = zipfile.ZipFile(data / "woz2" / "woz2-en.zip")
for part in ("train", "validate", "test"):
    dialogs = json.loads(archive.read(f"data/woz/woz_{part}_en.json"))
    print("woz", part, len(dialogs), sum(len(dialog["dialogue"]) for dialog in dialogs))
for part in ("val", "test"):
    dialogs = json.loads(zipfile.ZipFile(data / "multiwoz" / "data" / "multiwoz" / f"{part}.json.zip").read(f"{part}.json"))
    # A user's last words that no system entry follows have no state.
    print("multiwoz", part, len(dialogs), sum(len(dialog["log"]) // 2 for dialog in dialogs.values()))
