#!/usr/bin/env python3
"""Write resize.json: what Pillow and torchvision make of scene.png, as SHA-256 of the RGB bytes.

The Go operations must give the same bytes, so only a hash is kept. See scene.py for the versions.
"""
import hashlib
import json

import PIL
import torchvision
import torchvision.transforms.functional as F
from PIL import Image

from scene import HERE

scene = Image.open(HERE / "scene.png").convert("RGB")


def entry(image, **how):
    return {**how, "width": image.width, "height": image.height, "sha256": hashlib.sha256(image.tobytes()).hexdigest()}


resize, square = [], []
whole = (0, 0, scene.width, scene.height)
for size in [(128, 128), (96, 96), (64, 48), (267, 100), (100, 200), (267, 200), (534, 400), (400, 533), (300, 50), (1, 1), (3, 2), (7, 301), (266, 199), (31, 200)]:
    resize.append(entry(scene.resize(size, Image.BILINEAR), box=whole))
for box in [(10, 20, 150, 110), (0, 0, 1, 1), (200, 150, 67, 50), (266, 199, 1, 1), (5, 0, 3, 200), (0, 197, 267, 3), (33, 44, 128, 128), (1, 1, 265, 198)]:
    x, y, w, h = box
    for size in [(128, 128), (96, 96), (17, 40)]:
        resize.append(entry(scene.crop((x, y, x + w, y + h)).resize(size, Image.BILINEAR), box=box))

# Pictures of other shapes are cut out of the scene.
for box in [whole, (20, 10, 100, 190), (0, 0, 255, 64), (7, 7, 63, 63), (3, 3, 40, 150)]:
    x, y, w, h = box
    part = scene.crop((x, y, x + w, y + h))
    for size in [32, 63, 64, 96, 97, 224]:
        short = F.resize(part, size)
        square.append(entry(short, op="short", box=box, size=size))
        square.append(entry(F.center_crop(part, size), op="center", box=box, size=size))
        square.append(entry(F.center_crop(short, size), op="eval", box=box, size=size))

made_by = f"resize.py, Pillow {PIL.__version__}, torchvision {torchvision.__version__}"
rows = lambda entries: "[\n" + ",\n".join("  " + json.dumps(e) for e in entries) + "\n ]"
(HERE / "resize.json").write_text(f'{{"made_by": {json.dumps(made_by)},\n "resize": {rows(resize)},\n "square": {rows(square)}\n}}\n')
