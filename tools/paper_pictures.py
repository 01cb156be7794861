#!/usr/bin/env python3
"""Draws bars of recorded runs: docs/papers/{timedial,pqrnn,hash-layers,switch-transformers,zero-shot-dst}.svg from evidence/*-laptop.json.

    python3 tools/paper_pictures.py                  # all of them
    python3 tools/paper_pictures.py timedial pqrnn   # some
"""
import json
import pathlib
import re
import sys
from collections import defaultdict
from html import escape

ROOT = pathlib.Path(__file__).resolve().parent.parent
METHOD, OTHER, RULE = "#2a6fb0", "#9aa5b1", "#c98a00"
LEFT, WIDTH = 330, 440


def bars(title, rows, unit, low=0.0, high=None, lines=(), digits=1):
    """Rows are (label, value, values by seed, colour), or (heading,)."""
    high = high or max(row[1] for row in rows if len(row) > 1) * 1.08
    height = 60 + 22 * len(rows)
    x = lambda value: LEFT + WIDTH * (max(low, value) - low) / (high - low)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 {height}" font-family="sans-serif" font-size="13" role="img" aria-label="{escape(title)}">',
        f'  <rect width="860" height="{height}" fill="#fff"/>',
        f'  <text x="20" y="22" font-weight="bold">{escape(title)}</text>',
    ]
    for value, label in lines:
        out.append(f'  <path d="M{x(value):.1f} 34V{height - 22}" stroke="#b8322a" stroke-dasharray="4 3"/><text x="{x(value):.1f}" y="{height - 8}" text-anchor="middle" fill="#b8322a">{escape(label)}</text>')
    for i, row in enumerate(rows):
        y = 50 + 22 * i
        if len(row) == 1:
            out.append(f'  <text x="20" y="{y + 4}" font-weight="bold" fill="#444">{escape(row[0])}</text>')
            continue
        label, value, seeds, colour = row
        out.append(f'  <text x="{LEFT - 10}" y="{y + 4}" text-anchor="end">{escape(label)}</text><rect x="{LEFT}" y="{y - 8}" width="{x(value) - LEFT:.1f}" height="16" fill="{colour}"/>')
        out += [f'  <circle cx="{x(seed):.1f}" cy="{y}" r="3" fill="#fff" stroke="#333"/>' for seed in seeds]
        end = max([value, *seeds])
        out.append(f'  <text x="{x(end) + 8:.1f}" y="{y + 4}" fill="#333">{value:.{digits}f}{unit}</text>')
    return "\n".join(out + ["</svg>", ""])


def mean(values):
    return sum(values) / len(values)


def found(notes, pattern):
    matches = [match.groups() for match in map(re.compile(pattern).match, notes) if match]
    if not matches:
        raise SystemExit(f"no note of the evidence matches {pattern}")
    return matches


def timedial(notes):
    shortcuts = {name: float(value) for name, value in found(notes, r"shortcut: (.*?)(?: \(reads no dialog\))?: ([\d.]+)%")}
    models = defaultdict(list)
    for name, value in found(notes, r"((?:mask filling, Mean|classification), whole dialog), seed \d: ([\d.]+)%"):
        models[name].append(float(value))
    rows = [("without the dialog",)]
    rows += [(name, shortcuts[name], [], RULE) for name in ("option frequency", "numeric plausibility, no dialog", "unit agreement", "unit agreement, then frequency", "option-only classifier")]
    rows += [("with the dialog",)]
    rows += [(name.replace(", Mean", "").replace(", whole dialog", ", small model"), mean(values), values, METHOD) for name, values in models.items()]
    return bars("2-best accuracy: what can be had without reading", rows, "%", high=105, lines=[(100 / 6, "chance"), (97.8, "people")])


def pqrnn(notes):
    models, size = defaultdict(list), {}
    for name, exact, count in found(notes, r"atis, seed \d, ([^:]*): intent .* exact match ([\d.]+)%; \d+ parameters, (\d+) bytes"):
        models[name].append(float(exact))
        size[name] = int(count)
    rows = [(f"{name}, {size[name] / 1000:,.0f} kB", mean(values), values, METHOD if name.startswith("pQRNN") else OTHER) for name, values in models.items()]
    shorten = lambda text: text.replace(" (BiLSTM, words and characters)", "").replace(" of the student's size", "").replace("distilled without augmentation", "without augmentation")
    return bars("ATIS, exact match of three seeds, and bytes (the axis begins at 60%)", [(shorten(label), *rest) for label, *rest in rows], "%", low=60, high=92)


def hash_layers(notes):
    rows = [(name, float(value), [], METHOD if "hash" in name.lower() else OTHER) for name, value in found(notes, r"([^:]+): \d+ parameters, .* perplexity ([\d.]+)") if not name.startswith("oracle")]
    return bars("Held-out perplexity by what chooses the expert, lower is better (the axis begins at 100)", sorted(rows, key=lambda row: row[1]), "", low=100, high=118)


def switch(notes):
    rows = [(name, float(value), [], METHOD if "alpha 0" not in name else RULE) for name, value in found(notes, r"((?:switch|top).*?): \d+ parameters, .* dropped in training ([\d.]+) %")]
    return bars("Tokens that found their expert full, in training", rows, "%", high=100)


def zero_shot_dst(notes):
    scores = defaultdict(lambda: defaultdict(list))
    for service, model, value in found(notes, r"(\w+_\d), (.*), seed \d: JGA [\d.]+, F1 (\d+\.\d+)"):
        scores[service][model].append(float(value))
    rows = []
    for service, models in scores.items():
        rows.append((service,))
        for name, label, colour in (("last mention", "rule: last mention", RULE), ("TRADE-style", "TRADE-style", OTHER), ("slot-ID model", "slot numbers", OTHER), ("question model, description", "questions", METHOD), ("question model, the next slot's question", "questions, the wrong one asked", METHOD)):
            values = models[name]
            rows.append((label, mean(values), values if len(values) > 1 else [], colour))
    return bars("Active-slot F1 on services that training never saw", rows, "%", high=80)


PICTURES = {"timedial": timedial, "pqrnn": pqrnn, "hash-layers": hash_layers, "switch-transformers": switch, "zero-shot-dst": zero_shot_dst}

for slug in sys.argv[1:] or PICTURES:
    if slug not in PICTURES:
        raise SystemExit(f"{slug}: there is no picture of it; expected {', '.join(PICTURES)}")
    evidence = json.loads((ROOT / "evidence" / f"{slug}-laptop.json").read_text(encoding="utf-8"))
    (ROOT / "docs" / "papers" / f"{slug}.svg").write_text(PICTURES[slug](evidence["notes"]), encoding="utf-8")
