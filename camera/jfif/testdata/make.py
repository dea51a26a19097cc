#!/usr/bin/env python3
"""Makes the pictures of the golden test: each NAME.jpg, and NAME.png with the pixels that
libjpeg-turbo (of Pillow) decodes. Run it with Pillow 11 or newer in this folder."""

import io
import numpy
from PIL import Image

y, x = numpy.mgrid[0:45, 0:67].astype(float)
scene = numpy.stack(
    [128 + 120 * numpy.sin(x / 5), 128 + 120 * numpy.cos(y / 4 + x / 9), (x * y) % 256], axis=-1
)
scene[10:20, 20:40] = (255, 0, 0)
scene[25:35, 30:60] = (0, 20, 255)
scene = Image.fromarray(scene.clip(0, 255).astype("uint8"))


def save(name, picture, **options):
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", **options)
    with open(name + ".jpg", "wb") as f:
        f.write(buffer.getvalue())
    Image.open(io.BytesIO(buffer.getvalue())).convert("RGB").save(name + ".png", optimize=True)


for sampling in ("4:4:4", "4:2:2", "4:2:0"):
    short = sampling.replace(":", "")
    save(short, scene, quality=75, subsampling=sampling)
    save(short + "-progressive", scene, quality=85, subsampling=sampling, progressive=True)
save("low-quality", scene, quality=5)
save("high-quality", scene, quality=100, subsampling="4:2:0")
save("gray", scene.convert("L"), quality=80)
save("gray-progressive", scene.convert("L"), quality=80, progressive=True)
save("restart", scene, quality=80, restart_marker_blocks=3)
save("restart-progressive", scene, quality=80, restart_marker_rows=1, progressive=True)
save("rgb", scene, quality=85, keep_rgb=True)
save("narrow", scene.crop((0, 0, 4, 45)), quality=80)
save("low", scene.crop((0, 0, 67, 1)), quality=80)
