#!/usr/bin/env python3
"""Render scene.png, the picture that the golden files of camera/rgb and augment start from.

267 x 200 pixels, drawn here and so free of anyone's rights: gradients in all hues, saturated and gray discs, stripes at
the Nyquist limit (which show a wrong filter), black and white areas (which show wrong clipping) and a little noise.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install torch==2.15.0 torchvision==0.29.2 pillow==12.3.0
    cd testdata/golden && for f in scene resize operations draws; do /tmp/peer/bin/python $f.py; done

Pillow 13 must not be used: it does the vertical pass of a resize first for some shapes (its pull request 9549), which moves
up to a quarter of the values by 1. Pillow 12.3, which these files come from, does the horizontal pass first whatever the shape.

The Go tests read the outputs; they need neither Python nor this venv.
"""
import colorsys
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
WIDTH, HEIGHT = 267, 200


def render():
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    hue = np.array([colorsys.hsv_to_rgb(h, 0.6, 1.0) for h in np.linspace(0, 1, WIDTH)])
    picture = 255 * hue[None, :, :] * (0.25 + 0.75 * y / HEIGHT)[:, :, None]
    for i, (cx, cy, radius, colour) in enumerate([
        (40, 45, 28, (220, 30, 25)), (105, 60, 35, (30, 180, 60)), (180, 50, 30, (40, 60, 210)), (235, 90, 25, (128, 128, 128)),
        (60, 140, 33, (250, 220, 20)), (130, 150, 24, (255, 255, 255)), (185, 135, 27, (0, 0, 0)), (235, 165, 20, (200, 40, 190)),
    ]):
        inside = (x - cx) ** 2 + (y - cy) ** 2 < radius**2
        shade = 1 - 0.3 * (x - cx + radius) / (2 * radius) if i % 2 else np.ones_like(x)
        picture[inside] = (np.array(colour)[None, None, :] * shade[:, :, None])[inside]
    picture[90:110, 10:90][:, ::2] = (10, 10, 10)
    picture[5:25, 200:260][::2] = (245, 245, 245)
    picture += np.random.default_rng(1).normal(0, 3, picture.shape)
    picture[130:170, 118:142] = 255
    picture[120:150, 175:195] = 0
    return Image.fromarray(picture.clip(0, 255).round().astype(np.uint8))


if __name__ == "__main__":
    render().save(HERE / "scene.png", optimize=True)
