#!/usr/bin/env python3
"""Write model_features_*.safetensors: features and 1,000-class scores of 8 pictures at 64, 96 and 224 px, by PyTorch in float64.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install torch==2.15.0 torchvision==0.29.2 lightly==1.5.26 \\
        efficientnet-lite-pytorch==0.1.0 safetensors==0.5.3
    make deps && cd testdata/golden && for f in features ntxent steps; do /tmp/peer/bin/python model_$f.py; done

The Go tests read the outputs; they need neither Python nor this venv.
"""
import numpy as np
import torch

from model_formula import Lite0, ResNet18, images, picture, save

for make in (ResNet18, Lite0):
    encoder = make().double().eval()
    weight, bias = (x.astype(np.float64) for x in encoder.scores)
    out = {}
    for size in (64, 96, 224):
        with torch.no_grad():
            x = images(encoder, [picture(n, 0, size) for n in range(8)])
            features = encoder(x).numpy()
            single = encoder.float()(x.float()).numpy()
            encoder.double()
        out[f"features/{size}"] = features
        out[f"scores/{size}"] = features @ weight.T + bias
        away = np.abs(single - features).max(axis=1) / np.abs(features).max(axis=1)
        print(encoder.name, size, "largest feature", features.max(), "; PyTorch's own float32 is off by", away.max())
    save(f"model_features_{encoder.name}.safetensors", out)
