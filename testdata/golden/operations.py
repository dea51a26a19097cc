#!/usr/bin/env python3
"""Write operations.json and operations.png: torchvision's operations on a PIL image, with given parameters.

Input is the square of 80 x 80 pixels at (90, 90) of scene.png. The results stand in operations.png one below the other,
in the order of operations.json. See scene.py for the versions.
"""
import json

import PIL
import torch
import torchvision
import torchvision.transforms.functional as F
from PIL import Image

from scene import HERE

SIZE, LEFT, TOP = 80, 90, 90
scene = Image.open(HERE / "scene.png").convert("RGB")
part = scene.crop((LEFT, TOP, LEFT + SIZE, TOP + SIZE))


def blur(image, kernel, sigma):
    return F.gaussian_blur(image, [kernel, kernel], [sigma, sigma])


apply = {
    "brightness": F.adjust_brightness,
    "contrast": F.adjust_contrast,
    "saturation": F.adjust_saturation,
    "hue": F.adjust_hue,
    "blur": lambda image, how: blur(image, *how),
    "grayscale": lambda image, _: F.rgb_to_grayscale(image, 3),
    "flip": lambda image, _: F.hflip(image),
    "vertical_flip": lambda image, _: F.vflip(image),
}
cases = [[(name, value)] for name, value in [
    ("brightness", 0.6), ("brightness", 0.9173), ("brightness", 1.0), ("brightness", 1.4), ("brightness", 0.0), ("brightness", 1.7321),
    ("contrast", 0.6), ("contrast", 0.9173), ("contrast", 1.4), ("contrast", 0.0), ("contrast", 1.7321),
    ("saturation", 0.6), ("saturation", 0.9173), ("saturation", 1.4), ("saturation", 0.0), ("saturation", 1.7321),
    ("hue", -0.1), ("hue", -0.0437), ("hue", 0.0), ("hue", 0.003), ("hue", 0.0619), ("hue", 0.1), ("hue", 0.5), ("hue", -0.5),
    ("blur", (3, 0.1)), ("blur", (3, 0.4321)), ("blur", (3, 1.0)), ("blur", (3, 2.0)), ("blur", (9, 1.7)), ("blur", (23, 2.0)),
    ("grayscale", None), ("flip", None), ("vertical_flip", None),
]]
cases += [
    [("flip", None), ("brightness", 1.23), ("contrast", 0.77), ("saturation", 1.31), ("hue", 0.071), ("blur", (3, 1.3))],
    [("hue", -0.083), ("saturation", 0.68), ("contrast", 1.36), ("brightness", 0.71)],
    [("contrast", 1.11), ("hue", 0.031), ("brightness", 1.38), ("saturation", 0.9), ("grayscale", None), ("blur", (3, 0.7))],
]
strip = Image.new("RGB", (SIZE, SIZE * len(cases)))
for i, case in enumerate(cases):
    image = part
    for name, value in case:
        image = apply[name](image, value)
    strip.paste(image, (0, SIZE * i))
strip.save(HERE / "operations.png", optimize=True)

made_by = f"operations.py, Pillow {PIL.__version__}, torchvision {torchvision.__version__}, torch {torch.__version__}"
steps = [[{"op": name, "value": value if isinstance(value, float) else 0.0, **({"kernel": value[0], "value": value[1]} if name == "blur" else {})} for name, value in case] for case in cases]
rows = ",\n".join("  " + json.dumps(s) for s in steps)
(HERE / "operations.json").write_text(f'{{"made_by": {json.dumps(made_by)}, "size": {SIZE}, "left": {LEFT}, "top": {TOP},\n "cases": [\n{rows}\n ]}}\n')
