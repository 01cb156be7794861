"""Writes src/Scorch.Text/Unicode/unicode-14.bin: the Unicode 14 data that normalisation and lower-casing need.

Run: /usr/bin/python3 tools/unicode_tables.py   (its unicodedata must be Unicode 14.0)
A fixed table keeps token ids the same on every machine, whatever its ICU, and in programs without one.
Layout, little-endian: four sections, each a uint32 count and then its records.
  canonical decompositions: uint32 code point, uint8 length, uint32 code points (one step, not recursive)
  combining classes: uint32 code point, uint8 class (other than 0)
  lower case: uint32 code point, uint8 length, uint32 code points
  case: uint32 first, last, uint8 bits: 1 cased, 2 case-ignorable (what Final_Sigma looks at)
"""
import struct
import sys
import unicodedata as u

assert u.unidata_version == "14.0.0", u.unidata_version
scalars = [c for c in range(sys.maxunicode + 1) if not 0xD800 <= c <= 0xDFFF]
decompositions, classes = [], []
for c in scalars:
    parts = u.decomposition(chr(c)).split()
    if parts and not parts[0].startswith("<"):
        decompositions.append(struct.pack("<IB", c, len(parts)) + b"".join(struct.pack("<I", int(p, 16)) for p in parts))
    if u.combining(chr(c)):
        classes.append(struct.pack("<IB", c, u.combining(chr(c))))


def case_bits(c):
    """Python's own lower() tells: a sigma is final after a cased letter and case-ignorable marks only."""
    after = (chr(c) + "\u03a3").lower().endswith("\u03c2")
    between = ("A" + chr(c) + "\u03a3").lower().endswith("\u03c2")
    before = ("A\u03a3" + chr(c)).lower()[1] == "\u03c3"
    ignorable = between and not before and ("A\u03a3" + chr(c) + "A").lower()[1] == "\u03c3"
    return (1 if after else 0) | (2 if ignorable else 0)


runs = []
for c in scalars:
    bits = case_bits(c)
    if bits and runs and runs[-1][1] == c - 1 and runs[-1][2] == bits:
        runs[-1][1] = c
    elif bits:
        runs.append([c, c, bits])
lower = [struct.pack("<IB", c, len(chr(c).lower())) + b"".join(struct.pack("<I", ord(x)) for x in chr(c).lower()) for c in scalars if chr(c).lower() != chr(c)]
case = [struct.pack("<IIB", *run) for run in runs]
with open("src/Scorch.Text/Unicode/unicode-14.bin", "wb") as file:
    for section in (decompositions, classes, lower, case):
        file.write(struct.pack("<I", len(section)) + b"".join(section))
print(len(decompositions), len(classes), len(lower), len(case))
