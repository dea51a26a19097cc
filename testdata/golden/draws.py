#!/usr/bin/env python3
"""Write draws.json: parameters that torchvision drew, for two-sample tests of distribution.

2,000 draws of each kind from torch.manual_seed(0): crops (x, y, w, h) of three shapes of picture (one so long that the
fallback to a central crop comes often), factors of the colour jitter, sigma of the blur. See scene.py for the versions.
"""
import json

import torch
import torchvision
from PIL import Image
from torchvision.transforms import ColorJitter, GaussianBlur, RandomResizedCrop

from scene import HERE

N = 2000
torch.manual_seed(0)
crops = {}
for width, height in [(400, 533), (320, 240), (600, 60)]:
    picture = Image.new("RGB", (width, height))
    drawn = [RandomResizedCrop.get_params(picture, [0.2, 1.0], [3 / 4, 4 / 3]) for _ in range(N)]
    crops[f"{width}x{height}"] = [[x, y, w, h] for y, x, h, w in drawn]
jitter = ColorJitter(0.4, 0.4, 0.4, 0.1)
factors = []
for _ in range(N):
    _, *values = jitter.get_params(jitter.brightness, jitter.contrast, jitter.saturation, jitter.hue)
    factors.append([round(v, 5) for v in values])
sigma = [round(GaussianBlur.get_params(0.1, 2.0), 5) for _ in range(N)]

made_by = f"draws.py, torch {torch.__version__}, torchvision {torchvision.__version__}"
with open(HERE / "draws.json", "w") as out:
    json.dump({"made_by": made_by, "crops": crops, "factors": factors, "sigma": sigma}, out, separators=(",", ":"))
    out.write("\n")
