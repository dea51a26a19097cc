"""Three programs that open a .tflite file, each as one class: Reader(path, info).vector(square) -> float32 [N].

None of them is ours, and no two of them share the code that reads the file:

- LiteRT: the interpreter of PyPI's ai-edge-litert, by the file's signature `serving_default`. Its kernels (XNNPACK) are
  those of our own runtime.
- MediaPipe: the ImageEmbedder of PyPI's mediapipe. It reads the metadata, and accepts only what an Android app accepts.
- OpenVINO: PyPI's openvino. It translates the file with a frontend of its own, and has kernels of its own (oneDNN).

A square is uint8 [size, size, 3], RGB, with the side that the file wants.
"""
import ctypes
import os

import numpy as np
import openvino
from ai_edge_litert.interpreter import Interpreter
from mediapipe import Image, ImageFormat
from mediapipe.tasks.python import BaseOptions, vision


class Refused(Exception):
    """The reader does not take this file."""


def pixels(square, dtype):
    """The pixels as the file's input type has them: int8 is the pixel minus 128."""
    if dtype == np.int8:
        return (square.astype(np.int16) - 128).astype(np.int8)[None]
    return square.astype(dtype)[None]


def real(values, scale, zero):
    """The real numbers that quantised values stand for; scale 0 says that they are not quantised."""
    values = np.asarray(values, np.float32).reshape(-1)
    return (values - zero) * np.float32(scale) if scale else values


class LiteRT:
    name = "litert"

    def __init__(self, path):
        self.interpreter = Interpreter(model_path=str(path), num_threads=1)
        self.run = self.interpreter.get_signature_runner("serving_default")
        (self.input,) = self.run.get_input_details().values()
        self.output = self.run.get_output_details()["embedding"]

    def vector(self, square):
        out = self.run(image=pixels(square, self.input["dtype"]))
        return real(out["embedding"], *self.output["quantization"])


class MediaPipe:
    name = "mediapipe"

    def __init__(self, path):
        # No l2_normalize: the file's last operation does it.
        options = vision.ImageEmbedderOptions(base_options=BaseOptions(model_asset_path=str(path)))
        try:
            self.embedder = vision.ImageEmbedder.create_from_options(options)
        except (RuntimeError, ValueError) as err:
            raise Refused(str(err)) from err

    def vector(self, square):
        result = self.embedder.embed(Image(image_format=ImageFormat.SRGB, data=np.ascontiguousarray(square)))
        return np.asarray(result.embeddings[0].embedding, np.float32)


class OpenVINO:
    name = "openvino"

    def __init__(self, path):
        core = openvino.Core()
        try:
            model = core.read_model(str(path))
            # Without the hint it may compute in bfloat16. Without the mode, its kernels for int8 saturate on processors that
            # lack VNNI: cosine 0.85 here. With it, it rounds as the file says and computes in float.
            how = {"INFERENCE_PRECISION_HINT": "f32", "LP_TRANSFORMS_MODE": "NO", "INFERENCE_NUM_THREADS": 1}
            self.compiled = core.compile_model(model, "CPU", how)
        except RuntimeError as err:
            raise Refused(str(err)) from err
        self.input = np.dtype(self.compiled.input(0).get_element_type().to_dtype())
        # It keeps the type of the output and forgets its scale, which the file itself has.
        details = Interpreter(model_path=str(path), num_threads=1).get_output_details()
        self.outputs = {tuple(d["shape"]): d["quantization"] for d in details}

    def vector(self, square):
        out = self.compiled([pixels(square, self.input)])[self.compiled.output(0)]
        return real(out, *(self.outputs[out.shape] if out.dtype != np.float32 else (0, 0)))


READERS = (LiteRT, MediaPipe, OpenVINO)
