"""Reference pictures for Scorch.Media: files of many kinds with the pixels that libjpeg-turbo and Pillow read from them.

Needs Pillow, NumPy and cjpeg (Debian: python3-pil, python3-numpy, libjpeg-turbo-progs). PNG files with unusual depths, filters and
interlacing are written here, byte by byte, from known pixels, and checked against Pillow. Writes tests/oracles/media/.
Run from the repository root: python3 oracles/media/media.py
"""
import io
import pathlib
import struct
import subprocess
import wave
import zlib

import numpy
from PIL import Image

folder = pathlib.Path("tests/oracles/media")
folder.mkdir(parents=True, exist_ok=True)
random = numpy.random.RandomState(7)
pixels = {}


def picture(width, height):
    y, x = numpy.mgrid[0:height, 0:width]
    waves = [127 + 90 * numpy.sin(x / a + y / b) + 30 * numpy.cos(x * y / c) for a, b, c in ((3, 9, 40), (7, 4, 70), (5, 6, 30))]
    return numpy.clip(numpy.stack(waves, -1) + random.normal(0, 8, (height, width, 3)), 0, 255).astype(numpy.uint8)


def keep(name, data, expected=None):
    (folder / name).write_bytes(data)
    if expected is None:
        expected = numpy.asarray(Image.open(io.BytesIO(data)))
    pixels[name] = expected if expected.ndim == 3 else expected[..., None]


def cjpeg(image, *options):
    if image.ndim == 2:
        header = b"P5\n%d %d\n255\n" % (image.shape[1], image.shape[0])
    else:
        header = b"P6\n%d %d\n255\n" % (image.shape[1], image.shape[0])
    return subprocess.run(["cjpeg", "-quality", "85", *options], input=header + image.tobytes(), stdout=subprocess.PIPE, check=True).stdout


colour = picture(45, 37)
for name, sampling in (("444", "1x1"), ("422", "2x1"), ("420", "2x2"), ("440", "1x2"), ("411", "4x1")):
    keep(f"baseline-{name}.jpg", cjpeg(colour, "-sample", sampling))
    keep(f"progressive-{name}.jpg", cjpeg(colour, "-sample", sampling, "-progressive"))
keep("restart-420.jpg", cjpeg(colour, "-sample", "2x2", "-restart", "2B"))
keep("restart-progressive.jpg", cjpeg(colour, "-sample", "2x1", "-progressive", "-restart", "3B"))
keep("optimized.jpg", cjpeg(colour, "-optimize", "-quality", "30"))
keep("rgb.jpg", cjpeg(colour, "-rgb"))
keep("grey.jpg", cjpeg(colour[..., 0], "-grayscale"))
keep("grey-progressive.jpg", cjpeg(colour[..., 0], "-grayscale", "-progressive"))
for width, height in ((1, 1), (3, 2), (5, 4), (16, 16), (33, 17)):
    keep(f"small-{width}x{height}.jpg", cjpeg(picture(width, height), "-sample", "2x2"))
cmyk = io.BytesIO()
Image.fromarray(colour).convert("CMYK").save(cmyk, "JPEG")
(folder / "cmyk.jpg").write_bytes(cmyk.getvalue())

# What the encoder must come close to: libjpeg's file of the same picture, decoded.
pixels["encoder-source"] = colour


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(samples, depth):
    if depth == 16:
        return b"".join(struct.pack(">H", s) for s in samples)
    if depth == 8:
        return bytes(samples)
    bits = "".join(format(s, f"0{depth}b") for s in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def filtered(rows, distance):
    """Each row with the next of the five filters."""
    out, above = b"", bytes(len(rows[0])) if rows else b""
    for number, row in enumerate(rows):
        kind = number % 5
        line = bytearray()
        for i, value in enumerate(row):
            a = row[i - distance] if i >= distance else 0
            b = above[i]
            c = above[i - distance] if i >= distance else 0
            p = a + b - c
            paeth = a if abs(p - a) <= abs(p - b) and abs(p - a) <= abs(p - c) else b if abs(p - b) <= abs(p - c) else c
            line.append((value - (0, a, b, (a + b) // 2, paeth)[kind]) & 255)
        out += bytes([kind]) + bytes(line)
        above = row
    return out


def png(samples, depth, colour_type, interlaced=False, extra=b""):
    height, width, channels = samples.shape
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)] if interlaced else [(0, 0, 1, 1)]
    data = b""
    for x, y, dx, dy in passes:
        part = samples[y::dy, x::dx]
        if part.size:
            rows = [packed(row.reshape(-1).tolist(), depth) for row in part]
            data += filtered(rows, max(1, channels * depth // 8))
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, int(interlaced))
    body = zlib.compress(data, 9)
    half = len(body) // 2
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"tEXt", b"Comment\0test")
            + chunk(b"IDAT", body[:half]) + chunk(b"IDAT", body[half:]) + chunk(b"IEND", b""))


for interlaced in (False, True):
    suffix = "-interlaced" if interlaced else ""
    for kind, channels, depths in ((0, 1, (1, 2, 4, 8, 16)), (2, 3, (8, 16)), (4, 2, (8, 16)), (6, 4, (8, 16))):
        for depth in depths:
            samples = random.randint(0, 1 << depth, (11, 13, channels))
            expected = samples * (255 // ((1 << depth) - 1)) if depth < 8 else samples
            keep(f"type{kind}-{depth}{suffix}.png", png(samples, depth, kind, interlaced), expected.astype(numpy.uint16 if depth == 16 else numpy.uint8))
    for depth in (1, 2, 4, 8):
        palette = random.randint(0, 256, (min(1 << depth, 200), 3)).astype(numpy.uint8)
        samples = random.randint(0, len(palette), (11, 13, 1))
        plte = chunk(b"PLTE", palette.tobytes())
        keep(f"type3-{depth}{suffix}.png", png(samples, depth, 3, interlaced, plte), palette[samples[..., 0]])
        alpha = random.randint(0, 256, (len(palette) + 1) // 2).astype(numpy.uint8)
        opacity = numpy.concatenate([alpha, numpy.full(len(palette) - len(alpha), 255, numpy.uint8)])
        expected = numpy.concatenate([palette, opacity[:, None]], 1)[samples[..., 0]]
        keep(f"type3-{depth}-alpha{suffix}.png", png(samples, depth, 3, interlaced, plte + chunk(b"tRNS", alpha.tobytes())), expected)
samples = random.randint(0, 4, (9, 10, 1))
key = numpy.where(samples == 2, 0, 255)
keep("type0-2-key.png", png(samples, 2, 0, False, chunk(b"tRNS", struct.pack(">H", 2))), numpy.concatenate([samples * 85, key], -1).astype(numpy.uint8))
samples = random.randint(0, 2, (9, 10, 3)) * 257
key = numpy.where((samples == [257, 0, 257]).all(-1, keepdims=True), 0, 65535)
keep("type2-16-key.png", png(samples, 16, 2, False, chunk(b"tRNS", struct.pack(">HHH", 257, 0, 257))), numpy.concatenate([samples, key], -1).astype(numpy.uint16))

# Pillow agrees where it keeps the depth.
for name in [n for n in pixels if n.endswith(".png")]:
    read = Image.open(folder / name)
    wanted = pixels[name]
    if wanted.dtype == numpy.uint8 and "key" not in name:
        mode = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[wanted.shape[2]]
        ours = numpy.asarray(read.convert(mode)).reshape(wanted.shape)
        assert (ours == wanted).all(), name

for name, image in (("24", Image.fromarray(colour)), ("8", Image.fromarray(colour).quantize(100)), ("1", Image.fromarray(colour).convert("1")),
                    ("grey", Image.fromarray(colour[..., 0])), ("32", Image.fromarray(numpy.dstack([colour, colour[..., :1]]), "RGBA"))):
    stream = io.BytesIO()
    image.save(stream, "BMP")
    # The fourth byte of 32 bits without bit fields means nothing.
    expected = colour if name == "32" else numpy.asarray(Image.open(io.BytesIO(stream.getvalue())).convert("RGB"))
    keep(f"bits{name}.bmp", stream.getvalue(), expected)

# RLE8 as in Microsoft's example: runs, absolute mode, end of line, a jump, end of picture; palette entry i is (i, 2i, 255-i).
rle = bytes([3, 4, 5, 6, 0, 3, 45, 56, 67, 0, 2, 78, 0, 2, 5, 1, 2, 78, 0, 0, 9, 30, 0, 1])
table = b"".join(bytes([255 - i, 2 * i & 255, i, 0]) for i in range(256))
bmp = b"BM" + struct.pack("<IHHI", 54 + 1024 + len(rle), 0, 0, 54 + 1024)
bmp += struct.pack("<IiiHHIIiiII", 40, 18, 3, 1, 8, 1, len(rle), 0, 0, 256, 0) + table + rle
# The jump leads to column 18 of 18, so the run after it reaches beyond the picture: to be refused.
(folder / "rle-overflow.bmp").write_bytes(bmp)
rle = bytes([3, 4, 5, 6, 0, 3, 45, 56, 67, 0, 2, 78, 0, 2, 2, 1, 2, 78, 0, 0, 9, 30, 0, 1])
bmp = b"BM" + struct.pack("<IHHI", 54 + 1024 + len(rle), 0, 0, 54 + 1024)
bmp += struct.pack("<IiiHHIIiiII", 40, 18, 3, 1, 8, 1, len(rle), 0, 0, 256, 0) + table + rle
numbers = numpy.zeros((3, 18), int)
numbers[0, :13] = [4] * 3 + [6] * 5 + [45, 56, 67] + [78] * 2
numbers[1, 15:17] = 78
numbers[2, :9] = 30
entry = numpy.array([[i, 2 * i & 255, 255 - i] for i in range(256)])
keep("rle8.bmp", bmp, entry[numbers[::-1]].astype(numpy.uint8))

# 16 bits, 5-6-5 bit fields, downwards.
values = random.randint(0, 65536, (5, 7))
stride = numpy.zeros((5, 8), "<u2")
stride[:, :7] = values
bmp = b"BM" + struct.pack("<IHHI", 66 + stride.nbytes, 0, 0, 66)
bmp += struct.pack("<IiiHHIIiiII", 40, 7, -5, 1, 16, 3, stride.nbytes, 0, 0, 0, 0) + struct.pack("<III", 0xF800, 0x07E0, 0x001F) + stride.tobytes()
fields = numpy.stack([(values >> 11) * 255 // 31, (values >> 5 & 63) * 255 // 63, (values & 31) * 255 // 31], -1)
keep("bits565-down.bmp", bmp, fields.astype(numpy.uint8))

small = random.randint(0, 256, (5, 9, 3)).astype(numpy.uint8)
keep("p6.ppm", b"P6 # a comment\n9 5\n255\n" + small.tobytes(), small)
keep("p5.pgm", b"P5\n9 5\n255\n" + small[..., 0].tobytes(), small[..., 0])
keep("p3.ppm", b"P3\n9 5\n# comment\n255\n" + " ".join(map(str, small.reshape(-1))).encode() + b"\n", small)
keep("p2.pgm", b"P2 9 5 255 " + b"\n".join(str(v).encode() for v in small[..., 0].reshape(-1)), small[..., 0])
bits = (small[..., 0] > 127).astype(numpy.uint8)
keep("p1.pbm", b"P1\n9 5\n" + b"\n".join(b"".join(str(b).encode() for b in row) for row in bits) + b"\n", (1 - bits) * 255)
keep("p4.pbm", b"P4\n9 5\n" + numpy.packbits(bits, axis=1).tobytes(), (1 - bits) * 255)
wide = random.randint(0, 65536, (5, 9, 3)).astype(numpy.uint16)
keep("p6-16.ppm", b"P6\n9 5\n65535\n" + wide.astype(">u2").tobytes(), wide)
low = random.randint(0, 101, (5, 9)).astype(numpy.uint8)
keep("p5-100.pgm", b"P5\n9 5\n100\n" + low.tobytes())

# Resizing by Pillow.
rgba = numpy.dstack([colour, picture(45, 37)[..., 1]])
pixels["resize-source"] = colour
pixels["resize-source-rgba"] = rgba
for name, method in (("nearest", Image.NEAREST), ("bilinear", Image.BILINEAR), ("bicubic", Image.BICUBIC)):
    for width, height in ((20, 11), (90, 74), (45, 60), (31, 37), (7, 5)):
        pixels[f"resize-{name}-{width}x{height}"] = numpy.asarray(Image.fromarray(colour).resize((width, height), method))
    pixels[f"resize-rgba-{name}-20x50"] = numpy.asarray(Image.fromarray(rgba, "RGBA").resize((20, 50), method))
pixels["grey-of-source"] = numpy.asarray(Image.fromarray(colour).convert("L"))[..., None]

# Sound: 16 bits by the standard library, float and 24 bits by hand.
signal = (12000 * numpy.sin(numpy.arange(100)[:, None] / [5, 9])).astype("<i2")
stream = io.BytesIO()
with wave.open(stream, "wb") as file:
    file.setnchannels(2)
    file.setsampwidth(2)
    file.setframerate(8000)
    file.writeframes(signal.tobytes())
(folder / "pcm16.wav").write_bytes(stream.getvalue())
pixels["pcm16.wav"] = (signal / 32768.0).astype(numpy.float32)


def riff(kind, bits, data, extra=b""):
    header = struct.pack("<HHIIHH", kind, 1, 44100, 44100 * bits // 8, bits // 8, bits)
    body = b"WAVEfmt " + struct.pack("<I", 16) + header + b"LIST" + struct.pack("<I", 3) + b"abc\0" + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


whole = random.randint(-(2**23), 2**23, 50)
(folder / "pcm24.wav").write_bytes(riff(1, 24, b"".join(struct.pack("<i", v)[:3] for v in whole)))
pixels["pcm24.wav"] = (whole / 2.0**23).astype(numpy.float32)[:, None]
whole = random.randint(-(2**31), 2**31, 50)
(folder / "pcm32.wav").write_bytes(riff(1, 32, whole.astype("<i4").tobytes()))
pixels["pcm32.wav"] = (whole / 2.0**31).astype(numpy.float32)[:, None]
whole = random.randint(0, 256, 50)
(folder / "pcm8.wav").write_bytes(riff(1, 8, whole.astype(numpy.uint8).tobytes()))
pixels["pcm8.wav"] = ((whole - 128) / 128.0).astype(numpy.float32)[:, None]
real = random.normal(0, 0.3, 50)
(folder / "float32.wav").write_bytes(riff(3, 32, real.astype("<f4").tobytes()))
pixels["float32.wav"] = real.astype(numpy.float32)[:, None]
(folder / "float64.wav").write_bytes(riff(3, 64, real.astype("<f8").tobytes()))
pixels["float64.wav"] = real.astype(numpy.float32)[:, None]

numpy.savez_compressed(folder / "expected.npz", **{name: value.astype(numpy.int32) if value.dtype == numpy.uint16 else value for name, value in pixels.items()})
(folder / "README.md").write_text(f"""# Reference pictures and sounds
Made by `oracles/media/media.py` with Pillow {Image.__version__} and libjpeg-turbo's `cjpeg`. `expected.npz` holds for each file the samples
[height, width, channels] that Pillow (libjpeg's accurate integer transform and triangle upsampling) or the script's own writer gives,
for each sound the float32 samples [frames, channels], and Pillow's resized pictures `resize-<filter>-<width>x<height>`.
""")
