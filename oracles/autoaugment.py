"""Reference pictures for the augmentations of Scorch.Media: what PIL's ImageOps, ImageEnhance, rotate and transform make of two small pictures.

The ranges are those of AutoAugment (arXiv 1805.09501, table 6): level 0 to 9 of each operation, both directions. Also what PIL makes of a
resize of the shorter side with a centre crop. Needs Pillow and NumPy (Debian: python3-pil, python3-numpy).
Writes tests/oracles/media/augmentation.npz. Run from the repository root: python3 oracles/autoaugment.py
"""
import numpy
from PIL import Image, ImageEnhance, ImageOps

random = numpy.random.RandomState(11)


def picture(width, height):
    y, x = numpy.mgrid[0:height, 0:width]
    waves = [110 + 70 * numpy.sin(x / a + y / b) + 20 * numpy.cos(x * y / c) for a, b, c in ((3, 9, 40), (7, 4, 70), (5, 6, 30))]
    return numpy.clip(numpy.stack(waves, -1) + random.normal(0, 8, (height, width, 3)), 0, 255).astype(numpy.uint8)


FILL = (128, 128, 128)


def affine(image, *matrix):
    return image.transform(image.size, Image.AFFINE, matrix, Image.NEAREST, fillcolor=FILL)


def shift(side, share, sign):
    return int(150.0 / 331 * side * share) * sign


OPERATIONS = {
    "ShearX": lambda i, s, g: affine(i, 1, 0.3 * s * g, 0, 0, 1, 0),
    "ShearY": lambda i, s, g: affine(i, 1, 0, 0, 0.3 * s * g, 1, 0),
    "TranslateX": lambda i, s, g: affine(i, 1, 0, -shift(i.size[0], s, g), 0, 1, 0),
    "TranslateY": lambda i, s, g: affine(i, 1, 0, 0, 0, 1, -shift(i.size[1], s, g)),
    "Rotate": lambda i, s, g: i.rotate(30 * s * g, fillcolor=FILL),
    "AutoContrast": lambda i, s, g: ImageOps.autocontrast(i),
    "Invert": lambda i, s, g: ImageOps.invert(i),
    "Equalize": lambda i, s, g: ImageOps.equalize(i),
    "Solarize": lambda i, s, g: ImageOps.solarize(i, 255 * (1 - s)),
    "Posterize": lambda i, s, g: ImageOps.posterize(i, 8 - round(4 * s)),
    "Contrast": lambda i, s, g: ImageEnhance.Contrast(i).enhance(1 + 0.9 * s * g),
    "Color": lambda i, s, g: ImageEnhance.Color(i).enhance(1 + 0.9 * s * g),
    "Brightness": lambda i, s, g: ImageEnhance.Brightness(i).enhance(1 + 0.9 * s * g),
    "Sharpness": lambda i, s, g: ImageEnhance.Sharpness(i).enhance(1 + 0.9 * s * g),
}
PLAIN = {"AutoContrast", "Invert", "Equalize"}
ONE_WAY = PLAIN | {"Solarize", "Posterize"}

arrays = {}
for number, size in enumerate(((23, 17), (32, 32))):
    pixels = picture(*size)
    arrays[f"picture{number}"] = pixels
    image = Image.fromarray(pixels)
    for name, operation in OPERATIONS.items():
        for level in [0] if name in PLAIN else [0, 4, 9] if number else [1, 3, 8]:
            for sign in [1] if name in ONE_WAY else [1, -1]:
                arrays[f"{number}/{name}/{level}/{sign}"] = numpy.asarray(operation(image, level / 9, sign))
for degrees in (90, 180, 270, 360, 33.5, -100):
    arrays[f"rotate/{degrees}"] = numpy.asarray(Image.fromarray(arrays["picture1"]).rotate(degrees, fillcolor=FILL))

# The authors' test pictures: shorter side to 256/224 of the crop, longer side rounded down, centre crop with torchvision's rounding.
for number, (width, height) in enumerate(((61, 45), (40, 73))):
    pixels = picture(width, height)
    arrays[f"photo{number}"] = pixels
    for resize, crop in ((32, 28), (28, 28), (52, 45)):
        size = (resize, int(resize * height / width)) if width <= height else (int(resize * width / height), resize)
        image = Image.fromarray(pixels).resize(size, Image.BILINEAR)
        left, top = int(round((size[0] - crop) / 2.0)), int(round((size[1] - crop) / 2.0))
        arrays[f"centre/{number}/{resize}/{crop}"] = numpy.asarray(image.crop((left, top, left + crop, top + crop)))
numpy.savez_compressed("tests/oracles/media/augmentation.npz", **arrays)
print(len(arrays), "arrays")
