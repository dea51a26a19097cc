"""Pictures and weights made by formula. The golden scripts of package model and the Go package model/arch/archtest
(formula.go) compute the same bits, so 45 MB of weights need not be stored.

Everything comes from one 64-bit mixer (the finaliser of SplitMix64): value i of tensor NAME is
    u = mix(fnv1a(NAME) + i * 0x9E3779B97F4A7C15) >> 40, divided by 2**24, which is exact and lies in [0, 1).
"""
import os
import sys
from pathlib import Path

import numpy as np
import torch
import torchvision
from safetensors.numpy import save_file

HERE = Path(__file__).parent
LITE0 = Path(os.environ.get("EDGECLR_WEIGHTS", HERE / "../../.deps/weights/efficientnet_lite0.pth"))
U64 = np.uint64


def mix(x):
    x = np.atleast_1d(np.asarray(x, U64))  # arrays wrap around in silence
    x = (x ^ (x >> U64(30))) * U64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> U64(27))) * U64(0x94D049BB133111EB)
    return x ^ (x >> U64(31))


def fnv1a(name):
    h = 0xCBF29CE484222325
    for byte in name.encode():
        h = (h ^ byte) * 0x100000001B3 % 2**64
    return h


def uniform(name, n):
    """n values in [0, 1), float64."""
    return (mix(U64(fnv1a(name)) + np.arange(n, dtype=U64) * U64(0x9E3779B97F4A7C15)) >> U64(40)).astype(np.float64) / 2**24


def values(name, shape, low, high):
    n = int(np.prod(shape, dtype=np.int64))
    return (low + (high - low) * uniform(name, n)).astype(np.float32).reshape(shape)


def encoder_tensor(name, shape):
    """Kernels as He et al. 2015 (fan in, uniform); batch normalisation with statistics far from the identity."""
    if len(shape) == 4:
        bound = np.sqrt(6 / (shape[1] * shape[2] * shape[3]))
        return values(name, shape, -bound, bound)
    low, high = {"weight": (0.5, 1.0), "bias": (-0.2, 0.2), "running_mean": (-0.5, 0.5), "running_var": (0.5, 1.5)}[name.rsplit(".")[-1]]
    return values(name, shape, low, high)


def dense(weight, bias, shape):
    """A dense layer as PyTorch draws one: uniform in +-1/sqrt(inputs)."""
    bound = 1 / np.sqrt(shape[1])
    return values(weight, shape, -bound, bound), values(bias, shape[:1], -bound, bound)


def picture(number, view, size):
    """An RGB picture [size, size, 3] of uint8, by integers alone: coloured waves, a disc, noise; view 1 is moved and darker."""
    look = int(mix(U64(number))[0])
    b = [look >> (8 * k) & 255 for k in range(8)]
    y, x = np.mgrid[0:size, 0:size].astype(np.int64)
    u, w = x * 256 // size + 24 * view, y * 256 // size + 8 * view
    inside = (u - 64 - b[5] // 2) ** 2 + (w - 64 - b[6] // 2) ** 2 < (24 + b[7] // 4) ** 2
    planes = []
    for c in range(3):
        wave = ((1 + b[0] % 4) * u + (1 + b[1] % 4) * w + b[2 + c] + 85 * c) & 511
        colour = np.where(inside, b[2 + c], np.minimum(wave, 511 - wave))
        place = (U64(look ^ view) + ((y * size + x) * 3 + c).astype(U64) * U64(0x9E3779B97F4A7C15))
        noise = (mix(place) >> U64(59)).astype(np.int64)
        planes.append(colour * (4 - view) // 5 + noise)
    return np.stack(planes, axis=-1).astype(np.uint8)


class ResNet18(torch.nn.Module):
    """torchvision's, without classifier, with weights by formula."""

    name, size_of_features, classifier = "resnet18", 512, "fc"
    mean, std = [0.485 * 255, 0.456 * 255, 0.406 * 255], [0.229 * 255, 0.224 * 255, 0.225 * 255]

    def __init__(self):
        super().__init__()
        self.net = torchvision.models.resnet18()
        self.net.fc = torch.nn.Identity()
        formula = {k: torch.from_numpy(encoder_tensor(k, v.shape)) for k, v in self.net.state_dict().items() if v.ndim}
        self.net.load_state_dict(formula, strict=False)
        self.scores = dense("fc.weight", "fc.bias", (1000, 512))

    def forward(self, x):
        return self.net(x)


class Lite0(torch.nn.Module):
    """EfficientNet-Lite0 of efficientnet_lite_pytorch with its pretrained weights."""

    name, size_of_features, classifier = "efficientnet_lite0", 1280, "_fc"
    mean, std = [127.0] * 3, [128.0] * 3

    def __init__(self):
        super().__init__()
        from efficientnet_lite_pytorch import EfficientNet

        self.net = EfficientNet.from_name("efficientnet-lite0")
        state = torch.load(LITE0, map_location="cpu", weights_only=True)
        self.net.load_state_dict(state)
        self.scores = state["_fc.weight"].numpy(), state["_fc.bias"].numpy()

    def forward(self, x):
        return self.net.extract_features(x).mean([2, 3])


def images(encoder, pixels):
    """uint8 [N, S, S, 3] to what the network takes, in float64."""
    x = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).double()
    shape = (1, 3, 1, 1)
    return (x - torch.tensor(encoder.mean).double().view(shape)) / torch.tensor(encoder.std).double().view(shape)


def save(name, tensors):
    tensors = {k: np.ascontiguousarray(v, dtype=np.float32) for k, v in tensors.items()}
    script = Path(sys.argv[0]).name
    save_file(tensors, HERE / name, {"made_by": f"{script}, torch {torch.__version__}, torchvision {torchvision.__version__}"})
    print(name, (HERE / name).stat().st_size, "bytes")
