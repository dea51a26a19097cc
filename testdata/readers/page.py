"""Run the Python code of docs/export.md as a reader of the page would, in a folder with the files that the page names.

Each block that begins with ```python NAME runs, in order, with the names of those before it, and must set `vector` to what
our program computes for picture.jpg. Blocks without a name (the Coral's) need hardware and are not run.
"""
import os
import re
import shutil
from pathlib import Path

import numpy as np

from cases import LITE0, Case

PAGE = Path(__file__).parent / "../../docs/export.md"

# The smallest cosine to TensorFlow's vector of the same JPEG. Pillow 13 resizes a little differently, hence not 0.99999.
FLOAT, INT8 = 0.9995, 0.95


def blocks():
    """Name and code of the page's blocks, in order."""
    return re.findall(r"^```python (\S+)\n(.*?)^```$", PAGE.read_text(), re.M | re.S)


def prepare(program, stores, folder, picture):
    """Make the files that the page names. Return the expected vector."""
    folder.mkdir(exist_ok=True)
    shutil.copy(picture, folder / "picture.jpg")
    flags = stores.flags(Case(LITE0, 96))
    for line in re.findall(r"^    edgeclr export (\S+\.tflite)([^#\n]*)", PAGE.read_text(), re.M):
        program.report("export", folder / line[0], *line[1].split(), *flags)
    return program.vectors([folder / "picture.jpg"], *flags)[0]


def run(program, stores, folder, sources):
    """Run every block. Return what is wrong."""
    folder = folder / "page"
    # A photograph that is not square: cutting and resizing are part of the code.
    expected = prepare(program, stores, folder, next(s for s in sources if "clothing" in s.parts))
    wrong, before, names = [], Path.cwd(), {}
    os.chdir(folder)
    try:
        for name, code in blocks():
            exec(compile(code, f"docs/export.md ({name})", "exec"), names)
            vector = np.asarray(names["vector"], np.float64).reshape(-1)
            cosine = vector @ expected / np.linalg.norm(vector) / np.linalg.norm(expected)
            print(f"docs/export.md, {name}: cosine {cosine:.6f}")
            bound = INT8 if "int8" in name else FLOAT
            if not cosine >= bound:
                wrong.append(f"docs/export.md, {name}: cosine {cosine:.6f} is less than {bound}")
    finally:
        os.chdir(before)
    return wrong or ([] if blocks() else ["docs/export.md has no Python code that runs"])
