"""Real pictures, made square: a file of PNG for each size, so that no reader decodes a JPEG or resizes."""
from PIL import Image

SETS = ("eurosat", "clothing", "trashnet")
COMPARED, LEARNED = 12, 60  # pictures of a set


def choose(data):
    """Pictures of all classes of each set, the same ones every time: those to compare, and others to learn and calibrate from."""
    compared, learned = [], []
    for name in SETS:
        files = sorted(p for p in (data / name).glob("*/*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
        if len(files) < COMPARED + LEARNED:
            raise SystemExit(f"{data / name} has {len(files)} pictures; SHARED=folder names the folder above data/")
        some = files[:: len(files) // (COMPARED + LEARNED)][: COMPARED + LEARNED]
        every = (COMPARED + LEARNED) // COMPARED
        compared += some[every // 2 :: every]
        learned += [p for i, p in enumerate(some) if i % every != every // 2]
    return compared, learned


def square(picture, size):
    """What the daemon does: the short side resized to the size, then the centre. As torchvision's Resize and CenterCrop."""
    short = min(picture.size)
    width, height = (size * side // short for side in picture.size)
    picture = picture.convert("RGB").resize((width, height), Image.Resampling.BILINEAR)
    left, top = round((width - size) / 2), round((height - size) / 2)
    return picture.crop((left, top, left + size, top + size))


def write(sources, size, folder):
    """Write the squares and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for i, source in enumerate(sources):
        paths.append(folder / f"{i:03d}.png")
        with Image.open(source) as picture:
            square(picture, size).save(paths[-1])
    return paths
