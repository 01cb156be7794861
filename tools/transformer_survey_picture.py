#!/usr/bin/env python3
"""Draws docs/papers/transformer-survey.svg from a recorded run, and prints its tables in Markdown.

    python3 tools/transformer_survey_picture.py evidence/transformer-survey-laptop.json docs/papers/transformer-survey.svg
"""
import json
import math
import re
import sys
from html import escape

COST = re.compile(
    r"^A (?P<name>[\w-]+): operations T\^(?P<counted>[\d.]+), declared (?P<order>O\(.*\)) with T\^(?P<declared>[\d.]+); time T\^(?P<time>-?[\d.]+), "
    r"recorded memory T\^(?P<memory>-?[\d.]+); at T = (?P<length>\d+) (?P<operations>[\d.]+) million operations, (?P<milliseconds>[\d.]+) ms, (?P<megabytes>[\d.]+) MB$")
ROW = re.compile(
    r"^B (?P<slot>[^:]+): (?P<name>[\w-]+): (?P<bits>[\d.]+) bits a character \(deviation over seeds (?P<deviation>[\d.]+)\), (?P<milliseconds>[\d.]+) ms a step, "
    r"(?P<parameters>\d+) parameters$")


def rows(notes, pattern):
    return [match.groupdict() for match in map(pattern.match, notes) if match]


def tables(costs, variants):
    print("| attention | operations | time | recorded memory | million operations | ms | MB |\n|---|---|---|---|---|---|---|")
    for row in costs:
        print(f"| `{row['name']}` | T^{row['counted']} ({row['order'][2:-1]}) | T^{row['time']} | T^{row['memory']} | {row['operations']} | {row['milliseconds']} | {row['megabytes']} |")
    print()
    print("| slot | module | bits a character | ms a step | parameters |\n|---|---|---|---|---|")
    for row in variants:
        print(f"| {row['slot']} | `{row['name']}` | {row['bits']} ± {row['deviation']} | {row['milliseconds']} | {int(row['parameters']):,} |")


def picture(costs, variants):
    costs = sorted(costs, key=lambda row: -float(row["operations"]))
    next_character = {row["name"]: row for row in variants if row["slot"] == "attention"}
    hidden = {row["name"]: row for row in variants if row["slot"] == "attention, hidden characters"}
    height = 70 + 17 * len(costs)
    low, high = math.log10(0.05), math.log10(1500)
    x = lambda value: 150 + 330 * (math.log10(value) - low) / (high - low)
    values = [float(row["bits"]) for row in list(next_character.values()) + list(hidden.values())]
    least, most = min(values) - 0.1, max(values) + 0.1
    b = lambda value: 540 + 280 * (value - least) / (most - least)
    colour = {"1": "#2a7f3f", "1.5": "#c98a00", "2": "#b8322a"}
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 {height}" font-family="sans-serif" font-size="12" role="img" '
        'aria-label="Counted operations of every attention, and held-out bits a character after training">',
        f'  <rect width="860" height="{height}" fill="#fff"/>',
        f'  <text x="315" y="18" text-anchor="middle" font-weight="bold">million multiply-adds of the mechanism, T = {costs[0]["length"]}</text>',
        '  <text x="680" y="18" text-anchor="middle" font-weight="bold">held-out bits a character</text>',
        '  <text x="315" y="34" text-anchor="middle" fill="#555">declared growth: <tspan fill="#b8322a">T²</tspan>, <tspan fill="#c98a00">T√T</tspan>, <tspan fill="#2a7f3f">T</tspan></text>',
        '  <text x="680" y="34" text-anchor="middle" fill="#555">● the next one &#160; ○ hidden ones (another task)</text>',
    ]
    for power in range(-1, 4):
        out.append(f'  <path d="M{x(10 ** power):.1f} 44V{height - 22}" stroke="#ddd"/><text x="{x(10 ** power):.1f}" y="{height - 8}" text-anchor="middle" fill="#555">{10 ** power:g}</text>')
    step = 0.25 if most - least < 2 else 0.5
    mark = math.ceil(least / step) * step
    while mark <= most:
        out.append(f'  <path d="M{b(mark):.1f} 44V{height - 22}" stroke="#ddd"/><text x="{b(mark):.1f}" y="{height - 8}" text-anchor="middle" fill="#555">{mark:g}</text>')
        mark += step
    for i, row in enumerate(costs):
        y, name = 54 + 17 * i, row["name"]
        out.append(f'  <text x="144" y="{y + 4}" text-anchor="end">{escape(name)}</text><rect x="150" y="{y - 5}" width="{x(float(row["operations"])) - 150:.1f}" height="10" fill="{colour[row["declared"]]}"/>')
        for found, fill in ((next_character.get(name), "#1f4e8c"), (hidden.get(name), "none")):
            if found:
                bits, spread = float(found["bits"]), float(found["deviation"])
                out.append(f'  <path d="M{b(bits - spread):.1f} {y}H{b(bits + spread):.1f}" stroke="#1f4e8c"/><circle cx="{b(bits):.1f}" cy="{y}" r="4" fill="{fill}" stroke="#1f4e8c"/>')
    return "\n".join(out + ["</svg>", ""])


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        notes = json.load(file)["notes"]
    costs, variants = rows(notes, COST), rows(notes, ROW)
    if not costs or not variants:
        sys.exit(f"{sys.argv[1]}: it has no rows of costs or variants; give a recorded run of transformer-survey.")
    tables(costs, variants)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(picture(costs, variants))


main()
