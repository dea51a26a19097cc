#!/usr/bin/env python3
"""Compare what three independent readers compute from exported .tflite files with what our program computes by TensorFlow.

    make readers                        # in a clone; SHARED=folder names the folder above data/
    make readers READERSFLAGS=--update  # and write results.json

It exports a file for each case of cases.py, embeds 36 real pictures by TensorFlow and by each reader of readers.py, prints
a table of cosines, and ends with 1 when a cosine is below its bound. Every picture is a PNG of exactly the file's size, so
that no JPEG decoding and no resizing differ. It then runs the Python code of docs/export.md (page.py).

results.json has the outputs of the last run with --update: versions, the files' SHA-256, cosines, first values.
"""
import argparse
import hashlib
import json
import platform
import re
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
import PIL
from PIL import Image

import page
import pictures
from cases import Stores, cases
from program import Program
from readers import READERS, Refused

HERE = Path(__file__).parent
PACKAGES = ("ai-edge-litert", "mediapipe", "openvino", "numpy", "pillow")

# The smallest cosine to TensorFlow's float vector that is good enough: over all pictures, and their mean.
FLOAT = {"worst": 0.99999, "mean": 0.99999}
INT8 = {"worst": 0.95, "mean": 0.98}


def cosines(a, b):
    a, b = (v.astype(np.float64) for v in (a, b))
    return (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def apart(vectors):
    """The mean cosine of two different pictures: what a wrong reader would reach by chance."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return float((unit @ unit.T)[np.triu_indices(len(unit), 1)].mean())


def short(value, digits=6):
    return round(float(value), digits)


def read(reader, path, squares):
    open_file = reader(path)
    return np.stack([open_file.vector(s) for s in squares])


def compare(case, program, stores, folder, sources):
    """Export one file and read it. Return its row of results.json."""
    flags = stores.flags(case)
    squares = pictures.write(sources, case.size, folder / f"squares-{case.size}")
    expected = program.vectors(squares, *flags)
    path = folder / f"{case.name.replace(' ', '-')}.tflite"
    program.report("export", path, *flags, *case.export)
    data = path.read_bytes()
    row = {"file": case.name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "values": expected.shape[1],
           "apart": short(apart(expected), 4), "tensorflow": [short(v) for v in expected[0, :6]], "readers": {}}
    images = [np.asarray(Image.open(s)) for s in squares]
    for reader in READERS:
        try:
            vectors = read(reader, path, images)
        except Refused as err:
            row["readers"][reader.name] = {"refused": " ".join(str(err).split())[:200]}
            continue
        found = cosines(vectors, expected)
        row["readers"][reader.name] = {"mean": short(found.mean(), 7), "worst": short(found.min(), 7), "first": [short(v) for v in vectors[0, :6]]}
    return row


def faults(case, row):
    """What is wrong with a row."""
    bound = INT8 if case.int8 else FLOAT
    for name, got in row["readers"].items():
        want = case.refused.get(name)
        if "refused" in got:
            if want is None or want not in got["refused"].lower():
                yield f"{row['file']}: {name} refuses the file: {got['refused']}"
            continue
        if want is not None:
            yield f"{row['file']}: {name} must refuse the file, and reads it"
        for which in ("mean", "worst"):
            if not got[which] >= bound[which]:
                yield f"{row['file']}: {name}'s {which} cosine is {got[which]}, less than {bound[which]}"


def line(row):
    cells = [row["file"], f"{row['bytes']:,}", f"{row['apart']:.2f}"]
    for got in row["readers"].values():
        cells.append("refuses" if "refused" in got else f"{got['mean']:.6f} / {got['worst']:.6f}")
    return "| " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edgeclr", type=Path, default="bin/edgeclr", help="the program")
    parser.add_argument("--shared", type=Path, default="../shared", help="the folder above data/")
    parser.add_argument("--only", default="", help="regular expression: the names of the files to compare")
    parser.add_argument("--keep", type=Path, help="folder for the files; without it they are removed at the end")
    parser.add_argument("--update", action="store_true", help="write results.json")
    flags = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="edgeclr-readers-") as temporary:
        folder = flags.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        program = Program(flags.edgeclr.resolve(), folder)
        sources, others = pictures.choose(flags.shared / "data")
        pictures.write(others, 160, folder / "train")
        stores = Stores(program, folder / "train", folder)
        print(f"{len(sources)} pictures; cosine to TensorFlow's vector, mean / worst; apart: mean cosine of two different pictures\n")
        print("| file | bytes | apart | " + " | ".join(r.name for r in READERS) + " |\n|---|---|---|" + "---|" * len(READERS))
        rows, wrong = [], []
        for case in cases():
            if not re.search(flags.only, case.name):
                continue
            row = compare(case, program, stores, folder, sources)
            print(line(row), flush=True)
            rows.append(row)
            wrong += faults(case, row)
        wrong += page.run(program, stores, folder, sources)
    if flags.update:
        write(flags, rows, sources)
    print()
    for fault in wrong:
        print("WRONG:", fault)
    print("all readers agree" if not wrong else f"{len(wrong)} faults")
    sys.exit(bool(wrong))


def write(flags, rows, sources):
    results = {
        "made_by": "testdata/readers/compare.py --update",
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "versions": {p: version(p) for p in PACKAGES},
        "bounds": {"float": FLOAT, "int8": INT8},
        "pictures": [str(s.relative_to(flags.shared / "data")) for s in sources],
        "files": rows,
    }
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
